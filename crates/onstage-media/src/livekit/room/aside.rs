//! Further connections of a person: to be answered on others' behalf, they are members of the room, and nobody in it.

use livekit_protocol as proto;
use livekit_protocol::leave_request::Action;
use onstage_domain::UserId;

use super::{Arrival, Member, MemberKey, Room};
use crate::clock::Moment;
use crate::whip::description::receiving_only;

impl Room {
    /// It is the person only where it sends something and they are not here yet; otherwise it watches under a name of its
    /// own.
    pub(super) fn step_aside(&mut self, arrival: &mut Arrival) {
        let Arrival { bearer, query, opening, .. } = arrival;
        if !opening.tracks.is_empty() && !self.identities.contains_key(&bearer.identity) {
            return;
        }
        opening.tracks.clear();
        if let Some(offer) = &mut opening.offer {
            offer.sdp = receiving_only(&offer.sdp);
        }
        query.watches = true;
        // No account has such an id.
        bearer.identity = format!("{}/{}", bearer.identity, self.next_key());
    }

    /// The participants, each once.
    pub(super) fn participants(&self) -> impl Iterator<Item = &Member> {
        self.members.values().filter(|member| !member.is_aside())
    }

    /// Who is put out loses these connections as well.
    pub(super) fn remove_asides(&mut self, now: Moment, user: UserId) {
        let is_theirs = |member: &Member| member.is_aside() && member.query.aside == Some(user);
        let asides = self.members.iter().filter(|(_, member)| is_theirs(member));
        let asides: Vec<MemberKey> = asides.map(|(key, _)| *key).collect();
        for key in asides {
            self.remove(now, key, proto::DisconnectReason::ParticipantRemoved, Action::Disconnect);
        }
    }
}
