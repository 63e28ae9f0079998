//! Tracks on their way up: asked for, expected by the shard, negotiated, announced; and gone again.

use livekit_protocol as proto;
use livekit_protocol::request_response::{Reason, Request};
use livekit_protocol::signal_response::Message;
use onstage_domain::media::Seen;
use onstage_sfu::{
    Codec, Control, LayerSize, MediaKind, NegotiatedTrack, Quality, SoundOptions, TrackDescription, TrackKey,
    TrackSource,
};

use super::info::PUBLISH_CODECS;
use super::track::{Track, held_by_host, source_of};
use super::{LAYERS_MAX, MemberKey, QUEUED_TRACKS_MAX, Room, STREAM_BYTES_MAX, TRACKS_MAX};
use crate::clock::{Moment, sid};
use crate::livekit::messages;

impl Room {
    /// Says yes with `track_published`, or no at once.
    pub(super) fn add_track(&mut self, now: Moment, key: MemberKey, request: proto::AddTrackRequest) {
        match self.judge(key, &request) {
            Ok(source) => self.expect_track(now, key, source, &request),
            Err(reason) => {
                if reason == Reason::Queued {
                    self.queue_track(key, request.clone());
                }
                let echo = Some(Request::AddTrack(request));
                self.send_to(key, messages::request_response(0, reason, echo));
            }
        }
    }

    /// Permission, kind, number; a cid that is still live waits for the end of its track.
    fn judge(&self, key: MemberKey, request: &proto::AddTrackRequest) -> Result<TrackSource, Reason> {
        let member = self.members.get(&key).ok_or(Reason::NotFound)?;
        // Only backup codecs name a sid, and there are none yet.
        let backup = !request.sid.is_empty();
        let source = read_source(request).filter(|_| !backup).ok_or(Reason::UnsupportedType)?;
        if !member.permission.allows(source) {
            return Err(Reason::NotAllowed);
        }
        if member.tracks.iter().any(|track| track.published && track.cid == request.cid) {
            return Err(Reason::Queued);
        }
        let pending_again = member.tracks.iter().any(|track| track.cid == request.cid);
        if member.tracks.len() >= TRACKS_MAX && !pending_again {
            return Err(Reason::LimitExceeded);
        }
        Ok(source)
    }

    fn queue_track(&mut self, key: MemberKey, request: proto::AddTrackRequest) {
        let member = self.members.get_mut(&key).filter(|member| member.queued.len() < QUEUED_TRACKS_MAX);
        if let Some(member) = member {
            member.queued.push(request);
        }
    }

    fn expect_track(
        &mut self,
        now: Moment,
        key: MemberKey,
        source: TrackSource,
        request: &proto::AddTrackRequest,
    ) {
        let Some(peer) = self.open_publisher(key) else { return };
        let earlier = self
            .members
            .get(&key)
            .and_then(|member| member.tracks.iter().find(|track| track.cid == request.cid));
        if let Some(info) = earlier.map(|track| track.info.clone()) {
            return self.confirm(key, request, info);
        }
        let track = TrackKey(self.next_key());
        let track_sid = sid(self.dice.as_mut(), prefix(source));
        let Some(member) = self.members.get_mut(&key) else { return };
        let info = build_info(request, source, track_sid);
        let description = TrackDescription {
            cid: request.cid.clone(),
            source,
            codec: announced_codec(request),
            sound: sound_options(request),
            layers: layer_sizes(&info),
            // The track's own name: a browser keeps the first track id of an m-line that is used again, so the
            // stream part is where clients find which track it carries now.
            msid_stream: format!("{}|{}", member.sid, info.sid),
            msid_track: info.sid.clone(),
        };
        let mut entry = Track {
            key: track,
            source,
            cid: request.cid.clone(),
            info,
            published: false,
            client_muted: request.muted,
            told_subscribed: false,
            bounce_until: None,
            reminded: None,
        };
        let open = entry.passes(&member.grant);
        entry.info.muted = !open;
        let unix_micro = now.at.0.saturating_mul(1_000);
        entry.info.version = Some(proto::TimedVersion { unix_micro, ticks: 0 });
        let info = entry.info.clone();
        member.tracks.push(entry);
        self.owners.insert(track, key);
        self.control(Control::ExpectTrack { peer, track, description });
        if !open {
            self.control(Control::SetGate { track, open: false });
        }
        self.confirm(key, request, info);
        self.self_mute_at_publish(now, key, source, request.muted);
    }

    fn confirm(&self, key: MemberKey, request: &proto::AddTrackRequest, info: proto::TrackInfo) {
        let cid = request.cid.clone();
        self.send_to(key, Message::TrackPublished(proto::TrackPublishedResponse { cid, track: Some(info) }));
    }

    /// The m-line is there: others may know, and receive.
    pub(super) fn track_published(&mut self, now: Moment, key: TrackKey, negotiated: NegotiatedTrack) {
        let Some(owner) = self.owners.get(&key).copied() else { return };
        let Some(member) = self.members.get_mut(&owner) else { return };
        member.announced = true;
        member.is_publisher = true;
        let (user, grant) = (member.user, member.grant);
        let Some(track) = member.track_by_key(key) else { return };
        track.published = true;
        place(&mut track.info, &track.cid, negotiated);
        let (source, sid) = (track.source, track.sid().to_owned());
        self.fact(now, user, Seen::Published { source: source_of(source) });
        self.tell_published(now, owner, key);
        self.announce(owner);
        if held_by_host(source, &grant) {
            self.send_to(owner, messages::mute(&sid, true));
        }
        self.offer_to_all(key);
    }

    /// A later answer: the m-lines may have changed.
    pub(super) fn placed(&mut self, tracks: Vec<NegotiatedTrack>) {
        for negotiated in tracks {
            let owner = self.owners.get(&negotiated.track).and_then(|owner| self.members.get_mut(owner));
            if let Some(track) = owner.and_then(|owner| owner.track_by_key(negotiated.track)) {
                place(&mut track.info, &track.cid, negotiated);
            }
        }
    }

    /// The shard says that a track is over (its m-line became inactive).
    pub(super) fn track_stopped(&mut self, now: Moment, key: TrackKey) {
        let Some(owner) = self.owners.get(&key).copied() else { return };
        self.drop_track(now, owner, key);
        self.retry_queued(now, owner);
    }

    /// Takes a track off the lists and tells the others.
    pub(super) fn drop_track(&mut self, now: Moment, owner: MemberKey, key: TrackKey) {
        self.forget_track(key);
        let Some(member) = self.members.get_mut(&owner) else { return };
        let Some(at) = member.tracks.iter().position(|track| track.key == key) else { return };
        let track = member.tracks.remove(at);
        let user = member.user;
        if track.published {
            self.fact(now, user, Seen::Unpublished { source: source_of(track.source) });
            self.tell_unpublished(now, owner, track.info);
            self.announce(owner);
        }
    }

    fn retry_queued(&mut self, now: Moment, owner: MemberKey) {
        let queued = self.members.get_mut(&owner).map(|member| std::mem::take(&mut member.queued));
        for request in queued.unwrap_or_default() {
            self.add_track(now, owner, request);
        }
    }

    /// `update_video_track`: the picture has another size now.
    #[expect(deprecated, reason = "clients still read the deprecated list of layers")]
    pub(super) fn resize_track(&mut self, key: MemberKey, update: &proto::UpdateLocalVideoTrack) {
        let Some(member) = self.members.get_mut(&key) else { return };
        let Some(track) = member.track_mut(&update.track_sid) else { return };
        if track.source.kind() != MediaKind::Video || update.width == 0 || update.height == 0 {
            return;
        }
        let (old_width, old_height) = (track.info.width.max(1), track.info.height.max(1));
        for layer in track
            .info
            .layers
            .iter_mut()
            .chain(track.info.codecs.iter_mut().flat_map(|codec| &mut codec.layers))
        {
            layer.width = scaled(layer.width, update.width, old_width);
            layer.height = scaled(layer.height, update.height, old_height);
        }
        track.info.width = update.width;
        track.info.height = update.height;
        let (track, layers) = (track.key, layer_sizes(&track.info));
        self.control(Control::SetLayerSizes { track, layers });
        self.announce(key);
    }

    /// `update_audio_track`: which features the microphone has now.
    pub(super) fn update_audio(&mut self, key: MemberKey, update: proto::UpdateLocalAudioTrack) {
        let Some(member) = self.members.get_mut(&key) else { return };
        let Some(track) = member.track_mut(&update.track_sid) else { return };
        track.info.audio_features = update.features.into_iter().take(16).collect();
        self.announce(key);
    }
}

fn scaled(length: u32, new: u32, old: u32) -> u32 {
    u64::from(length)
        .saturating_mul(u64::from(new))
        .checked_div(u64::from(old))
        .and_then(|length| u32::try_from(length).ok())
        .unwrap_or(new)
}

fn prefix(source: TrackSource) -> &'static str {
    match source {
        TrackSource::Camera | TrackSource::OtherVideo => "TR_VC",
        TrackSource::Screen => "TR_VS",
        TrackSource::Microphone | TrackSource::OtherAudio => "TR_AM",
        TrackSource::ScreenAudio => "TR_As",
    }
}

/// Source and kind must agree; without a source the kind decides.
fn read_source(request: &proto::AddTrackRequest) -> Option<TrackSource> {
    use proto::{TrackSource as Named, TrackType as Kind};
    let kind = Kind::try_from(request.r#type).ok()?;
    match (Named::try_from(request.source).ok()?, kind) {
        (Named::Camera, Kind::Video) => Some(TrackSource::Camera),
        (Named::Microphone, Kind::Audio) => Some(TrackSource::Microphone),
        (Named::ScreenShare, Kind::Video) => Some(TrackSource::Screen),
        (Named::ScreenShareAudio, Kind::Audio) => Some(TrackSource::ScreenAudio),
        (Named::Unknown, Kind::Video) => Some(TrackSource::OtherVideo),
        (Named::Unknown, Kind::Audio) => Some(TrackSource::OtherAudio),
        (Named::Camera | Named::ScreenShare, Kind::Audio | Kind::Data)
        | (Named::Microphone | Named::ScreenShareAudio, Kind::Video | Kind::Data)
        | (Named::Unknown, Kind::Data) => None,
    }
}

fn build_info(request: &proto::AddTrackRequest, source: TrackSource, sid: String) -> proto::TrackInfo {
    let video = source.kind() == MediaKind::Video;
    let layers = if video { read_layers(request) } else { Vec::new() };
    let mime_type = match announced_codec(request).filter(|_| video) {
        Some(codec) => codec.mime_type().to_ascii_lowercase(),
        None if video => "video/vp8".to_owned(),
        None => "audio/opus".to_owned(),
    };
    let own_stream =
        Some(&request.stream).filter(|stream| !stream.is_empty() && stream.len() <= STREAM_BYTES_MAX);
    let stream = match source {
        TrackSource::Camera | TrackSource::Microphone => "camera",
        TrackSource::Screen | TrackSource::ScreenAudio => "screen",
        TrackSource::OtherVideo | TrackSource::OtherAudio => sid.as_str(),
    };
    let stream = own_stream.map_or(stream, String::as_str);
    #[expect(deprecated, reason = "clients still read the deprecated fields")]
    proto::TrackInfo {
        r#type: request.r#type,
        name: request.name.chars().take(128).collect(),
        width: request.width,
        height: request.height,
        simulcast: layers.len() > 1,
        disable_dtx: request.disable_dtx,
        source: request.source,
        codecs: vec![proto::SimulcastCodecInfo {
            mime_type: mime_type.clone(),
            cid: request.cid.clone(),
            layers: layers.clone(),
            video_layer_mode: proto::video_layer::Mode::OneSpatialLayerPerStream.into(),
            ..proto::SimulcastCodecInfo::default()
        }],
        layers,
        mime_type,
        stereo: request.stereo,
        disable_red: request.disable_red,
        encryption: request.encryption,
        stream: stream.to_owned(),
        // There are no backup codecs: what was asked for makes no difference.
        backup_codec_policy: proto::BackupCodecPolicy::Simulcast.into(),
        audio_features: request.audio_features.iter().copied().take(16).collect(),
        sid,
        ..proto::TrackInfo::default()
    }
}

/// The codec that a client says it will send first, if it is one of ours.
fn announced_codec(request: &proto::AddTrackRequest) -> Option<Codec> {
    let name = request.simulcast_codecs.first().map(|codec| codec.codec.to_ascii_lowercase())?;
    let name = name.strip_prefix("video/").unwrap_or(&name);
    [Codec::Vp8, Codec::H264, Codec::Vp9, Codec::Av1]
        .into_iter()
        .filter(|codec| PUBLISH_CODECS.contains(&codec.mime_type()))
        .find(|codec| codec.mime_type().to_ascii_lowercase().strip_prefix("video/") == Some(name))
}

/// What a sound may use: what the client did not refuse, by the old words or the new.
fn sound_options(request: &proto::AddTrackRequest) -> SoundOptions {
    use proto::AudioTrackFeature as Feature;
    let has = |feature: Feature| request.audio_features.contains(&i32::from(feature));
    #[expect(deprecated, reason = "older clients say it with the deprecated words")]
    let (stereo, no_dtx) = (request.stereo, request.disable_dtx);
    SoundOptions {
        has_redundancy: !request.disable_red,
        is_stereo: stereo || has(Feature::TfStereo),
        has_dtx: !no_dtx && !has(Feature::TfNoDtx),
    }
}

/// The layers, smallest first, with the rids that all clients use.
fn read_layers(request: &proto::AddTrackRequest) -> Vec<proto::VideoLayer> {
    let own = request.simulcast_codecs.first().map(|codec| &codec.layers).filter(|layers| !layers.is_empty());
    let mut layers: Vec<proto::VideoLayer> =
        own.unwrap_or(&request.layers).iter().take(LAYERS_MAX).cloned().collect();
    layers.sort_by_key(|layer| layer.quality);
    if layers.is_empty() {
        layers.push(proto::VideoLayer {
            width: request.width,
            height: request.height,
            ..proto::VideoLayer::default()
        });
    }
    if layers.len() > 1 {
        for (place, (layer, rid)) in layers.iter_mut().zip(["q", "h", "f"]).enumerate() {
            layer.spatial_layer = i32::try_from(place).unwrap_or_default();
            rid.clone_into(&mut layer.rid);
        }
    }
    layers
}

#[expect(deprecated, reason = "the list of layers without codecs is the one we keep")]
fn layer_sizes(info: &proto::TrackInfo) -> Vec<LayerSize> {
    let qualities = [Quality::Low, Quality::Medium, Quality::High];
    info.layers
        .iter()
        .zip(qualities)
        .map(|(layer, quality)| LayerSize { quality, width: layer.width, height: layer.height })
        .collect()
}

/// Where the track is, as the answer has it.
fn place(info: &mut proto::TrackInfo, cid: &str, negotiated: NegotiatedTrack) {
    negotiated.codec.mime_type().clone_into(&mut info.mime_type);
    info.mid.clone_from(&negotiated.mid);
    for codec in &mut info.codecs {
        negotiated.codec.mime_type().clone_into(&mut codec.mime_type);
        codec.mid.clone_from(&negotiated.mid);
        if negotiated.sdp_cid != cid {
            codec.sdp_cid.clone_from(&negotiated.sdp_cid);
        }
    }
}
