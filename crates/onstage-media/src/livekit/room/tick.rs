//! Once a second: who never arrived, who does not come back, whose token grows old, which chosen track never came.

use std::time::Instant;

use livekit_protocol as proto;
use livekit_protocol::leave_request::Action;
use livekit_protocol::signal_response::Message;

use super::{COUNTS_EVERY, HOLD_WITHOUT_MEDIA, HOLD_WITHOUT_SIGNAL, JOIN_WITHIN, Member, MemberKey, Room};
use crate::clock::Moment;
use crate::livekit::outgoing::encode;

/// The numbers that everybody was told last, and when.
pub(super) struct Counts {
    people: u32,
    publishers: u32,
    told: Instant,
}

impl Counts {
    pub(super) fn none(now: Instant) -> Self {
        Self { people: 0, publishers: 0, told: now }
    }
}

/// What is due for a participant.
enum Due {
    Nothing,
    Token,
    Never,
    Gone,
}

impl Room {
    /// Looks at everybody.
    pub(super) fn tick(&mut self, now: Moment) {
        let due: Vec<(MemberKey, Due)> =
            self.members.iter().map(|(key, member)| (*key, due(member, now))).collect();
        for (key, what) in due {
            match what {
                Due::Nothing => {}
                Due::Token => self.refresh_token(now, key),
                Due::Never => self.remove(now, key, proto::DisconnectReason::JoinFailure, Action::Disconnect),
                Due::Gone => self.remove(now, key, proto::DisconnectReason::SignalClose, Action::Disconnect),
            }
        }
        self.tell_missing(now);
        self.tell_counts(now);
    }

    /// One `room_update` for everybody when the numbers changed.
    fn tell_counts(&mut self, now: Moment) {
        if now.instant.saturating_duration_since(self.counts.told) < COUNTS_EVERY {
            return;
        }
        let room = self.room_info();
        let counts =
            Counts { people: room.num_participants, publishers: room.num_publishers, told: now.instant };
        if (counts.people, counts.publishers) != (self.counts.people, self.counts.publishers) {
            self.send_to_all(&encode(Message::RoomUpdate(proto::RoomUpdate { room: Some(room) })));
            self.counts = counts;
        }
    }
}

fn due(member: &Member, now: Moment) -> Due {
    let since = |moment| now.instant.saturating_duration_since(moment);
    if !member.was_active && since(member.joined_instant) >= JOIN_WITHIN {
        return Due::Never;
    }
    let Some(lost) = member.socket_lost else {
        return if now.instant >= member.token_due { Due::Token } else { Due::Nothing };
    };
    let media_gone = member.media_lost.is_some_and(|media| since(media.max(lost)) >= HOLD_WITHOUT_MEDIA);
    if media_gone || since(lost) >= HOLD_WITHOUT_SIGNAL { Due::Gone } else { Due::Nothing }
}
