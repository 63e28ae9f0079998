//! A bot's camera and microphone: what leaves when, with which numbers.

use std::time::{Duration, Instant};

use livekit_protocol as lk;
use str0m::Rtc;
use str0m::format::Codec;
use str0m::media::{Mid, Pt, Rid};
use str0m::rtp::{ExtensionValues, RtpWrite};

use crate::media::vp8::{self, Numbers};
use crate::media::{Film, Part, Player, Voice};

/// Rids of the layers, smallest first.
pub(super) const RIDS: [&str; 3] = ["q", "h", "f"];

const VIDEO_CLOCK: u32 = 90_000;
const VOICE_EVERY: Duration = Duration::from_millis(20);
const VOICE_TICKS: u32 = 960;
/// Audio level of speech and of silence, in dBov.
const SPEECH_LEVEL: i8 = -22;
const SILENCE_LEVEL: i8 = -127;
/// A bot that fell behind by more skips moments instead of sending a burst.
const LATE_BY: Duration = Duration::from_millis(500);

/// A packet that is due, and the stream it leaves on.
pub(super) struct Due {
    pub(super) mid: Mid,
    pub(super) rid: Option<Rid>,
    pub(super) write: RtpWrite,
}

/// A camera.
pub(super) struct Camera {
    pub(super) cid: String,
    pub(super) sid: String,
    pub(super) mid: Option<Mid>,
    pub(super) muted: bool,
    pub(super) film: Film,
    layers: Vec<LayerOut>,
    number: u32,
    next_at: Option<Instant>,
}

struct LayerOut {
    player: Player,
    rid: Option<Rid>,
    wanted: bool,
    key_wanted: bool,
    sequence: u64,
    timestamp_offset: u32,
    numbers: Numbers,
}

impl LayerOut {
    fn new(film: &Film, place: usize) -> Option<Self> {
        let layer = film.layers.get(place)?.clone();
        let simulcast = film.layers.len() > 1;
        let picture_id = rand::random::<u16>() % vp8::PICTURE_ID_MODULUS;
        Some(Self {
            player: Player::new(layer, u8::try_from(place).ok()?),
            rid: RIDS.get(place).filter(|_| simulcast).map(|rid| Rid::from(*rid)),
            wanted: true,
            key_wanted: true,
            sequence: u64::from(rand::random::<u16>() >> 1),
            timestamp_offset: rand::random(),
            numbers: Numbers { picture_id, tl0: rand::random(), key_index: 0 },
        })
    }
}

impl Camera {
    pub(super) fn new(cid: String, film: Film) -> Self {
        let layers = (0..film.layers.len()).filter_map(|place| LayerOut::new(&film, place)).collect();
        Self { cid, sid: String::new(), mid: None, muted: false, film, layers, number: 0, next_at: None }
    }

    pub(super) fn start(&mut self, now: Instant) {
        self.next_at.get_or_insert(now);
    }

    pub(super) fn next_at(&self) -> Option<Instant> {
        self.next_at
    }

    /// Someone cannot go on without a key frame. Without a rid every layer gives one.
    pub(super) fn want_key(&mut self, rid: Option<Rid>) {
        for layer in &mut self.layers {
            if rid.is_none() || layer.rid == rid {
                layer.key_wanted = true;
            }
        }
    }

    /// Another part of a drawn film begins, in every layer at once.
    pub(super) fn act(&mut self, part: Part) {
        for layer in &mut self.layers {
            layer.player.act(part);
        }
    }

    /// Which layers anyone looks at; one that comes back begins with a key frame.
    pub(super) fn want_layers(&mut self, wanted: impl Fn(usize) -> bool) {
        for (place, layer) in self.layers.iter_mut().enumerate() {
            let wants = wanted(place);
            layer.key_wanted |= wants && !layer.wanted;
            layer.wanted = wants;
        }
    }

    /// The packets of this moment, if it has come.
    pub(super) fn due(&mut self, now: Instant, rtc: &Rtc) -> Vec<Due> {
        let (Some(at), Some(mid)) = (self.next_at, self.mid) else { return Vec::new() };
        let rate = self.film.rate.max(1);
        if now < at {
            return Vec::new();
        }
        self.next_at =
            Some(next_moment(at, now, Duration::from_secs(1).checked_div(rate).unwrap_or(LATE_BY)));
        let number = self.number;
        self.number = number.wrapping_add(1);
        let Some(pt) = payload_type(rtc, mid, Codec::Vp8).filter(|_| !self.muted) else { return Vec::new() };
        let ticks = number.wrapping_mul(VIDEO_CLOCK.checked_div(rate).unwrap_or(VIDEO_CLOCK));
        let layers = self.layers.iter_mut().filter(|layer| layer.wanted);
        layers.flat_map(|layer| layer.packets(now, (number, ticks), (mid, pt))).collect()
    }
}

impl LayerOut {
    fn packets(&mut self, now: Instant, (number, ticks): (u32, u32), (mid, pt): (Mid, Pt)) -> Vec<Due> {
        let picture = self.player.next_picture(std::mem::take(&mut self.key_wanted), number);
        self.numbers = self.numbers.next(vp8::is_key(&picture));
        let payloads = vp8::packetise(&picture, self.numbers);
        let last = payloads.len().saturating_sub(1);
        let timestamp = ticks.wrapping_add(self.timestamp_offset);
        let mut due = Vec::with_capacity(payloads.len());
        for (index, payload) in payloads.into_iter().enumerate() {
            let write = RtpWrite::new(pt, self.sequence.into(), timestamp, now, payload)
                .marker(index == last)
                .nackable(true);
            self.sequence = self.sequence.wrapping_add(1);
            due.push(Due { mid, rid: self.rid, write });
        }
        due
    }
}

/// A microphone.
pub(super) struct Microphone {
    pub(super) cid: String,
    pub(super) sid: String,
    pub(super) mid: Option<Mid>,
    pub(super) muted: bool,
    speaking: bool,
    pub(super) voice: Voice,
    place: u64,
    sequence: u64,
    timestamp: u32,
    next_at: Option<Instant>,
}

impl Microphone {
    pub(super) fn new(cid: String, voice: Voice, speaking: bool) -> Self {
        Self {
            cid,
            sid: String::new(),
            mid: None,
            muted: false,
            speaking,
            voice,
            place: 0,
            sequence: u64::from(rand::random::<u16>() >> 1),
            timestamp: rand::random(),
            next_at: None,
        }
    }

    pub(super) fn start(&mut self, now: Instant) {
        self.next_at.get_or_insert(now);
    }

    pub(super) fn next_at(&self) -> Option<Instant> {
        self.next_at
    }

    /// Begins at the first word, as the mouth does.
    pub(super) fn speak(&mut self, speaking: bool) {
        if speaking && !self.speaking {
            self.place = 0;
        }
        self.speaking = speaking;
    }

    /// The packet of this moment, if it has come.
    pub(super) fn due(&mut self, now: Instant, rtc: &Rtc) -> Option<Due> {
        let (at, mid) = (self.next_at?, self.mid?);
        if now < at {
            return None;
        }
        self.next_at = Some(next_moment(at, now, VOICE_EVERY));
        self.place = self.place.wrapping_add(1);
        self.timestamp = self.timestamp.wrapping_add(VOICE_TICKS);
        let pt = payload_type(rtc, mid, Codec::Opus).filter(|_| !self.muted)?;
        let payload = self.voice.packet(self.place, self.speaking);
        let level = if self.speaking { SPEECH_LEVEL } else { SILENCE_LEVEL };
        let loudness = ExtensionValues {
            audio_level: Some(level),
            voice_activity: Some(self.speaking),
            ..ExtensionValues::default()
        };
        let write = RtpWrite::new(pt, self.sequence.into(), self.timestamp, now, payload).ext_vals(loudness);
        self.sequence = self.sequence.wrapping_add(1);
        Some(Due { mid, rid: None, write })
    }
}

fn next_moment(at: Instant, now: Instant, every: Duration) -> Instant {
    let late = now.saturating_duration_since(at) > LATE_BY;
    let from = if late { now } else { at };
    from.checked_add(every).unwrap_or(now)
}

fn payload_type(rtc: &Rtc, mid: Mid, codec: Codec) -> Option<Pt> {
    let allowed = rtc.media(mid)?.remote_pts();
    let params = rtc.codec_config().params().iter();
    params
        .filter(|params| params.spec().codec == codec)
        .map(|params| params.pt())
        .find(|pt| allowed.contains(pt))
}

/// What the server is told of a camera before the offer.
pub(super) fn camera_request(camera: &Camera) -> lk::AddTrackRequest {
    let layers: Vec<lk::VideoLayer> = camera
        .film
        .layers
        .iter()
        .enumerate()
        .map(|(place, layer)| lk::VideoLayer {
            quality: quality(place),
            width: u32::from(layer.width),
            height: u32::from(layer.height),
            rid: RIDS.get(place).map(|rid| (*rid).to_owned()).unwrap_or_default(),
            ..lk::VideoLayer::default()
        })
        .collect();
    let largest = layers.last().cloned().unwrap_or_default();
    lk::AddTrackRequest {
        cid: camera.cid.clone(),
        name: "camera".to_owned(),
        r#type: lk::TrackType::Video as i32,
        source: lk::TrackSource::Camera as i32,
        width: largest.width,
        height: largest.height,
        simulcast_codecs: vec![lk::SimulcastCodec {
            codec: "vp8".to_owned(),
            cid: camera.cid.clone(),
            layers: layers.clone(),
            ..lk::SimulcastCodec::default()
        }],
        layers,
        stream: "camera".to_owned(),
        ..lk::AddTrackRequest::default()
    }
}

/// What the server is told of a microphone before the offer.
pub(super) fn microphone_request(microphone: &Microphone) -> lk::AddTrackRequest {
    lk::AddTrackRequest {
        cid: microphone.cid.clone(),
        name: "microphone".to_owned(),
        r#type: lk::TrackType::Audio as i32,
        source: lk::TrackSource::Microphone as i32,
        stream: "camera".to_owned(),
        disable_red: true,
        ..lk::AddTrackRequest::default()
    }
}

/// The quality of a layer by its place.
pub(super) fn quality(place: usize) -> i32 {
    match place {
        0 => lk::VideoQuality::Low as i32,
        1 => lk::VideoQuality::Medium as i32,
        _ => lk::VideoQuality::High as i32,
    }
}
