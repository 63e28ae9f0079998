//! One published track as signalling knows it.

use std::time::Instant;

use livekit_protocol as proto;
use onstage_domain::media::{Media, MediaGrant, Source};
use onstage_sfu::{TrackKey, TrackSource};

/// A track, pending until its m-line is negotiated.
#[derive(Debug, Clone)]
pub(crate) struct Track {
    pub(crate) key: TrackKey,
    pub(crate) source: TrackSource,
    pub(crate) cid: String,
    /// What others are told; its `muted` is what is true of the gate.
    pub(crate) info: proto::TrackInfo,
    /// The m-line is negotiated and others know it.
    pub(crate) published: bool,
    /// The client's own word.
    pub(crate) client_muted: bool,
    /// Somebody receives it; the publisher was told.
    pub(crate) told_subscribed: bool,
    /// A server unmute was sent: the next "muted" of the client is an echo.
    pub(crate) bounce_until: Option<Instant>,
    /// When the client was last told to mute.
    pub(crate) reminded: Option<Instant>,
}

impl Track {
    pub(crate) fn sid(&self) -> &str {
        &self.info.sid
    }

    /// Whether packets may pass: not muted by a host, nor by the person, nor by the client itself.
    pub(crate) fn passes(&self, grant: &MediaGrant) -> bool {
        !self.client_muted && !held_by_host(self.source, grant) && !held_by_self(self.source, grant)
    }
}

/// A host's mute covers every sound of a person, so that a microphone sent as screen sound stays silent too.
pub(crate) fn held_by_host(source: TrackSource, grant: &MediaGrant) -> bool {
    match source {
        TrackSource::Microphone | TrackSource::OtherAudio | TrackSource::ScreenAudio => {
            grant.host_muted_audio
        }
        TrackSource::Camera | TrackSource::OtherVideo => grant.host_muted_video,
        TrackSource::Screen => false,
    }
}

/// The person's own mute is of microphone and camera.
pub(crate) fn held_by_self(source: TrackSource, grant: &MediaGrant) -> bool {
    match media_of(source) {
        Some(Media::Audio) => grant.self_muted_audio,
        Some(Media::Video) => grant.self_muted_video,
        None => false,
    }
}

/// Which of the two mutable media this source is.
pub(crate) fn media_of(source: TrackSource) -> Option<Media> {
    match source {
        TrackSource::Microphone | TrackSource::OtherAudio => Some(Media::Audio),
        TrackSource::Camera | TrackSource::OtherVideo => Some(Media::Video),
        TrackSource::Screen | TrackSource::ScreenAudio => None,
    }
}

/// As facts name it.
pub(crate) fn source_of(source: TrackSource) -> Source {
    match source {
        TrackSource::Microphone | TrackSource::OtherAudio => Source::Microphone,
        TrackSource::Camera | TrackSource::OtherVideo => Source::Camera,
        TrackSource::Screen => Source::Screen,
        TrackSource::ScreenAudio => Source::ScreenAudio,
    }
}
