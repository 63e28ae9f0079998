//! How a show went (`GET /v1/sessions/{id}/analytics`): numbers of the whole show, and its course over time.

use std::collections::BTreeMap;

use onstage_domain::Reply;
use onstage_domain::sessions::{AnalyticsView, MomentView};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::body::FromReply;
use crate::time::Time;

/// One moment of a show's course.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct MomentBody {
    /// Begins.
    pub at: Time,
    /// Viewers, averaged over the moment.
    #[schema(minimum = 0)]
    pub viewers: f64,
    /// Most guests on stage at once.
    pub guests: u32,
    /// Chat messages.
    pub messages: u32,
    /// Reactions.
    pub reactions: u64,
}

impl From<MomentView> for MomentBody {
    fn from(view: MomentView) -> Self {
        Self {
            at: view.at.into(),
            viewers: thousandths(view.viewers_milli),
            guests: view.guests,
            messages: view.messages,
            reactions: view.reactions,
        }
    }
}

/// How a show went.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct AnalyticsBody {
    /// Which.
    pub session_id: Uuid,
    /// Began.
    pub started_at: Time,
    /// Over; `null` while it runs.
    pub ended_at: Option<Time>,
    /// Seconds, so far or in all.
    pub duration_s: i64,
    /// Most viewers at once.
    pub viewers_peak: u32,
    /// Viewers, averaged over the time of the show.
    #[schema(minimum = 0)]
    pub viewers_average: f64,
    /// Distinct people with an account who came in, owner excluded.
    pub people: u32,
    /// Distinct people who were on stage, owner excluded.
    pub guests: u32,
    /// Requests to come up.
    pub requests: u32,
    /// Guests of people; 0 when nobody came.
    #[schema(minimum = 0)]
    pub guest_participation_rate: f64,
    /// Chat messages.
    pub messages: u32,
    /// Reactions.
    pub reactions: u64,
    /// Word of the reaction → count.
    pub reactions_by_kind: BTreeMap<String, u64>,
    /// Shows of this host that ended, this one included once it has.
    pub host_sessions: u32,
    /// Their average length, seconds.
    pub host_average_duration_s: i64,
    /// Seconds of a moment in the timeline.
    pub bucket_s: u32,
    /// The show's course, oldest first.
    pub timeline: Vec<MomentBody>,
}

impl From<AnalyticsView> for AnalyticsBody {
    fn from(view: AnalyticsView) -> Self {
        Self {
            session_id: view.session_id.uuid(),
            started_at: view.started_at.into(),
            ended_at: view.ended_at.map(Time::from),
            duration_s: view.duration_s,
            viewers_peak: view.viewers_peak,
            viewers_average: thousandths(view.viewers_average_milli),
            people: view.people,
            guests: view.guests,
            requests: view.requests,
            guest_participation_rate: thousandths(share_milli(view.guests, view.people)),
            messages: view.messages,
            reactions: view.reactions,
            reactions_by_kind: view.reactions_by_kind,
            host_sessions: view.host_sessions,
            host_average_duration_s: view.host_average_duration_s,
            bucket_s: view.bucket_s,
            timeline: view.timeline.into_iter().map(MomentBody::from).collect(),
        }
    }
}

impl FromReply for AnalyticsBody {
    fn from_reply(reply: Reply) -> Option<Self> {
        let Reply::Analytics(view) = reply else { return None };
        Some((*view).into())
    }
}

/// A share in thousandths, rounded half up.
fn share_milli(part: u32, whole: u32) -> u64 {
    let whole = u64::from(whole);
    let half = whole.checked_div(2).unwrap_or_default();
    let scaled = u64::from(part).saturating_mul(1000).saturating_add(half);
    scaled.checked_div(whole).unwrap_or_default()
}

/// A number in thousandths as JSON writes it, at most three places: by its text, because a cast would lose digits.
fn thousandths(milli: u64) -> f64 {
    let whole = milli.checked_div(1000).unwrap_or_default();
    let rest = milli.checked_rem(1000).unwrap_or_default();
    format!("{whole}.{rest:03}").parse().unwrap_or_default()
}

#[cfg(test)]
mod tests;
