//! What a room tells webhooks: the same moments that people and the stage hear of, as LiveKit's events.

use livekit_protocol as proto;

use super::{Ending, Member, MemberKey, Room, TrackKey, info};
use crate::clock::{Moment, sid};

/// Within this time a room is made and described.
const MOMENT_MS: i64 = 900;

impl Room {
    /// From now on what happens is told.
    pub(crate) fn watch(&mut self) {
        self.is_watched = true;
    }

    /// The room's own beginning comes first. A call that makes a room says right after what it is like: a room that has
    /// heard nothing yet waits a moment for that.
    pub(super) fn tell_started(&mut self, now: Moment, has_heard: bool) {
        let is_new = now.at.0 < self.created.0.saturating_add(MOMENT_MS);
        if !self.is_watched || self.api.has_begun || is_new && !has_heard {
            return;
        }
        self.api.has_begun = true;
        let room = Some(self.room_info());
        self.tell(now, proto::WebhookEvent { room, ..named("room_started") });
        self.effects.webhooks.rotate_right(1);
    }

    /// The first media of a participant.
    pub(super) fn tell_joined(&mut self, now: Moment, key: MemberKey) {
        let told = self.members.get(&key).filter(|member| self.is_watched && !member.is_aside());
        if let Some(member) = told {
            let participant = Some(info::participant(member));
            let room = Some(self.room_info());
            self.tell(now, proto::WebhookEvent { room, participant, ..named("participant_joined") });
        }
    }

    /// A participant is gone for good: its tracks first, then itself.
    pub(super) fn tell_left(&mut self, now: Moment, member: &Member, reason: proto::DisconnectReason) {
        if !self.is_watched || member.is_aside() {
            return;
        }
        for track in member.tracks.iter().filter(|track| track.published) {
            self.tell_track(now, "track_unpublished", member, track.info.clone());
        }
        let event = if member.was_active { "participant_left" } else { "participant_connection_aborted" };
        let participant = Some(info::departed(member, reason));
        let room = Some(self.room_info());
        self.tell(now, proto::WebhookEvent { room, participant, ..named(event) });
    }

    /// A track is there.
    pub(super) fn tell_published(&mut self, now: Moment, owner: MemberKey, key: TrackKey) {
        let Some(member) = self.members.get(&owner).filter(|_| self.is_watched) else { return };
        let Some(track) = member.tracks.iter().find(|track| track.key == key) else { return };
        let event = track_event("track_published", member, track.info.clone());
        self.tell_of_track(now, event);
    }

    /// A track of somebody who stays is gone.
    pub(super) fn tell_unpublished(&mut self, now: Moment, owner: MemberKey, track: proto::TrackInfo) {
        if let Some(member) = self.members.get(&owner).filter(|_| self.is_watched) {
            let event = track_event("track_unpublished", member, track);
            self.tell_of_track(now, event);
        }
    }

    /// Everybody leaves at once, then the room is over.
    pub(crate) fn tell_finished(&mut self, now: Moment, ending: Ending) {
        if !self.is_watched {
            return;
        }
        self.tell_started(now, true);
        let reason = match ending {
            Ending::Deleted => proto::DisconnectReason::RoomDeleted,
            Ending::Shutdown => proto::DisconnectReason::ServerShutdown,
        };
        let mut members = std::mem::take(&mut self.members);
        for member in members.values() {
            self.tell_left(now, member, reason);
        }
        let room = Some(self.room_info());
        self.tell(now, proto::WebhookEvent { room, ..named("room_finished") });
        std::mem::swap(&mut self.members, &mut members);
    }

    fn tell_track(&mut self, now: Moment, event: &str, member: &Member, track: proto::TrackInfo) {
        let event = track_event(event, member, track);
        self.tell_of_track(now, event);
    }

    /// Of room and participant only the names, as receivers are used to.
    fn tell_of_track(&mut self, now: Moment, event: proto::WebhookEvent) {
        let room = proto::Room { sid: self.sid.clone(), name: self.name.clone(), ..proto::Room::default() };
        self.tell(now, proto::WebhookEvent { room: Some(room), ..event });
    }

    fn tell(&mut self, now: Moment, event: proto::WebhookEvent) {
        let id = sid(self.dice.as_mut(), "EV_");
        let created_at = now.at.0.div_euclid(1_000);
        self.effects.webhooks.push(proto::WebhookEvent { id, created_at, ..event });
    }
}

fn named(event: &str) -> proto::WebhookEvent {
    proto::WebhookEvent { event: event.to_owned(), ..proto::WebhookEvent::default() }
}

fn track_event(event: &str, member: &Member, track: proto::TrackInfo) -> proto::WebhookEvent {
    let participant = proto::ParticipantInfo {
        sid: member.sid.clone(),
        identity: member.identity.clone(),
        ..proto::ParticipantInfo::default()
    };
    proto::WebhookEvent { participant: Some(participant), track: Some(track), ..named(event) }
}
