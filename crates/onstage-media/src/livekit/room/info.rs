//! How participants and rooms look on the wire.

use livekit_protocol as proto;

use super::{Member, Room, TrackKey};
use crate::livekit::messages;

/// The codecs that clients may publish.
pub(super) const PUBLISH_CODECS: [&str; 6] =
    ["video/VP8", "video/H264", "video/VP9", "video/AV1", "audio/opus", "audio/red"];

/// A participant with the tracks that others may know.
pub(super) fn participant(member: &Member) -> proto::ParticipantInfo {
    let state = if member.was_active {
        proto::participant_info::State::Active
    } else {
        proto::participant_info::State::Joined
    };
    proto::ParticipantInfo {
        sid: member.sid.clone(),
        identity: member.identity.clone(),
        state: state.into(),
        tracks: member
            .tracks
            .iter()
            .filter(|track| track.published)
            .map(|track| track.info.clone())
            .collect(),
        metadata: member.metadata.clone(),
        joined_at: member.joined.0.div_euclid(1_000),
        joined_at_ms: member.joined.0,
        name: member.name.clone(),
        version: member.version,
        permission: Some(member.permission.to_proto()),
        is_publisher: member.is_publisher,
        attributes: member.attributes.clone().into_iter().collect(),
        client_protocol: member.query.client_protocol,
        capabilities: member.query.capabilities.clone(),
        ..proto::ParticipantInfo::default()
    }
}

/// The last that is told of a participant.
pub(super) fn departed(member: &Member, reason: proto::DisconnectReason) -> proto::ParticipantInfo {
    proto::ParticipantInfo {
        state: proto::participant_info::State::Disconnected.into(),
        tracks: Vec::new(),
        version: member.version.saturating_add(1),
        disconnect_reason: reason.into(),
        ..participant(member)
    }
}

impl Room {
    /// The room object. It carries no secret.
    pub(super) fn room_info(&self) -> proto::Room {
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let publishing =
            self.members.values().filter(|member| member.tracks.iter().any(|track| track.published));
        let mut room = proto::Room {
            sid: self.sid.clone(),
            name: self.name.clone(),
            metadata: self.metadata.clone(),
            creation_time: self.created.0.div_euclid(1_000),
            creation_time_ms: self.created.0,
            enabled_codecs: messages::codecs(&PUBLISH_CODECS),
            num_participants: count(self.participants().count()),
            num_publishers: count(publishing.count()),
            ..proto::Room::default()
        };
        self.dress(&mut room);
        room
    }

    /// Marks frames that a server puts into an encrypted picture. We put none, but clients of encrypted rooms ask for it.
    pub(super) fn sif_trailer(&self) -> Vec<u8> {
        self.sid.as_bytes().to_vec()
    }

    /// The sid of a live track.
    pub(super) fn sid_of(&self, track: TrackKey) -> Option<String> {
        let owner = self.members.get(self.owners.get(&track)?)?;
        owner.tracks.iter().find(|candidate| candidate.key == track).map(|track| track.sid().to_owned())
    }
}
