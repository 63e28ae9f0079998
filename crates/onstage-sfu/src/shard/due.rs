//! What happens when an alarm rings.

use crate::alarms::Alarm;
use crate::keys::{PeerKey, RoomKey};
use crate::limits::{ANSWER_WITHIN, CONNECT_WITHIN, DISCONNECTED_FOR_MAX, SPEAKERS_WINDOW};
use crate::notice::{EndReason, Notice, SpeakerLevel};
use crate::shard::Shard;
use crate::time::{after, passed};

impl Shard {
    /// Rings everything that is due.
    pub(super) fn ring_alarms(&mut self) {
        while let Some(alarm) = self.alarms.ring(self.now) {
            self.rings(alarm);
        }
    }

    fn rings(&mut self, alarm: Alarm) {
        match alarm {
            Alarm::Session(peer) => self.session_due(peer),
            Alarm::Negotiate(peer) => self.offer_if_due(peer),
            Alarm::Answer(peer) => self.answer_due(peer),
            Alarm::Connect(peer) => {
                if self.peers.get(&peer).is_some_and(|peer| !peer.has_connected) {
                    self.end_peer(peer, EndReason::NeverConnected);
                }
            }
            Alarm::Gone(peer) => self.gone_due(peer),
            Alarm::KeyFrame(track) => self.chase_key_frames(track),
            Alarm::Demand(track) => {
                self.settle_wishes(track);
                self.look_at_demand(track);
            }
            Alarm::Budget(peer) => self.look_at_budget(peer),
            Alarm::Speakers(room) => self.window_ends(room),
        }
    }

    fn session_due(&mut self, key: PeerKey) {
        let now = self.now;
        let Some(deadline) = self.peers.get(&key).and_then(|peer| peer.deadline) else { return };
        if deadline > now {
            self.arm_session(key);
        } else {
            self.mark_dirty(key);
        }
    }

    fn answer_due(&mut self, key: PeerKey) {
        let Some(peer) = self.peers.get(&key) else { return };
        let Some(made) = peer.offering.last_made.filter(|_| peer.offering.is_waiting()) else { return };
        if passed(made, ANSWER_WITHIN, self.now) {
            self.end_peer(key, EndReason::AnswerTimeout);
        } else {
            self.alarms.arm(after(made, ANSWER_WITHIN), Alarm::Answer(key));
        }
    }

    fn gone_due(&mut self, key: PeerKey) {
        let Some(since) = self.peers.get(&key).and_then(|peer| peer.disconnected_since) else { return };
        if passed(since, DISCONNECTED_FOR_MAX, self.now) {
            self.end_peer(key, EndReason::IceTimeout);
        } else {
            self.alarms.arm(after(since, DISCONNECTED_FOR_MAX), Alarm::Gone(key));
        }
    }

    /// The time by which a new peer has to be connected.
    pub(super) fn expect_connection(&mut self, key: PeerKey) {
        self.alarms.arm(after(self.now, CONNECT_WITHIN), Alarm::Connect(key));
    }

    /// Closes the loudness window of a room and tells who speaks if that changed.
    fn window_ends(&mut self, key: RoomKey) {
        let Some(room) = self.rooms.get_mut(&key) else { return };
        let mut speakers = Vec::new();
        for voice in &room.voices {
            let Some(track) = self.tracks.get_mut(voice) else { continue };
            let level_eighths = track.meter.close_window();
            if level_eighths > 0 {
                speakers.push(SpeakerLevel { track: *voice, level_eighths });
            }
        }
        speakers.sort_by_key(|speaker| (std::cmp::Reverse(speaker.level_eighths), speaker.track));
        if !speakers.is_empty() {
            self.alarms.arm(after(self.now, SPEAKERS_WINDOW), Alarm::Speakers(key));
        }
        if speakers != room.speakers {
            room.speakers.clone_from(&speakers);
            self.tell(Notice::Speakers { room: key, speakers });
        }
    }
}
