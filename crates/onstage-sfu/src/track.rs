//! One published track: its layers, its gate, who receives it, and what they want of it.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use str0m::media::Mid;
use str0m::rtp::{ExtensionValues, RtpPacket, Ssrc};

use crate::allocate::settle::Settle;
use crate::control::{MediaKind, Quality, TrackDescription, Wish};
use crate::formats::Format;
use crate::forward::Packet;
use crate::forward::munger::{Moment, Stamp, StreamId};
use crate::forward::payload::Reader;
use crate::forward::recent::Recent;
use crate::forward::selector::LayersNow;
use crate::keys::{PeerKey, RoomKey};
use crate::layers::{PerLayer, QUALITIES, best_for, list, sizes};
use crate::limits::{
    DYNACAST_DOWN_AFTER, DYNACAST_FIRST_OFF_AFTER, KEY_FRAME_EVERY, KEY_FRAME_EVERY_LOW, LAYER_SILENT_AFTER,
};
use crate::notice::NegotiatedTrack;
use crate::peer::colour;
use crate::rate::RateMeter;
use crate::shard::TrackCounters;
use crate::speakers::Meter;
use crate::time::{after, passed};

/// What a packet takes beside its payload: RTP header with extensions, the seal, UDP and IP.
const PACKET_OVERHEAD_BYTES: usize = 64;

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
    reader: Reader,
    is_key_frame_wanted: bool,
    key_frame_asked: Option<Instant>,
    recent: Recent,
    rate: RateMeter,
}

/// What the publisher was told that its viewers want.
#[derive(Debug)]
struct Demand {
    told: Option<Quality>,
    lower_since: Option<Instant>,
    /// Whether anybody ever subscribed.
    was_wished: bool,
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
    /// When each of them changed, and what waits to be wished next.
    pub(crate) settling: BTreeMap<PeerKey, Settle>,
    /// How many pictures a second a subscriber wants at most.
    pub(crate) frame_limits: BTreeMap<PeerKey, u32>,
    /// Its figures.
    pub(crate) counters: TrackCounters,
    /// How loud it is.
    pub(crate) meter: Meter,
    layers: PerLayer<Layer>,
    now: LayersNow,
    demand: Demand,
}

/// What a packet's publisher says about it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct About {
    /// Its format, by its payload type.
    pub(crate) format: Format,
    /// When it was made.
    pub(crate) made: Option<Instant>,
}

/// What the first look at a packet found.
#[derive(Debug)]
pub(crate) struct Arrival {
    /// What goes before it: its decoder needs it, and its publisher has not sent it again.
    pub(crate) preface: Option<Packet>,
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
            settling: BTreeMap::new(),
            frame_limits: BTreeMap::new(),
            counters: TrackCounters::default(),
            meter: Meter::default(),
            layers: PerLayer::default(),
            now,
            demand: Demand { told: Some(Quality::High), lower_since: None, was_wished: false },
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
        about: About,
        next_stream: &mut StreamId,
    ) -> Option<Arrival> {
        let quality = self.layer_of(rid)?;
        if about.format.kind() != self.kind() {
            return None;
        }
        let arrived = rtp.timestamp;
        self.counters.packets_in = self.counters.packets_in.saturating_add(1);
        let layer = self.layers.of_mut(quality);
        let stream = layer.stream(rtp.header.ssrc, next_stream);
        let is_new_layer = layer.last_packet.is_none();
        let was_silent = !layer.is_alive(arrived);
        layer.last_packet = Some(arrived);
        layer.rate.note(rtp.payload.len().saturating_add(PACKET_OVERHEAD_BYTES), arrived);
        let timestamp = rtp.header.timestamp;
        let mut payload = layer.reader.read(about.format.codec, rtp.payload, timestamp);
        if payload.starts_key_frame {
            layer.is_key_frame_wanted = false;
            self.counters.key_frames_in = self.counters.key_frames_in.saturating_add(1);
        }
        let (number, preface) = layer.reader.number(*rtp.seq_no, &mut payload);
        if was_silent || self.has_fallen_silent(arrived) {
            self.look_at_layers(arrived);
        }
        let packet = Packet {
            layer: quality,
            stream,
            format: about.format,
            stamp: Stamp { number, timestamp, ids: payload.ids() },
            marker: rtp.header.marker,
            moment: Moment { arrived, made: about.made },
            extensions: passing(&rtp.header.ext_vals),
            payload,
        };
        let preface = preface.map(|(number, payload)| Packet {
            stamp: Stamp { number, ..packet.stamp },
            marker: false,
            payload,
            ..packet.clone()
        });
        Some(Arrival { preface, packet, is_new_layer })
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

    /// A layer since its last key frame, as it came.
    pub(crate) fn since_key_frame(&self, quality: Quality) -> &[Packet] {
        self.layers.of(quality).recent.packets()
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

    /// What a layer brings, in bits a second; `None` while that is not known.
    pub(crate) fn measured_bits(&self, quality: Quality, now: Instant) -> Option<u64> {
        self.layers.of(quality).rate.bits_per_second(now)
    }

    /// The layers that the publisher has said it may send.
    pub(crate) fn announced(&self) -> PerLayer<bool> {
        self.layers.each(|_, layer| layer.is_announced)
    }

    /// Whether it sends, but not a layer that it sent before and that its publisher was told is wished.
    pub(crate) fn is_short_of_layers(&self) -> bool {
        let is_alive = |quality: &Quality| *self.now.usable.of(*quality);
        let is_missed = |quality: &Quality| {
            Some(*quality) <= self.demand.told
                && !is_alive(quality)
                && self.layers.of(*quality).last_packet.is_some()
        };
        self.is_open
            && self.kind() == MediaKind::Video
            && QUALITIES.iter().any(is_alive)
            && QUALITIES.iter().any(is_missed)
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
        self.demand.was_wished |= !self.wishes.is_empty();
        if wanted == self.demand.told {
            self.demand.lower_since = None;
            return (None, None);
        }
        if wanted < self.demand.told {
            let since = *self.demand.lower_since.get_or_insert(now);
            // The first viewers of a fresh track are given more time to come.
            let patience =
                if self.demand.was_wished { DYNACAST_DOWN_AFTER } else { DYNACAST_FIRST_OFF_AFTER };
            if !passed(since, patience, now) {
                return (None, Some(after(since, patience)));
            }
        }
        self.demand = Demand { told: wanted, lower_since: None, ..self.demand };
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
                self.reader = Reader::default();
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
    let mut passing = ExtensionValues {
        audio_level: extensions.audio_level,
        voice_activity: extensions.voice_activity,
        video_orientation: extensions.video_orientation,
        ..ExtensionValues::default()
    };
    colour::pass(extensions, &mut passing);
    passing
}
