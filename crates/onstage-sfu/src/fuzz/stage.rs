//! A shard with a host on stage and a viewer, both connected, whose every packet can be tampered with.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use str0m::Rtc;
use str0m::change::{SdpAnswer, SdpOffer, SdpPendingOffer};
use str0m::channel::ChannelConfig;
use str0m::format::{Codec, PayloadParams};
use str0m::media::{Direction, MediaKind, Mid, Rid, Simulcast, SimulcastLayer};
use str0m::rtp::{ExtensionValues, RtpWrite};

use super::bot::{Bot, class};
use crate::control::{
    Control, LayerSize, PeerOptions, PeerRole, Quality, SoundOptions, TrackDescription, TrackSource,
};
use crate::keys::{PeerKey, RoomKey, TrackKey};
use crate::notice::{Notice, Output, Refusal, Transport};
use crate::shard::{Input, Shard, ShardConfig};

pub(super) const ROOM: RoomKey = RoomKey(1);
pub(super) const HOST: PeerKey = PeerKey(1);
pub(super) const VIEWER: PeerKey = PeerKey(2);
pub(super) const CAMERA: TrackKey = TrackKey(1);
pub(super) const MICROPHONE: TrackKey = TrackKey(2);
const RIDS: [&str; 3] = ["q", "h", "f"];

/// What came of an input, for tests that see how deep it got.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reached {
    /// Media packets that were taken for the camera.
    pub packets_in: u64,
    /// Key frames that the host was asked for.
    pub key_frames_asked: u64,
    /// Data messages that arrived.
    pub messages: usize,
    /// Datagrams that belonged to nobody.
    pub unknown: u64,
    /// Media datagrams that left for the viewer.
    pub sent: u64,
    /// Descriptions that were accepted, payloads that could be read.
    pub accepted: usize,
    /// Payloads in which a key frame starts.
    pub key_frames: usize,
}

pub(super) fn server() -> SocketAddr {
    SocketAddr::from(([10, 0, 0, 1], 7_882))
}

/// Time has to begin somewhere; nothing depends on when.
#[expect(clippy::disallowed_methods, reason = "virtual time starts somewhere")]
fn beginning() -> Instant {
    Instant::now()
}

/// An empty shard on plain cryptography, with its room open.
pub(super) fn shard() -> (Shard, Instant) {
    let now = beginning();
    let config = ShardConfig { candidates: vec![server()], tcp_candidates: Vec::new() };
    let mut shard = super::plain_shard(config, now);
    let opened = shard.handle(now, Input::Control(Control::OpenRoom { room: ROOM }));
    assert_eq!(opened, Ok(()), "a room is opened");
    (shard, now)
}

pub(super) fn description(track: TrackKey, source: TrackSource) -> TrackDescription {
    let layer = |quality, width, height| LayerSize { quality, width, height };
    TrackDescription {
        cid: format!("cid{}", track.0),
        source,
        codec: None,
        sound: SoundOptions { has_redundancy: true, ..SoundOptions::default() },
        layers: vec![
            layer(Quality::Low, 320, 180),
            layer(Quality::Medium, 640, 360),
            layer(Quality::High, 1_280, 720),
        ],
        msid_stream: format!("PA|TR_{}", track.0),
        msid_track: format!("TR_{}", track.0),
    }
}

pub(super) struct Stage {
    pub(super) shard: Shard,
    pub(super) now: Instant,
    pub(super) host: Bot,
    pub(super) viewer: Bot,
    pub(super) reached: Reached,
    pub(super) ended: Vec<PeerKey>,
    /// Whether the viewer answers offers by itself.
    pub(super) is_answering: bool,
    /// The newest offer to the viewer.
    pub(super) offered: Option<(u32, String)>,
    lines: Vec<Mid>,
    pending: Option<SdpPendingOffer>,
    number: u64,
}

impl Stage {
    /// Host and viewer connected, the viewer receives camera and microphone, a picture has been sent.
    pub(super) fn new() -> Self {
        let (shard, now) = shard();
        let mut stage = Self {
            shard,
            now,
            host: Bot::new(SocketAddr::from(([10, 0, 1, 1], 5_000)), now),
            viewer: Bot::new(SocketAddr::from(([10, 0, 1, 2], 5_000)), now),
            reached: Reached::default(),
            ended: Vec::new(),
            is_answering: true,
            offered: None,
            lines: Vec::new(),
            pending: None,
            number: 100,
        };
        stage.set_up();
        stage.film(0, &PICTURE);
        stage.pass(20);
        assert!(stage.host.is_up && stage.viewer.is_up, "both are connected");
        assert!(!stage.viewer.heard.is_empty(), "the viewer sees the host");
        stage
    }

    fn set_up(&mut self) {
        for (peer, role) in [(HOST, PeerRole::Publisher), (VIEWER, PeerRole::Subscriber)] {
            self.must(Control::OpenPeer { peer, room: ROOM, role, options: PeerOptions::default() });
        }
        for (track, source) in [(CAMERA, TrackSource::Camera), (MICROPHONE, TrackSource::Microphone)] {
            self.must(Control::ExpectTrack { peer: HOST, track, description: description(track, source) });
        }
        let sdp = self.offer();
        self.must(Control::AcceptOffer { peer: HOST, offer_id: 1, sdp });
        for track in [CAMERA, MICROPHONE] {
            self.must(Control::Subscribe { peer: VIEWER, track });
        }
        for _ in 0..100 {
            self.pass(10);
            if self.host.is_up && self.viewer.is_up && self.host.channel.is_some() {
                return;
            }
        }
    }

    fn offer(&mut self) -> String {
        let mut api = self.host.rtc.sdp_api();
        for label in ["_lossy", "_reliable"] {
            api.add_channel_with_config(ChannelConfig {
                label: label.to_owned(),
                ordered: label == "_reliable",
                ..ChannelConfig::default()
            });
        }
        let simulcast =
            Simulcast { send: RIDS.into_iter().map(SimulcastLayer::new).collect(), recv: Vec::new() };
        let stream = || Some("stream".to_owned());
        let out = Direction::SendOnly;
        self.lines = vec![
            api.add_media(MediaKind::Video, out, stream(), Some("cid1".to_owned()), Some(simulcast)),
            api.add_media(MediaKind::Audio, out, stream(), Some("cid2".to_owned()), None),
        ];
        let (offer, pending) = api.apply().expect("something to offer");
        let text = offer.to_sdp_string();
        self.pending = Some(pending);
        text
    }

    /// Tells the shard something that it has to take.
    fn must(&mut self, control: Control) {
        let told = self.tell(control);
        assert_eq!(told, Ok(()), "the stage is set up");
    }

    /// Tells the shard something.
    pub(super) fn tell(&mut self, control: Control) -> Result<(), Refusal> {
        let told = self.shard.handle(self.now, Input::Control(control));
        self.settle();
        told
    }

    /// Hands the shard a datagram.
    pub(super) fn inject(&mut self, source: SocketAddr, contents: &[u8]) {
        let input = Input::Datagram { transport: Transport::Udp, source, destination: server(), contents };
        let taken = self.shard.handle(self.now, input);
        assert_eq!(taken, Ok(()), "datagrams are never refused");
        self.settle();
    }

    /// Lets time pass and everybody do what is due.
    pub(super) fn pass(&mut self, milliseconds: u64) {
        self.now += Duration::from_millis(milliseconds);
        let ticked = self.shard.handle(self.now, Input::Clock);
        assert_eq!(ticked, Ok(()), "time is never refused");
        for bot in [&mut self.host, &mut self.viewer] {
            bot.now = self.now;
            let _ = bot.rtc.handle_input(str0m::Input::Timeout(self.now));
        }
        self.settle();
    }

    /// One packet of a layer of the camera.
    pub(super) fn film(&mut self, layer: usize, payload: &[u8]) {
        self.film_as(Codec::Vp8, layer, payload);
    }

    /// The same in another codec.
    pub(super) fn film_as(&mut self, codec: Codec, layer: usize, payload: &[u8]) {
        self.number += 1;
        let (now, number) = (self.now, self.number);
        let Some(video) = self.lines.first().copied() else { return };
        let bot = &mut self.host.rtc;
        let Some(pt) = parameters(bot, codec).map(|param| param.pt()) else { return };
        if let Some(stream) = bot.direct_api().stream_tx_by_mid(video, Some(Rid::from(RIDS[layer % 3]))) {
            let timestamp = (number as u32).wrapping_mul(3_000);
            stream.write_rtp(RtpWrite::new(pt, number.into(), timestamp, now, payload.to_vec()).marker(true));
        }
        self.settle();
    }

    /// One packet of the microphone.
    pub(super) fn speak(&mut self, level: i8, payload: &[u8]) {
        self.speak_as(false, level, payload);
    }

    /// The same, said to be redundant or not.
    pub(super) fn speak_as(&mut self, is_redundant: bool, level: i8, payload: &[u8]) {
        self.number += 1;
        let (now, number) = (self.now, self.number);
        let Some(audio) = self.lines.get(1).copied() else { return };
        let bot = &mut self.host.rtc;
        let Some(opus) = parameters(bot, Codec::Opus) else { return };
        let Some(pt) = (if is_redundant { opus.red() } else { Some(opus.pt()) }) else { return };
        if let Some(stream) = bot.direct_api().stream_tx_by_mid(audio, None) {
            let extensions = ExtensionValues {
                audio_level: Some(level),
                voice_activity: Some(true),
                ..ExtensionValues::default()
            };
            let timestamp = (number as u32).wrapping_mul(960);
            stream.write_rtp(
                RtpWrite::new(pt, number.into(), timestamp, now, payload.to_vec()).ext_vals(extensions),
            );
        }
        self.settle();
    }

    /// Carries datagrams and descriptions to and fro until nobody has anything to say.
    pub(super) fn settle(&mut self) {
        for _ in 0..100 {
            let mut is_quiet = true;
            while let Some(output) = self.shard.poll() {
                is_quiet = false;
                self.carry(output);
            }
            for viewer in [false, true] {
                let bot = if viewer { &mut self.viewer } else { &mut self.host };
                let _ = bot.rtc.handle_input(str0m::Input::Timeout(self.now));
                bot.drain();
                let (source, sent) = (bot.address, std::mem::take(&mut bot.sent));
                for contents in sent {
                    is_quiet = false;
                    let input = Input::Datagram {
                        transport: Transport::Udp,
                        source,
                        destination: server(),
                        contents: &contents,
                    };
                    let _ = self.shard.handle(self.now, input);
                }
            }
            if is_quiet {
                return;
            }
        }
    }

    fn carry(&mut self, output: Output) {
        match output {
            Output::Transmit(transmit) => {
                for bot in [&mut self.host, &mut self.viewer] {
                    if bot.address == transmit.destination {
                        bot.receive(&transmit.contents);
                    }
                }
                let is_media = class(&transmit.contents) == 1;
                self.reached.sent += u64::from(is_media && transmit.destination == self.viewer.address);
            }
            Output::Notice(notice) => self.hear(notice),
        }
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "only what the stage answers or counts")]
    fn hear(&mut self, notice: Notice) {
        match notice {
            Notice::Answer { peer: HOST, sdp, .. } => {
                self.reached.accepted += 1;
                let answer = SdpAnswer::from_sdp_string(&sdp).expect("our own answer is good");
                if let Some(pending) = self.pending.take() {
                    let taken = self.host.rtc.sdp_api().accept_answer(pending, answer);
                    taken.expect("our own answer is taken");
                }
            }
            Notice::Offer { peer: VIEWER, offer_id, sdp, .. } => {
                self.offered = Some((offer_id, sdp.clone()));
                if !self.is_answering {
                    return;
                }
                let offer = SdpOffer::from_sdp_string(&sdp).expect("our own offer is good");
                let answered = self.viewer.rtc.sdp_api().accept_offer(offer);
                let sdp = answered.expect("our own offer is taken").to_sdp_string();
                let answer = Control::AcceptAnswer { peer: VIEWER, offer_id, sdp };
                let _ = self.shard.handle(self.now, Input::Control(answer));
            }
            Notice::DataReceived { .. } => self.reached.messages += 1,
            Notice::PeerEnded { peer, .. } => self.ended.push(peer),
            _ => {}
        }
    }

    /// What came of it all. A fault is what fuzzing is about.
    pub(super) fn finish(mut self, innocent: PeerKey) -> Reached {
        self.pass(50);
        let counters = self.shard.counters();
        assert_eq!(counters.faults, 0, "a session panicked or never came to its end");
        assert!(!self.ended.contains(&innocent), "somebody else's session ended");
        let camera = self.shard.track_counters(CAMERA).unwrap_or_default();
        self.reached.packets_in = camera.packets_in;
        self.reached.key_frames_asked = camera.key_frames_asked;
        self.reached.unknown = counters.datagrams_unknown;
        self.reached
    }
}

fn parameters(rtc: &Rtc, codec: Codec) -> Option<PayloadParams> {
    rtc.codec_config().find(|param| param.spec().codec == codec).copied()
}

/// The codecs of pictures.
pub(super) const PICTURES: [Codec; 4] = [Codec::Vp8, Codec::H264, Codec::Vp9, Codec::Av1];

/// A VP8 payload descriptor (RFC 7741 §4.2) with every id, and the start of a key frame.
pub(super) const PICTURE: [u8; 16] =
    [0x90, 0xf0, 0x81, 0x23, 0x07, 0x21, 0x10, 0x02, 0x00, 0x9d, 0x01, 0x2a, 0x40, 0x01, 0xb4, 0x00];
