//! A new order for one person, carried out at once: out, promoted, demoted, muted.

use livekit_protocol as proto;
use livekit_protocol::leave_request::Action;
use livekit_protocol::signal_response::Message;
use onstage_domain::UserId;
use onstage_domain::media::MediaGrant;
use onstage_sfu::{Control, TrackKey};

use super::{MemberKey, Room};
use crate::clock::Moment;
use crate::livekit::permission::Permission;
use crate::orders::Person;

impl Room {
    /// Remembers the order for later joins, and applies it to who is in.
    pub(super) fn person_ordered(&mut self, now: Moment, user: UserId, person: Person) {
        self.people.insert(user, person);
        if !person.admitted {
            self.remove_asides(now, user);
        }
        let Some(key) = self.identities.get(&user.to_string()).copied() else { return };
        if person.admitted {
            self.regrant(now, key, person.grant);
        } else {
            self.remove(now, key, proto::DisconnectReason::ParticipantRemoved, Action::Disconnect);
        }
    }

    fn regrant(&mut self, now: Moment, key: MemberKey, grant: MediaGrant) {
        let Some(member) = self.members.get_mut(&key) else { return };
        let before = std::mem::replace(&mut member.grant, grant);
        let permission = Permission::ordered(&grant);
        let changed = std::mem::replace(&mut member.permission, permission) != permission;
        member.is_publisher |= changed && permission.publish();
        member.announced |= !permission.hidden && !member.query.watches;
        self.withdraw_forbidden(now, key);
        self.answer_self_mutes(key);
        self.tell_mutes(now, key, before);
        self.move_gates(key);
        if changed {
            self.announce(key);
            self.refresh_token(now, key);
        }
    }

    /// Ends every track that the permission no longer covers.
    pub(super) fn withdraw_forbidden(&mut self, now: Moment, key: MemberKey) {
        let Some(member) = self.members.get(&key) else { return };
        let forbidden: Vec<(TrackKey, String)> = member
            .tracks
            .iter()
            .filter(|track| !member.permission.allows(track.source))
            .map(|track| (track.key, track.sid().to_owned()))
            .collect();
        for (track, track_sid) in forbidden {
            self.control(Control::RemoveTrack { track });
            self.drop_track(now, key, track);
            self.send_to(key, Message::TrackUnpublished(proto::TrackUnpublishedResponse { track_sid }));
        }
    }
}
