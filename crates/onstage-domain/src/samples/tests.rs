//! Would catch an event without a sample, two events of one name, and one that does not survive the log.

use std::collections::BTreeSet;

use super::*;
use crate::event::Audience;

#[test]
fn names_are_unique_and_start_with_their_slice() {
    let samples = samples();
    let names: BTreeSet<_> = samples.iter().map(Event::name).collect();
    assert_eq!(names.len(), samples.len());
    assert_eq!(samples.len(), 8 + 20 + 1 + 4, "a new event belongs into the chain of samples");
    for name in names {
        let (slice, word) = name.split_once('.').unwrap();
        assert!(["session", "stage", "moderation", "chat"].contains(&slice), "{name}");
        assert!(word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'), "{name}");
    }
}

#[test]
fn every_envelope_survives_the_log() {
    for envelope in envelopes() {
        let text = serde_json::to_string(&envelope).unwrap();
        assert_eq!(serde_json::from_str::<Envelope>(&text).unwrap(), envelope);
    }
}

#[test]
fn kept_events_count_without_gaps_and_ephemeral_ones_have_no_seq() {
    let kept: Vec<i64> = envelopes().iter().filter_map(|envelope| envelope.seq.map(|seq| seq.0)).collect();
    assert_eq!(kept, (1..=i64::try_from(kept.len()).unwrap()).collect::<Vec<_>>());
    let ephemeral: Vec<_> =
        samples().iter().filter(|event| event.keep() == Keep::Ephemeral).map(|event| event.name()).collect();
    let expected = [
        "session.viewer_joined",
        "session.viewer_left",
        "session.viewers_changed",
        "stage.speaking",
        "stage.quality",
        "chat.reacted",
        "chat.reactions",
    ];
    assert_eq!(ephemeral, expected);
}

#[test]
fn requests_and_invitations_are_private() {
    let private: Vec<_> = samples()
        .iter()
        .filter(|event| event.audience() != Audience::Session)
        .map(|event| event.name())
        .collect();
    let expected = [
        "stage.requested",
        "stage.request_closed",
        "stage.guest_approved",
        "stage.invited",
        "stage.invitation_closed",
        "stage.unmute_asked",
        "stage.allowed_back",
        "moderation.timed_out",
    ];
    assert_eq!(private, expected);
}
