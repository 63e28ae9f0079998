//! Who may receive a participant's tracks, by that participant's own word.

use livekit_protocol as proto;
use onstage_sfu::TrackKey;

use super::{AUDIENCE_MAX, Member, MemberKey, Room, TRACKS_MAX};

/// A participant's word; without one, everybody.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum Audience {
    /// No restriction.
    #[default]
    Everybody,
    /// Only who is listed, and only these tracks.
    Listed(Vec<proto::TrackPermission>),
}

impl Audience {
    /// A list longer than there can be people means nobody: what is kept back must not be given by mistake.
    fn read(permission: proto::SubscriptionPermission) -> Self {
        let mut listed = permission.track_permissions;
        match permission.all_participants {
            true => Self::Everybody,
            false if listed.len() > AUDIENCE_MAX => Self::Listed(Vec::new()),
            false => {
                for entry in &mut listed {
                    entry.track_sids.truncate(TRACKS_MAX);
                }
                Self::Listed(listed)
            }
        }
    }

    fn includes(&self, member: &Member, track_sid: &str) -> bool {
        let Self::Listed(listed) = self else { return true };
        let about = |entry: &&proto::TrackPermission| {
            entry.participant_sid == member.sid
                || (!entry.participant_identity.is_empty() && entry.participant_identity == member.identity)
        };
        listed
            .iter()
            .filter(about)
            .any(|entry| entry.all_tracks || entry.track_sids.iter().any(|sid| sid == track_sid))
    }
}

impl Room {
    /// `subscription_permission`: carried out at once, for tracks that are there and tracks that come.
    pub(super) fn set_audience(&mut self, key: MemberKey, permission: proto::SubscriptionPermission) {
        let Some(member) = self.members.get_mut(&key) else { return };
        let audience = Audience::read(permission);
        if std::mem::replace(&mut member.audience, audience) == member.audience {
            return;
        }
        let published = member.tracks.iter().filter(|track| track.published);
        let tracks: Vec<TrackKey> = published.map(|track| track.key).collect();
        for track in tracks {
            self.offer_to_all(track);
        }
    }

    /// Whether the owner of a track lets this participant receive it.
    pub(super) fn may_receive(&self, key: MemberKey, track: TrackKey, track_sid: &str) -> bool {
        let owner = self.owners.get(&track).and_then(|owner| self.members.get(owner));
        match (owner, self.members.get(&key)) {
            (Some(owner), Some(member)) => owner.audience.includes(member, track_sid),
            (Some(_) | None, None) | (None, Some(_)) => false,
        }
    }
}
