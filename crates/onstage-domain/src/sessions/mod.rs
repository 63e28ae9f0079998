//! Shows: from going live to the end, with the host's grace and the numbers that remain.

mod events;
mod model;
mod rules;

pub use events::{EndReason, Event};
pub use model::{
    AnalyticsView, Attendance, Attended, Beginning, Change, Contact, Format, HOST_GRACE_MS, HostView, Layout,
    Mode, MomentView, NEVER_CONNECTED_MS, Opening, PLACE_KEPT_MS, REST_PRESENCE_MS, SAMPLE_MS,
    SAMPLES_WAITING_MAX, STAGE_GUESTS_MAX, Sample, Session, SessionView, Settings, SettingsPatch, Status,
    SummaryView, TIMELINE_BUCKETS_MAX, Tally, Timeline, Visibility, average_milli, effective_max_guests,
    room_name,
};
pub use rules::{
    Command, Fact, LIVE_SESSIONS_MAX, MAX_PARTICIPANTS_MIN, NewSession, Refusal, SLOW_MODE_S_MAX, start,
};

#[cfg(test)]
mod tests;
