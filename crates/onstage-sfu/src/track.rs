//! One published track: its layers, its gate, who receives it, and what they want of it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use str0m::media::Mid;
use str0m::rtp::{ExtensionValues, RtpPacket, Ssrc};

use crate::control::{MediaKind, Quality, TrackDescription, Wish};
use crate::forward::Packet;
use crate::forward::munger::{Stamp, StreamId};
use crate::forward::recent::Recent;
use crate::forward::selector::LayersNow;
use crate::forward::vp8::{Ids, Vp8Payload};
use crate::keys::{PeerKey, RoomKey};
use crate::layers::{PerLayer, QUALITIES, best_for, list, sizes};
use crate::limits::{DYNACAST_DOWN_AFTER, KEY_FRAME_EVERY, KEY_FRAME_EVERY_LOW, LAYER_SILENT_AFTER};
use crate::notice::{Codec, NegotiatedTrack};
use crate::shard::TrackCounters;
use crate::speakers::Meter;
use crate::time::{after, passed};

/// Where a track is in its publisher's description.
#[derive(Debug, Clone)]
pub(crate) struct Binding {
    /// The m-line.
    pub(crate) mid: Mid,
    /// What the outside is told of it.
    pub(crate) negotiated: NegotiatedTrack,
    /// The rids in the order of the offer.
    pub(crate) rids: Vec<String>,
}

/// A subscriber that packets flow to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Receiver {
    /// The subscriber.
    pub(crate) peer: PeerKey,
    /// Which of its m-lines.
    pub(crate) slot: usize,
}

/// One layer as it arrives.
#[derive(Debug, Default)]
struct Layer {
    is_announced: bool,
    source: Option<(Ssrc, StreamId)>,
    last_packet: Option<Instant>,
    newest_picture: Option<u16>,
    is_key_frame_wanted: bool,
    key_frame_asked: Option<Instant>,
    recent: Recent,
}

/// What the publisher was told that its viewers want.
#[derive(Debug)]
struct Demand {
    told: Option<Quality>,
    lower_since: Option<Instant>,
}

/// One published track.
#[derive(Debug)]
pub(crate) struct Track {
    /// Its room.
    pub(crate) room: RoomKey,
    /// Who sends it.
    pub(crate) publisher: PeerKey,
    /// What it is.
    pub(crate) description: TrackDescription,
    /// Its m-line, once negotiated.
    pub(crate) binding: Option<Binding>,
    /// Whether packets pass.
    pub(crate) is_open: bool,
    /// Who gets it.
    pub(crate) receivers: Vec<Receiver>,
    /// What every subscriber wishes, receiving or not yet.
    pub(crate) wishes: BTreeMap<PeerKey, Wish>,
    /// Its figures.
    pub(crate) counters: TrackCounters,
    /// How loud it is.
    pub(crate) meter: Meter,
    layers: PerLayer<Layer>,
    now: LayersNow,
    demand: Demand,
}

/// What the first look at a packet found.
#[derive(Debug)]
pub(crate) struct Arrival {
    /// The packet, read.
    pub(crate) packet: Packet,
    /// Whether its layer was never seen before.
    pub(crate) is_new_layer: bool,
}

impl Track {
    /// A track that is expected.
    pub(crate) fn new(room: RoomKey, publisher: PeerKey, description: TrackDescription) -> Self {
        let now = LayersNow { sizes: sizes(&description.layers), ..LayersNow::default() };
        Self {
            room,
            publisher,
            description,
            binding: None,
            is_open: true,
            receivers: Vec::new(),
            wishes: BTreeMap::new(),
            counters: TrackCounters::default(),
            meter: Meter::default(),
            layers: PerLayer::default(),
            now,
            demand: Demand { told: Some(Quality::High), lower_since: None },
        }
    }

    /// Audio or video.
    pub(crate) fn kind(&self) -> MediaKind {
        self.description.source.kind()
    }

    /// The layers as selectors see them.
    pub(crate) fn layers_now(&self) -> &LayersNow {
        &self.now
    }

    /// New sizes.
    pub(crate) fn set_sizes(&mut self, layers: &[crate::control::LayerSize]) {
        self.now.sizes = sizes(layers);
        self.now.version = self.now.version.wrapping_add(1);
    }

    /// Its m-line is known.
    pub(crate) fn bind(&mut self, binding: Binding) {
        for quality in &binding.negotiated.layers {
            self.layers.of_mut(*quality).is_announced = true;
        }
        self.binding = Some(binding);
        self.demand.told = self.highest_announced();
    }

    /// Reads a packet of this track; `None` if it is not for forwarding at all.
    pub(crate) fn arrive(
        &mut self,
        rid: Option<&str>,
        rtp: RtpPacket,
        next_stream: &mut StreamId,
    ) -> Option<Arrival> {
        let quality = self.layer_of(rid)?;
        let arrived = rtp.timestamp;
        self.counters.packets_in = self.counters.packets_in.saturating_add(1);
        let layer = self.layers.of_mut(quality);
        let stream = layer.stream(rtp.header.ssrc, next_stream);
        let is_new_layer = layer.last_packet.is_none();
        let was_silent = !layer.is_alive(arrived);
        layer.last_packet = Some(arrived);
        let vp8 = match self.description.source.kind() {
            MediaKind::Audio => None,
            MediaKind::Video => Vp8Payload::read(Arc::clone(&rtp.payload), layer.newest_picture),
        };
        let ids = vp8.as_ref().map_or_else(Ids::default, |vp8| vp8.ids);
        layer.newest_picture = ids.picture.or(layer.newest_picture);
        if vp8.as_ref().is_some_and(|vp8| vp8.starts_key_frame) {
            layer.is_key_frame_wanted = false;
            self.counters.key_frames_in = self.counters.key_frames_in.saturating_add(1);
        }
        if was_silent || self.has_fallen_silent(arrived) {
            self.look_at_layers(arrived);
        }
        let packet = self.packet(quality, stream, ids, (rtp, vp8));
        Some(Arrival { packet, is_new_layer })
    }

    fn packet(
        &self,
        layer: Quality,
        stream: StreamId,
        ids: Ids,
        (rtp, vp8): (RtpPacket, Option<Vp8Payload>),
    ) -> Packet {
        let contents = match (&vp8, self.kind()) {
            (Some(vp8), _) => Arc::clone(&vp8.contents),
            (None, MediaKind::Audio) => rtp.payload,
            // What is no VP8 closes the gap like padding.
            (None, MediaKind::Video) => Arc::from([]),
        };
        Packet {
            layer,
            stream,
            stamp: Stamp { number: *rtp.seq_no, timestamp: rtp.header.timestamp, ids },
            marker: rtp.header.marker,
            arrived: rtp.timestamp,
            extensions: passing(&rtp.header.ext_vals),
            contents,
            vp8,
        }
    }

    /// The layers that have sent, smallest first.
    pub(crate) fn layers_seen(&self) -> Vec<Quality> {
        list(&self.layers.each(|_, layer| layer.last_packet.is_some()))
    }

    fn layer_of(&self, rid: Option<&str>) -> Option<Quality> {
        match rid {
            None | Some("q") => Some(Quality::Low),
            Some("h") => Some(Quality::Medium),
            Some("f") => Some(Quality::High),
            Some(other) => {
                let place = self.binding.as_ref()?.rids.iter().position(|rid| rid == other)?;
                QUALITIES.get(place).copied()
            }
        }
    }

    /// Whether a layer that counts as alive has been silent for too long.
    fn has_fallen_silent(&self, now: Instant) -> bool {
        QUALITIES
            .iter()
            .any(|quality| *self.now.usable.of(*quality) && !self.layers.of(*quality).is_alive(now))
    }

    fn look_at_layers(&mut self, now: Instant) {
        let usable = self.layers.each(|_, layer| layer.is_alive(now));
        if usable != self.now.usable {
            self.now.usable = usable;
            self.now.version = self.now.version.wrapping_add(1);
        }
    }

    /// Keeps a packet that passed the gate for who joins next.
    pub(crate) fn keep(&mut self, packet: &Packet) {
        if self.kind() == MediaKind::Video {
            self.layers.of_mut(packet.layer).recent.note(packet);
        }
    }

    /// Forgets what was kept.
    pub(crate) fn forget_kept(&mut self) {
        for quality in QUALITIES {
            self.layers.of_mut(quality).recent.clear();
        }
    }

    /// A layer since its last key frame, for who joins now; empty if it has to wait for the next.
    pub(crate) fn kept(&self, quality: Quality, now: Instant) -> Vec<Packet> {
        self.layers.of(quality).recent.handed_out(now)
    }

    /// Whether a key frame of a layer is being asked for.
    pub(crate) fn is_key_frame_wanted(&self, quality: Quality) -> bool {
        self.layers.of(quality).is_key_frame_wanted
    }

    /// Notes that someone needs a key frame of a layer. Returns the SSRC to ask at once, if it is time to.
    pub(crate) fn want_key_frame(&mut self, quality: Quality, now: Instant) -> Option<Ssrc> {
        let layer = self.layers.of_mut(quality);
        layer.is_key_frame_wanted = true;
        layer.ask(quality, now, &mut self.counters)
    }

    /// Key frames still missing: the SSRCs to ask again, and when to look again.
    pub(crate) fn ask_again(&mut self, now: Instant) -> (Vec<Ssrc>, Option<Instant>) {
        let mut ask = Vec::new();
        let mut next: Option<Instant> = None;
        for quality in QUALITIES {
            let layer = self.layers.of_mut(quality);
            if layer.is_key_frame_wanted {
                ask.extend(layer.ask(quality, now, &mut self.counters));
                let again = after(layer.key_frame_asked.unwrap_or(now), patience(quality));
                next = Some(next.map_or(again, |next| next.min(again)));
            }
        }
        (ask, next)
    }

    /// Nobody waits for a key frame of these layers any more.
    pub(crate) fn keep_wanted(&mut self, wanted: &[Quality]) {
        for quality in QUALITIES {
            let layer = self.layers.of_mut(quality);
            layer.is_key_frame_wanted = layer.is_key_frame_wanted && wanted.contains(&quality);
        }
    }

    fn highest_announced(&self) -> Option<Quality> {
        list(&self.layers.each(|_, layer| layer.is_announced)).last().copied()
    }

    /// Compares demand with what was told; returns what to tell now, and when to look again.
    pub(crate) fn look_at_demand(&mut self, now: Instant) -> (Option<Option<Quality>>, Option<Instant>) {
        if self.kind() == MediaKind::Audio || self.binding.is_none() {
            return (None, None);
        }
        let announced = self.layers.each(|_, layer| layer.is_announced);
        let wanted =
            self.wishes.values().filter_map(|wish| best_for(*wish, &announced, &self.now.sizes)).max();
        if wanted == self.demand.told {
            self.demand.lower_since = None;
            return (None, None);
        }
        if wanted < self.demand.told {
            let since = *self.demand.lower_since.get_or_insert(now);
            if !passed(since, DYNACAST_DOWN_AFTER, now) {
                return (None, Some(after(since, DYNACAST_DOWN_AFTER)));
            }
        }
        self.demand = Demand { told: wanted, lower_since: None };
        (Some(wanted), None)
    }
}

impl Layer {
    fn is_alive(&self, now: Instant) -> bool {
        self.last_packet.is_some_and(|last| !passed(last, LAYER_SILENT_AFTER, now))
    }

    fn stream(&mut self, ssrc: Ssrc, next_stream: &mut StreamId) -> StreamId {
        match self.source {
            Some((known, stream)) if known == ssrc => stream,
            Some(_) | None => {
                let stream = *next_stream;
                next_stream.0 = next_stream.0.wrapping_add(1);
                self.source = Some((ssrc, stream));
                self.newest_picture = None;
                stream
            }
        }
    }

    fn ask(&mut self, quality: Quality, now: Instant, counters: &mut TrackCounters) -> Option<Ssrc> {
        let (ssrc, _) = self.source?;
        if self.key_frame_asked.is_some_and(|asked| !passed(asked, patience(quality), now)) {
            return None;
        }
        self.key_frame_asked = Some(now);
        counters.key_frames_asked = counters.key_frames_asked.saturating_add(1);
        Some(ssrc)
    }
}

/// Least time between two requests for a key frame of a layer.
fn patience(quality: Quality) -> Duration {
    match quality {
        Quality::Low => KEY_FRAME_EVERY_LOW,
        Quality::Medium | Quality::High => KEY_FRAME_EVERY,
    }
}

/// The header extensions that reach subscribers.
fn passing(extensions: &ExtensionValues) -> ExtensionValues {
    ExtensionValues {
        audio_level: extensions.audio_level,
        voice_activity: extensions.voice_activity,
        video_orientation: extensions.video_orientation,
        ..ExtensionValues::default()
    }
}

/// The codec that an m-line agreed on.
pub(crate) fn codec_of(codec: str0m::format::Codec) -> Option<Codec> {
    if codec == str0m::format::Codec::Opus {
        Some(Codec::Opus)
    } else if codec == str0m::format::Codec::Vp8 {
        Some(Codec::Vp8)
    } else {
        None
    }
}
