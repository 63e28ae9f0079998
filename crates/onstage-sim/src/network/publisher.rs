//! Somebody on stage: three layers of VP8 with temporal layers, Opus, key frames when asked, and no layer that nobody wants.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use str0m::Event;
use str0m::change::{SdpAnswer, SdpPendingOffer};
use str0m::format::Codec;
use str0m::media::{Direction, MediaKind, Mid, Rid, Simulcast, SimulcastLayer};
use str0m::rtp::{ExtensionValues, RtpWrite, Ssrc};

use super::dice::Dice;
use super::endpoint::Endpoint;
use super::picture::{Numbers, Part, Stamp, sound};
use crate::Fault;

const RIDS: [&str; 3] = ["q", "h", "f"];
/// Bits in a second of each layer, as livekit-client sets them for 720p.
pub(super) const LAYER_BITS: [f64; 3] = [150_000.0, 450_000.0, 1_700_000.0];
/// Between two frames.
pub(super) const FRAME: Duration = Duration::from_micros(33_333);
/// Between two sounds.
pub(super) const SOUND: Duration = Duration::from_millis(20);
/// Bytes of one sound.
const SOUND_BYTES: usize = 90;
/// A key frame is so many times as long as another.
const KEY_TIMES: f64 = 5.0;
const PART_BYTES_MAX: usize = 1_100;
/// Temporal layers of successive frames (VP8 L1T3).
const TEMPORAL: [u8; 4] = [0, 2, 1, 2];

struct Layer {
    number: u64,
    frame: u32,
    base_frame: u32,
    numbers: Numbers,
    place: usize,
    is_key_due: bool,
}

pub(super) struct Publisher {
    pub(super) endpoint: Endpoint,
    pending: Option<SdpPendingOffer>,
    camera: Option<Mid>,
    microphone: Option<Mid>,
    layers: [Layer; 3],
    /// Layers that somebody wants.
    wanted: usize,
    sounds: u32,
    /// Key frames that it was asked for.
    pub(super) key_frames_asked: u32,
    dice: Dice,
}

impl Publisher {
    pub(super) fn new(address: SocketAddr, now: Instant, seed: u64) -> Result<Self, Fault> {
        let layer = |place: u16| Layer {
            number: 65_400 - u64::from(place) * 9_000,
            frame: 0,
            base_frame: 0,
            numbers: Numbers { picture: 0x7ff0 - place * 77, tl0: 250, key_index: 30, temporal: 0 },
            place: 0,
            is_key_due: true,
        };
        Ok(Self {
            endpoint: Endpoint::new(address, now)?,
            pending: None,
            camera: None,
            microphone: None,
            layers: [layer(0), layer(1), layer(2)],
            wanted: 3,
            sounds: 0,
            key_frames_asked: 0,
            dice: Dice::new(seed),
        })
    }

    /// The offer with camera and microphone, under these track ids.
    pub(super) fn offer(&mut self, camera: &str, microphone: &str) -> Result<String, Fault> {
        let mut api = self.endpoint.rtc.sdp_api();
        let simulcast =
            Simulcast { send: RIDS.into_iter().map(SimulcastLayer::new).collect(), recv: Vec::new() };
        let (stream, send) = (Some("stage".to_owned()), Direction::SendOnly);
        self.camera = Some(api.add_media(
            MediaKind::Video,
            send,
            stream.clone(),
            Some(camera.to_owned()),
            Some(simulcast),
        ));
        self.microphone =
            Some(api.add_media(MediaKind::Audio, send, stream, Some(microphone.to_owned()), None));
        let (offer, pending) = api.apply().ok_or(Fault::Missing("offer"))?;
        self.pending = Some(pending);
        self.endpoint.drain()?;
        Ok(offer.to_sdp_string())
    }

    pub(super) fn accept(&mut self, sdp: &str) -> Result<(), Fault> {
        let answer = SdpAnswer::from_sdp_string(sdp).map_err(|error| Fault::Media(error.to_string()))?;
        let pending = self.pending.take().ok_or(Fault::Missing("pending offer"))?;
        self.endpoint.rtc.sdp_api().accept_answer(pending, answer)?;
        self.endpoint.drain()
    }

    /// The streams that who wishes the best gets.
    pub(super) fn best_streams(&mut self) -> Vec<Ssrc> {
        let best = RIDS.last().map(|rid| Rid::from(*rid));
        let mut api = self.endpoint.rtc.direct_api();
        [self.camera.map(|mid| (mid, best)), self.microphone.map(|mid| (mid, None))]
            .into_iter()
            .flatten()
            .filter_map(|(mid, rid)| api.stream_tx_by_mid(mid, rid).map(|stream| stream.ssrc()))
            .collect()
    }

    /// Only so many layers are wanted (dynacast).
    pub(super) fn want(&mut self, layers: usize) {
        for layer in self.layers.iter_mut().skip(self.wanted) {
            layer.is_key_due = true;
        }
        self.wanted = layers;
    }

    /// Films one frame in every layer that somebody wants.
    pub(super) fn film(&mut self, now: Instant, since: Duration) -> Result<(), Fault> {
        self.obey();
        let payload_type = self.endpoint.payload_type(Codec::Vp8)?;
        let camera = self.camera.ok_or(Fault::Missing("camera"))?;
        for (place, rid) in RIDS.iter().enumerate().take(self.wanted) {
            let vary = 0.7 + 0.6 * self.dice.share();
            let Some(layer) = self.layers.get_mut(place) else { continue };
            let bits = LAYER_BITS.get(place).copied().unwrap_or_default();
            let parts = layer.next_frame(u8::try_from(place).unwrap_or(0), bits * vary, since);
            let base = u32::try_from(place).unwrap_or(0) * 777_777;
            let timestamp = base.wrapping_add(ticks(since, 90_000));
            let count = parts.len();
            for (index, payload) in parts.into_iter().enumerate() {
                layer.number += 1;
                let write = RtpWrite::new(payload_type, layer.number.into(), timestamp, now, payload)
                    .marker(index + 1 == count)
                    .nackable(true);
                let mut api = self.endpoint.rtc.direct_api();
                let stream = api.stream_tx_by_mid(camera, Some(Rid::from(*rid)));
                stream.ok_or(Fault::Missing("stream"))?.write_rtp(write);
                self.endpoint.drain()?;
            }
        }
        self.endpoint.tell_time(now)
    }

    /// Says one sound.
    pub(super) fn speak(&mut self, now: Instant, since: Duration) -> Result<(), Fault> {
        let payload_type = self.endpoint.payload_type(Codec::Opus)?;
        let microphone = self.microphone.ok_or(Fault::Missing("microphone"))?;
        self.sounds += 1;
        let payload = sound(self.sounds, ticks(since, 10_000), SOUND_BYTES);
        let number = u64::from(self.sounds) + 64_000;
        let levels =
            ExtensionValues { audio_level: Some(-20), voice_activity: Some(true), ..Default::default() };
        let write = RtpWrite::new(payload_type, number.into(), ticks(since, 48_000), now, payload);
        let mut api = self.endpoint.rtc.direct_api();
        let stream = api.stream_tx_by_mid(microphone, None).ok_or(Fault::Missing("stream"))?;
        stream.write_rtp(write.ext_vals(levels));
        self.endpoint.tell_time(now)
    }

    /// Key frames that were asked for come with the next frame.
    fn obey(&mut self) {
        while let Some(event) = self.endpoint.events.pop_front() {
            let Event::KeyframeRequest(request) = event else { continue };
            self.key_frames_asked += 1;
            let place = RIDS.iter().position(|rid| request.rid == Some(Rid::from(*rid)));
            if let Some(layer) = place.and_then(|place| self.layers.get_mut(place)) {
                layer.is_key_due = true;
            }
        }
    }
}

impl Layer {
    /// The packets of the next frame.
    fn next_frame(&mut self, layer: u8, bits_per_second: f64, since: Duration) -> Vec<Vec<u8>> {
        let is_key_frame = std::mem::take(&mut self.is_key_due);
        self.place = if is_key_frame { 0 } else { (self.place + 1) % TEMPORAL.len() };
        let temporal = TEMPORAL.get(self.place).copied().unwrap_or_default();
        self.frame += 1;
        self.numbers.picture = (self.numbers.picture + 1) & 0x7fff;
        self.numbers.temporal = temporal;
        let needs = if is_key_frame { self.frame } else { self.base_frame };
        if temporal == 0 {
            self.base_frame = self.frame;
            self.numbers.tl0 = self.numbers.tl0.wrapping_add(1);
        }
        if is_key_frame {
            self.numbers.key_index = (self.numbers.key_index + 1) & 0x1f;
        }
        let times = if is_key_frame { KEY_TIMES } else { 1.0 };
        let bytes = bits_per_second * FRAME.as_secs_f64() / 8.0 * times;
        let bytes = usize::try_from(Duration::from_secs_f64(bytes).as_secs()).unwrap_or_default();
        let parts = bytes.div_ceil(PART_BYTES_MAX).clamp(1, 200);
        let count = u8::try_from(parts).unwrap_or(u8::MAX);
        let stamp = Stamp { layer, frame: self.frame, needs, captured: ticks(since, 10_000), parts: count };
        (0..count)
            .map(|part| {
                Part { stamp, numbers: self.numbers, is_key_frame, part }.write(bytes.div_ceil(parts))
            })
            .collect()
    }
}

/// A time in ticks of a clock.
pub(super) fn ticks(since: Duration, per_second: u64) -> u32 {
    let micros = u64::try_from(since.as_micros()).unwrap_or(u64::MAX);
    let ticks = micros.saturating_mul(per_second) / 1_000_000;
    u32::try_from(ticks & u64::from(u32::MAX)).unwrap_or_default()
}
