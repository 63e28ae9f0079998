//! Somebody goes, or everybody: a last word, closed PeerConnections, and the others are told.

use livekit_protocol as proto;
use livekit_protocol::leave_request::Action;
use onstage_domain::media::Seen;
use onstage_sfu::Control;

use super::track::source_of;
use super::{Ending, Member, MemberKey, Room, info};
use crate::clock::Moment;
use crate::livekit::messages;

impl Room {
    /// Removes a participant for good.
    pub(super) fn remove(
        &mut self,
        now: Moment,
        key: MemberKey,
        reason: proto::DisconnectReason,
        action: Action,
    ) {
        let Some(member) = self.unseat(now, key) else { return };
        if let Some(out) = member.outgoing() {
            // Nobody needs to be told that they left by themselves.
            if reason != proto::DisconnectReason::ClientInitiated {
                out.send(messages::leave(reason, action));
            }
            out.close();
        }
        if let Some(user) = member.user.filter(|user| self.told_connected.remove(user)) {
            self.fact(now, Some(user), Seen::Lost);
        }
        self.tell_left(now, &member, reason);
        if member.announced {
            self.send_to_all(&messages::update(vec![info::departed(&member, reason)]));
        }
        self.call_for_another(now, &member);
    }

    /// The same identity joins again: the old one goes without being announced as gone, and the person is not lost.
    pub(super) fn replace(&mut self, now: Moment, key: MemberKey) {
        let Some(member) = self.unseat(now, key) else { return };
        self.tell_left(now, &member, proto::DisconnectReason::DuplicateIdentity);
        if let Some(out) = member.outgoing() {
            out.send(messages::leave(proto::DisconnectReason::DuplicateIdentity, Action::Disconnect));
            out.close();
        }
        if member.announced {
            self.send_to_all(&messages::update(vec![info::departed(
                &member,
                proto::DisconnectReason::DuplicateIdentity,
            )]));
        }
    }

    /// Takes a participant out of every list and off the shard.
    fn unseat(&mut self, now: Moment, key: MemberKey) -> Option<Member> {
        let member = self.members.remove(&key)?;
        if self.identities.get(&member.identity) == Some(&key) {
            self.identities.remove(&member.identity);
        }
        if let Some((connection, _)) = &member.connection {
            self.connections.remove(connection);
        }
        self.loudness.remove(&key);
        for peer in member.peers() {
            self.peers.remove(&peer);
            self.control(Control::ClosePeer { peer });
        }
        for track in &member.tracks {
            self.forget_track(track.key);
            if track.published {
                self.fact(now, member.user, Seen::Unpublished { source: source_of(track.source) });
            }
        }
        Some(member)
    }

    /// The room is over, or the process is.
    pub(crate) fn end(&mut self, ending: Ending) {
        let leave = match ending {
            Ending::Deleted => messages::leave(proto::DisconnectReason::RoomDeleted, Action::Disconnect),
            Ending::Shutdown => messages::leave(proto::DisconnectReason::ServerShutdown, Action::Reconnect),
        };
        for out in self.members.values().filter_map(Member::outgoing) {
            out.send(leave.clone());
            out.close();
        }
        self.members.clear();
        self.identities.clear();
        self.connections.clear();
        self.peers.clear();
        self.owners.clear();
        self.control(Control::CloseRoom { room: self.key });
    }
}
