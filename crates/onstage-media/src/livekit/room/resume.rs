//! A dropped socket comes back: the same participant, a new socket, an ICE restart.

use livekit_protocol as proto;
use livekit_protocol::leave_request::Action;
use livekit_protocol::signal_response::Message;
use onstage_sfu::Control;

use super::arrive::dismiss;
use super::member::OnResume;
use super::{Arrival, CHOICES_MAX, ConnectionId, Member, MemberKey, Room, UPDATE_BYTES_MAX, info};
use crate::clock::Moment;
use crate::livekit::messages;
use crate::livekit::outgoing::encode;
use prost::Message as _;

impl Room {
    /// Identity and sid must both be known: an old tab must not take over the session of a newer one.
    pub(super) fn resume(&mut self, now: Moment, mut arrival: Arrival) {
        let known = self.identities.get(&arrival.bearer.identity).copied().filter(|key| {
            self.members.get(key).is_some_and(|member| {
                let same = member.sid == arrival.query.participant_sid;
                member.was_active && same && member.query.single == arrival.query.single
            })
        });
        let Some(key) = known else {
            return dismiss(&arrival.outgoing, proto::DisconnectReason::StateMismatch, Action::Reconnect);
        };
        let mut opening = std::mem::take(&mut arrival.opening);
        self.attach(key, arrival);
        if self.cut_short(now, key) {
            return;
        }
        self.welcome_back(now, key);
        if let Some(peer) = self.offered_by_us(key) {
            self.control(Control::RestartIce { peer });
        }
        if let Some(state) = opening.sync_state.take() {
            self.sync_state(now, key, state);
        }
        self.open(now, key, opening);
    }

    /// A test suite wants to see its client's next attempt.
    fn cut_short(&mut self, now: Moment, key: MemberKey) -> bool {
        let Some(member) = self.members.get_mut(&key) else { return false };
        let how = std::mem::take(&mut member.on_resume);
        if how == OnResume::CutShort {
            self.welcome_back(now, key);
        }
        let ended = self.members.get_mut(&key).filter(|_| how != OnResume::Served);
        let Some((connection, outgoing)) = ended.and_then(|member| member.connection.take()) else {
            return false;
        };
        outgoing.close();
        self.connections.remove(&connection);
        if let Some(member) = self.members.get_mut(&key) {
            member.socket_lost = Some(now.instant);
        }
        true
    }

    /// The new socket takes the place of the old one, which is closed if it is still there.
    fn attach(&mut self, key: MemberKey, arrival: Arrival) {
        let Some(member) = self.members.get_mut(&key) else { return };
        member.socket_lost = None;
        let earlier = member.connection.replace((arrival.connection, arrival.outgoing));
        if let Some((id, outgoing)) = earlier {
            outgoing.close();
            self.connections.remove(&id);
        }
        self.connections.insert(arrival.connection, key);
    }

    /// `reconnect` first, then everything that may have changed, oneself included.
    fn welcome_back(&mut self, now: Moment, key: MemberKey) {
        let Some(member) = self.members.get(&key) else { return };
        member.send(Message::Reconnect(proto::ReconnectResponse {
            ice_servers: messages::ice_servers(
                &self.surroundings.ice_servers.offered(&member.identity, now.at),
            ),
            client_configuration: None,
            server_info: Some(messages::server_info(&self.surroundings.node_id)),
            last_message_seq: member.last_sequence,
        }));
        self.tell_everybody(member, key);
        member.send(Message::RoomUpdate(proto::RoomUpdate { room: Some(self.room_info()) }));
        self.tell_speakers(key);
        self.refresh_token(now, key);
    }

    /// All participants, in messages of a bounded size.
    fn tell_everybody(&self, to: &Member, own: MemberKey) {
        let Some(out) = to.outgoing() else { return };
        let known = self.members.iter().filter(|(key, member)| member.announced || **key == own);
        let mut chunk = Vec::new();
        let mut bytes = 0_usize;
        for participant in known.map(|(_, member)| info::participant(member)) {
            let length = participant.encoded_len();
            if bytes.saturating_add(length) > UPDATE_BYTES_MAX && !chunk.is_empty() {
                out.send_encoded(messages::update(std::mem::take(&mut chunk)));
                bytes = 0;
            }
            bytes = bytes.saturating_add(length);
            chunk.push(participant);
        }
        out.send_encoded(messages::update(chunk));
    }

    /// What the client believes after a resume. Tracks that we do not know mean a full reconnect.
    pub(super) fn sync_state(&mut self, now: Moment, key: MemberKey, state: proto::SyncState) {
        let Some(member) = self.members.get_mut(&key) else { return };
        let published = state.publish_tracks.iter().filter_map(|published| published.track.as_ref());
        if published.into_iter().any(|track| member.track(&track.sid).is_none()) {
            return self.remove(now, key, proto::DisconnectReason::StateMismatch, Action::Reconnect);
        }
        // With auto-subscribe the list holds what was *un*subscribed; otherwise what was subscribed.
        let subscribe = !member.query.auto_subscribe;
        if let Some(subscription) = state.subscription {
            let by_participant =
                subscription.participant_tracks.into_iter().flat_map(|tracks| tracks.track_sids);
            for sid in subscription.track_sids.into_iter().chain(by_participant).take(CHOICES_MAX) {
                self.remember(now, key, sid, subscribe);
            }
        }
        self.subscribe_to_all(key);
        self.replay_missed(now, key, &state.datachannel_receive_states);
        for sid in state.track_sids_disabled {
            self.wish_nothing(key, &sid);
        }
    }

    /// A socket ended without a word: the participant is held for a while if its media ever came up.
    pub(super) fn socket_gone(&mut self, now: Moment, connection: ConnectionId) {
        let Some(key) = self.connections.remove(&connection) else { return };
        let Some(member) = self.members.get_mut(&key) else { return };
        member.connection = None;
        member.socket_lost = Some(now.instant);
        if !member.was_active {
            self.remove(now, key, proto::DisconnectReason::SignalClose, Action::Disconnect);
        }
    }

    /// One message, encoded here because most are not shared.
    pub(super) fn send_to(&self, key: MemberKey, message: Message) {
        if let Some(out) = self.members.get(&key).and_then(Member::outgoing) {
            out.send_encoded(encode(message));
        }
    }
}
