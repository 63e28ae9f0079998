//! What one participant may do, whether an order says so or (in rooms without a session) a token.

use livekit_protocol as proto;
use onstage_domain::media::MediaGrant;
use onstage_sfu::TrackSource;

use super::tokens::VideoGrant;

/// Who may publish which source, and the rest of a participant's rights.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Permission {
    pub(crate) subscribe: bool,
    pub(crate) microphone: bool,
    pub(crate) camera: bool,
    pub(crate) screen: bool,
    pub(crate) screen_audio: bool,
    pub(crate) data: bool,
    pub(crate) metadata: bool,
    /// Not announced to others.
    pub(crate) hidden: bool,
}

impl Permission {
    /// Somebody without an order: may watch and listen.
    pub(crate) const VIEWER: Self = Self {
        subscribe: true,
        microphone: false,
        camera: false,
        screen: false,
        screen_audio: false,
        data: false,
        metadata: false,
        hidden: true,
    };

    /// Somebody on stage, as far as a token has to say it; the orders are what is enforced.
    pub(crate) const STAGED: Self = Self {
        microphone: true,
        camera: true,
        screen: true,
        screen_audio: true,
        data: true,
        hidden: false,
        ..Self::VIEWER
    };

    /// What an order grants.
    pub(crate) fn ordered(grant: &MediaGrant) -> Self {
        let staged = grant.may_speak || grant.may_show || grant.may_share;
        Self {
            microphone: grant.may_speak,
            camera: grant.may_show,
            screen: grant.may_share,
            screen_audio: grant.may_share,
            data: staged,
            hidden: !staged,
            ..Self::VIEWER
        }
    }

    /// What a token grants in a room without a session. Absent optional claims mean allowed.
    pub(crate) fn claimed(grant: &VideoGrant) -> Self {
        let publish = grant.can_publish.unwrap_or(true);
        let source = |name: &str| {
            publish
                && (grant.can_publish_sources.is_empty()
                    || grant.can_publish_sources.iter().any(|listed| listed == name))
        };
        Self {
            subscribe: grant.can_subscribe.unwrap_or(true),
            microphone: source("microphone"),
            camera: source("camera"),
            screen: source("screen_share"),
            screen_audio: source("screen_share_audio"),
            data: grant.can_publish_data.unwrap_or(publish),
            metadata: grant.can_update_own_metadata.unwrap_or(false),
            hidden: grant.hidden,
        }
    }

    /// May publish anything.
    pub(crate) fn publish(&self) -> bool {
        self.microphone || self.camera || self.screen || self.screen_audio
    }

    /// May publish this. What names no source counts as microphone or camera.
    pub(crate) fn allows(&self, source: TrackSource) -> bool {
        match source {
            TrackSource::Microphone | TrackSource::OtherAudio => self.microphone,
            TrackSource::Camera | TrackSource::OtherVideo => self.camera,
            TrackSource::Screen => self.screen,
            TrackSource::ScreenAudio => self.screen_audio,
        }
    }

    /// The allow-list for the wire: empty when everything is allowed.
    fn sources(&self) -> Vec<proto::TrackSource> {
        let all = [
            (self.camera, proto::TrackSource::Camera),
            (self.microphone, proto::TrackSource::Microphone),
            (self.screen, proto::TrackSource::ScreenShare),
            (self.screen_audio, proto::TrackSource::ScreenShareAudio),
        ];
        if all.iter().all(|(allowed, _)| *allowed) {
            return Vec::new();
        }
        all.into_iter().filter_map(|(allowed, source)| allowed.then_some(source)).collect()
    }

    /// As `ParticipantInfo.permission` has it.
    pub(crate) fn to_proto(self) -> proto::ParticipantPermission {
        #[expect(deprecated, reason = "clients still read the deprecated half of this message")]
        proto::ParticipantPermission {
            can_subscribe: self.subscribe,
            can_publish: self.publish(),
            can_publish_data: self.data,
            can_publish_sources: self.sources().into_iter().map(i32::from).collect(),
            hidden: false,
            recorder: false,
            can_update_metadata: self.metadata,
            agent: false,
            can_subscribe_metrics: false,
            can_manage_agent_session: false,
        }
    }

    /// As the `video` claim of a refreshed token has it: every grant stated.
    pub(crate) fn to_claim(self, room: &str) -> VideoGrant {
        let name = |source: proto::TrackSource| match source {
            proto::TrackSource::Camera => "camera",
            proto::TrackSource::Microphone => "microphone",
            proto::TrackSource::ScreenShare => "screen_share",
            proto::TrackSource::ScreenShareAudio => "screen_share_audio",
            proto::TrackSource::Unknown => "unknown",
        };
        VideoGrant {
            room_join: true,
            room: room.to_owned(),
            can_publish: Some(self.publish()),
            can_subscribe: Some(self.subscribe),
            can_publish_data: Some(self.data),
            can_publish_sources: self.sources().into_iter().map(|source| name(source).to_owned()).collect(),
            can_update_own_metadata: Some(self.metadata),
            hidden: false,
        }
    }
}
