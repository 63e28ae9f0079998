//! A room to which people come and from which they go, a day long, for a test that counts what they leave behind.

use livekit_protocol as proto;
use livekit_protocol::signal_request::Message;

use super::stage::Stage;
use crate::livekit::query::{JoinQuery, Wishes};

/// A show begins every six minutes.
const SHOWS_AN_HOUR: u32 = 10;
const SECONDS_A_SHOW: u32 = 360;
/// People of one show.
const PEOPLE: u32 = 6;

/// The room, the shard, and how many have come.
pub struct Day {
    stage: Stage,
    joins: u32,
}

impl Day {
    /// The morning.
    #[must_use]
    pub fn new() -> Self {
        Self { stage: Stage::new(), joins: 0 }
    }

    /// How many have come so far.
    #[must_use]
    pub fn joins(&self) -> u32 {
        self.joins
    }

    /// Shows of an hour: people join by either layout, publish, say things, and leave, or are never heard of again.
    pub fn pass_hour(&mut self) {
        for _ in 0..SHOWS_AN_HOUR {
            let people: Vec<usize> = (0..PEOPLE).map(|number| self.come(number)).collect();
            self.stage.pass(1_000);
            for who in people.into_iter().step_by(2) {
                self.stage.say(who, Message::Leave(proto::LeaveRequest::default()));
            }
            self.stage.lose_sockets();
            for _ in 0..SECONDS_A_SHOW {
                self.stage.pass(1_000);
            }
            assert!(self.stage.is_empty(), "nobody is left");
        }
    }

    fn come(&mut self, number: u32) -> usize {
        self.joins += 1;
        let query =
            JoinQuery { single: number.is_multiple_of(2), auto_subscribe: true, ..JoinQuery::default() };
        // The same people come again, and others come once.
        let identity = if number < 3 { format!("regular-{number}") } else { format!("guest-{}", self.joins) };
        let who = self.stage.join(&identity, Wishes { query, ..Wishes::default() });
        let track = proto::AddTrackRequest {
            cid: format!("mic-{}", self.joins),
            source: proto::TrackSource::Microphone.into(),
            ..proto::AddTrackRequest::default()
        };
        self.stage.say(who, Message::AddTrack(track));
        let metadata = proto::UpdateParticipantMetadata { name: identity, ..Default::default() };
        self.stage.say(who, Message::UpdateMetadata(metadata));
        who
    }
}

impl Default for Day {
    fn default() -> Self {
        Self::new()
    }
}
