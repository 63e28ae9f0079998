//! Further connections of a person: to be answered on others' behalf, they are members of the room, and nobody in it.

use livekit_protocol as proto;
use livekit_protocol::leave_request::Action;
use onstage_domain::UserId;

use super::{Arrival, Member, MemberKey, Room};
use crate::clock::Moment;
use crate::livekit::query::Aside;
use crate::whip::description::receiving_only;

impl Room {
    /// It is the person only where it sends something and they are not here yet; otherwise it watches under a name of its
    /// own.
    pub(super) fn step_aside(&mut self, arrival: &mut Arrival) {
        let Arrival { bearer, query, opening, .. } = arrival;
        if !opening.tracks.is_empty() && !self.identities.contains_key(&bearer.identity) {
            return;
        }
        if let Some(aside) = &mut query.aside {
            aside.is_held_back = !opening.tracks.is_empty();
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
        for key in self.asides(|aside| aside.user == user) {
            self.remove(now, key, proto::DisconnectReason::ParticipantRemoved, Action::Disconnect);
        }
    }

    /// Where the connection went that was the person, those that were held back for it end, so that their clients offer
    /// anew and one of them is the person.
    pub(super) fn call_for_another(&mut self, now: Moment, gone: &Member) {
        let Some(gone) = gone.query.aside.filter(|_| !gone.is_aside()) else { return };
        for key in self.asides(|aside| aside.user == gone.user && aside.is_held_back) {
            self.remove(now, key, proto::DisconnectReason::Migration, Action::Reconnect);
        }
    }

    fn asides(&self, is_meant: impl Fn(Aside) -> bool) -> Vec<MemberKey> {
        let asides = self.members.iter().filter(|(_, member)| member.is_aside());
        asides.filter(|(_, member)| member.query.aside.is_some_and(&is_meant)).map(|(key, _)| *key).collect()
    }
}
