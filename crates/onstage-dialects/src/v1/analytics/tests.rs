//! Would catch a plot that shows thousandths as wholes, or a rate that divides by nobody.

use std::collections::BTreeMap;

use onstage_domain::Reply;
use onstage_domain::samples::{SAMPLE_AT, session_id};
use onstage_domain::sessions::{AnalyticsView, MomentView};
use serde_json::json;

use super::{AnalyticsBody, share_milli, thousandths};
use crate::v1::FromReply as _;

fn view() -> AnalyticsView {
    AnalyticsView {
        session_id: session_id(),
        started_at: SAMPLE_AT,
        ended_at: Some(SAMPLE_AT.plus_ms(60_000)),
        duration_s: 60,
        viewers_peak: 3,
        viewers_average_milli: 1_250,
        people: 3,
        guests: 2,
        requests: 2,
        messages: 4,
        reactions: 9,
        reactions_by_kind: BTreeMap::from([("heart".to_owned(), 9)]),
        host_sessions: 2,
        host_average_duration_s: 45,
        bucket_s: 10,
        timeline: vec![MomentView {
            at: SAMPLE_AT,
            viewers_milli: 500,
            guests: 1,
            messages: 4,
            reactions: 9,
        }],
    }
}

#[test]
fn s1_36_a_show_is_told_in_plain_numbers() {
    let body = AnalyticsBody::from_reply(Reply::Analytics(Box::new(view()))).unwrap();
    assert_eq!(
        serde_json::to_value(body).unwrap(),
        json!({
            "session_id": session_id(), "started_at": "2026-11-21T08:00:00.000Z",
            "ended_at": "2026-11-21T08:01:00.000Z", "duration_s": 60, "viewers_peak": 3,
            "viewers_average": 1.25, "people": 3, "guests": 2, "requests": 2,
            "guest_participation_rate": 0.667, "messages": 4, "reactions": 9,
            "reactions_by_kind": { "heart": 9 }, "host_sessions": 2, "host_average_duration_s": 45,
            "bucket_s": 10,
            "timeline": [{
                "at": "2026-11-21T08:00:00.000Z", "viewers": 0.5, "guests": 1, "messages": 4, "reactions": 9,
            }],
        })
    );
}

#[test]
fn a_show_nobody_came_to_has_a_rate_of_zero() {
    assert_eq!(share_milli(0, 0), 0);
    assert_eq!(share_milli(1, 1), 1_000);
    assert_eq!(thousandths(0).to_bits(), 0.0_f64.to_bits());
    assert!(AnalyticsBody::from_reply(Reply::Done).is_none());
}

#[test]
fn thousandths_keep_every_digit() {
    for (milli, text) in [(1, "0.001"), (10, "0.01"), (999, "0.999"), (12_345_678, "12345.678")] {
        assert_eq!(serde_json::to_string(&thousandths(milli)).unwrap(), text);
    }
}
