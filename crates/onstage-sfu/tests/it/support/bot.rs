//! A plain WebRTC peer.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use onstage_sfu::{MediaKind, MidTrack, TrackSource};
use str0m::bwe::Bitrate;
use str0m::change::{SdpAnswer, SdpOffer, SdpPendingOffer};
use str0m::channel::{ChannelConfig, ChannelId};
use str0m::format::Codec;
use str0m::media::{Direction, KeyframeRequestKind, Mid, Rid, Simulcast, SimulcastLayer};
use str0m::net::{Protocol, Receive};
use str0m::rtp::rtcp::SenderInfo;
use str0m::rtp::{ExtensionValues, RtpWrite, Ssrc};
use str0m::{Candidate, Event, Input, Output, Rtc, RtcConfig};

use super::picture::{Marks, marks, payload};

/// RTP time from one picture, and one packet of sound, to the next as `film` sends them: 33 ms.
const PICTURE_TICKS: u32 = 2_970;
const SOUND_TICKS: u32 = 1_584;

pub const RIDS: [&str; 3] = ["q", "h", "f"];

/// The engine that bots share with the shard knows this extension by name only; a bot that wants it uses a name of its own.
pub const COLOURS: &str = "http://www.webrtc.org/experiments/rtp-hdrext/color-space";
pub const OWN_COLOURS: &str = "urn:bot:colours";

/// One packet that came.
#[derive(Debug, Clone)]
pub struct Got {
    pub at: Instant,
    pub mid: Mid,
    pub ssrc: Ssrc,
    pub number: u64,
    pub timestamp: u32,
    pub payload_type: u8,
    pub is_end: bool,
    /// The newest report of its sender.
    pub report: Option<SenderInfo>,
    pub extensions: ExtensionValues,
    pub marks: Option<Marks>,
    pub payload: Vec<u8>,
}

/// One packet to send.
#[derive(Debug, Clone)]
pub struct Raw<'a> {
    pub payload_type: u8,
    pub number: u64,
    pub timestamp: u32,
    pub is_end: bool,
    pub contents: &'a [u8],
    pub extensions: ExtensionValues,
}

/// One m-line that it sends.
#[derive(Debug)]
pub struct Outgoing {
    pub mid: Mid,
    pub source: TrackSource,
    pub has_layers: bool,
    counts: [Counts; 3],
}

#[derive(Debug, Clone, Copy)]
struct Counts {
    number: u64,
    frame: u32,
    picture: u16,
    key: u8,
    is_key_due: bool,
    /// Whether the frame under way is a key frame.
    is_key: bool,
}

pub struct Bot {
    pub rtc: Rtc,
    /// Where others see it: changes when its network does.
    pub address: SocketAddr,
    local: SocketAddr,
    pub deadline: Option<Instant>,
    pub is_answering: bool,
    pub is_connected: bool,
    pub offers: Vec<String>,
    /// What came as an answer.
    pub answers: Vec<String>,
    pub mid_to_track: Vec<MidTrack>,
    pub got: Vec<Got>,
    pub data: Vec<(String, Vec<u8>)>,
    pub key_frames_asked: Vec<(Mid, Option<Rid>, Instant)>,
    pub outgoing: Vec<Outgoing>,
    pub channels: Vec<(ChannelId, String)>,
    pending: Option<SdpPendingOffer>,
    sent: Vec<(SocketAddr, Vec<u8>)>,
    now: Instant,
    has_offered: bool,
    receiving: Vec<Mid>,
}

impl Bot {
    pub fn new(index: usize, now: Instant) -> Self {
        let address: SocketAddr = format!("10.0.1.{}:{}", index % 250 + 1, 5000 + index).parse().unwrap();
        let mut rtc = RtcConfig::new()
            .set_rtp_mode(true)
            .clear_codecs()
            .enable_opus(true, false)
            .enable_vp8(true)
            .build(now);
        rtc.add_local_candidate(Candidate::host(address, "udp").unwrap());
        Self {
            rtc,
            address,
            local: address,
            deadline: Some(now),
            is_answering: true,
            is_connected: false,
            offers: Vec::new(),
            answers: Vec::new(),
            mid_to_track: Vec::new(),
            got: Vec::new(),
            data: Vec::new(),
            key_frames_asked: Vec::new(),
            outgoing: Vec::new(),
            channels: Vec::new(),
            pending: None,
            sent: Vec::new(),
            now,
            has_offered: false,
            receiving: Vec::new(),
        }
    }

    /// Starts over with another session, before anything was said.
    pub fn equip(&mut self, change: impl FnOnce(RtcConfig) -> RtcConfig) {
        let config = RtcConfig::new().set_rtp_mode(true).clear_codecs();
        self.rtc = change(config).build(self.now);
        self.rtc.add_local_candidate(Candidate::host(self.local, "udp").unwrap());
    }

    /// Sends one packet as it is told.
    pub fn send_raw(&mut self, track: usize, rid: Option<Rid>, packet: Raw<'_>) {
        let mid = self.outgoing[track].mid;
        let mut api = self.rtc.direct_api();
        let stream = api.stream_tx_by_mid(mid, rid).expect("a stream to send on");
        stream.write_rtp(
            RtpWrite::new(
                packet.payload_type.into(),
                packet.number.into(),
                packet.timestamp,
                self.now,
                packet.contents,
            )
            .marker(packet.is_end)
            .ext_vals(packet.extensions)
            .nackable(true),
        );
        self.tell_time(self.now);
    }

    /// An offer with more tracks; the first opens data channels as the JS client does.
    pub fn offer(&mut self, additions: &[(String, TrackSource)]) -> String {
        let mut api = self.rtc.sdp_api();
        if !self.has_offered {
            self.has_offered = true;
            for label in ["_lossy", "_reliable"] {
                let id = api.add_channel_with_config(ChannelConfig {
                    label: label.to_owned(),
                    ordered: label == "_reliable",
                    ..ChannelConfig::default()
                });
                self.channels.push((id, label.to_owned()));
            }
        }
        for (cid, source) in additions {
            let has_layers = *source == TrackSource::Camera;
            let simulcast = has_layers.then(|| Simulcast {
                send: RIDS.into_iter().map(SimulcastLayer::new).collect(),
                recv: Vec::new(),
            });
            let kind = match source.kind() {
                MediaKind::Audio => str0m::media::MediaKind::Audio,
                MediaKind::Video => str0m::media::MediaKind::Video,
            };
            let stream = Some("stream".to_owned());
            let mid = api.add_media(kind, Direction::SendOnly, stream, Some(cid.clone()), simulcast);
            let mut counts = [0, 1, 2].map(|layer| Counts {
                number: 5_000 + 1_000 * layer,
                frame: 0,
                picture: 0x7ff0 + u16::try_from(layer).unwrap() * 3,
                key: 0,
                is_key_due: true,
                is_key: false,
            });
            counts[0].number = 65_500;
            self.outgoing.push(Outgoing { mid, source: *source, has_layers, counts });
        }
        let (offer, pending) = api.apply().expect("something to offer");
        self.pending = Some(pending);
        self.drain();
        offer.to_sdp_string().replace(OWN_COLOURS, COLOURS)
    }

    /// An offer as a client with one connection makes it: what it receives, then the data channels, which answer both
    /// ways. m-lines that were answered inactive are offered again.
    pub fn offer_lines(&mut self, audios: u32, videos: u32) -> String {
        let mut api = self.rtc.sdp_api();
        for mid in &self.receiving {
            api.set_direction(*mid, Direction::RecvOnly);
        }
        let kinds = [(str0m::media::MediaKind::Audio, audios), (str0m::media::MediaKind::Video, videos)];
        for (kind, count) in kinds {
            for _ in 0..count {
                self.receiving.push(api.add_media(kind, Direction::RecvOnly, None, None, None));
            }
        }
        if !std::mem::replace(&mut self.has_offered, true) {
            for label in ["_lossy", "_reliable", "_data_track"] {
                let id = api.add_channel_with_config(ChannelConfig {
                    label: label.to_owned(),
                    ordered: label == "_reliable",
                    ..ChannelConfig::default()
                });
                self.channels.push((id, label.to_owned()));
            }
        }
        if let (false, Some(mid)) = (api.has_changes(), self.receiving.first()) {
            // The engine offers only what changed.
            api.set_direction(*mid, Direction::Inactive);
            api.set_direction(*mid, Direction::RecvOnly);
        }
        let (offer, pending) = api.apply().expect("something to offer");
        self.pending = Some(pending);
        self.drain();
        offer.to_sdp_string()
    }

    /// An m-line on which it will not receive any more.
    pub fn give_up_line(&mut self, mid: Mid) {
        self.receiving.retain(|known| *known != mid);
    }

    /// An offer that gives up a track.
    pub fn offer_without(&mut self, mid: Mid) -> String {
        let mut api = self.rtc.sdp_api();
        api.set_direction(mid, Direction::Inactive);
        let (offer, pending) = api.apply().expect("something to offer");
        self.pending = Some(pending);
        self.drain();
        offer.to_sdp_string()
    }

    /// An offer that restarts ICE.
    pub fn offer_restart(&mut self) -> String {
        let mut api = self.rtc.sdp_api();
        api.ice_restart(true);
        let (offer, pending) = api.apply().expect("something to offer");
        self.pending = Some(pending);
        self.drain();
        offer.to_sdp_string()
    }

    pub fn accept_answer(&mut self, sdp: &str) {
        self.answers.push(sdp.to_owned());
        let answer = SdpAnswer::from_sdp_string(&sdp.replace(COLOURS, OWN_COLOURS)).unwrap();
        let pending = self.pending.take().unwrap();
        self.rtc.sdp_api().accept_answer(pending, answer).unwrap();
        self.drain();
    }

    pub fn answer(&mut self, sdp: &str) -> String {
        let offer = SdpOffer::from_sdp_string(&sdp.replace(COLOURS, OWN_COLOURS)).unwrap();
        let answer = self.rtc.sdp_api().accept_offer(offer).unwrap().to_sdp_string();
        self.drain();
        answer.replace(OWN_COLOURS, COLOURS)
    }

    /// Sends one frame of one layer in `parts` packets.
    pub fn send_frame(&mut self, track: usize, layer: usize, parts: u8) {
        self.send_parts(track, layer, 0..parts, parts);
    }

    /// Sends one frame of each layer, the packets of all in turn, and a key frame that is due late.
    pub fn send_frame_slowly(&mut self, track: usize, layers: &[usize], parts: u8) {
        for part in 0..parts {
            for layer in layers {
                self.send_parts(track, *layer, part..part + 1, parts);
            }
        }
    }

    /// Sends some packets of a frame of `parts`; the first begins it.
    pub fn send_parts(&mut self, track: usize, layer: usize, some: std::ops::Range<u8>, parts: u8) {
        let now = self.now;
        let payload_type = self.payload_type(Codec::Vp8);
        let outgoing = &mut self.outgoing[track];
        let rid = outgoing.has_layers.then(|| Rid::from(RIDS[layer]));
        let counts = &mut outgoing.counts[layer];
        if some.start == 0 {
            counts.is_key = std::mem::take(&mut counts.is_key_due);
            counts.picture = (counts.picture + 1) & 0x7fff;
            counts.frame += 1;
            counts.key = (counts.key + u8::from(counts.is_key)) & 0x1f;
        }
        let mut api = self.rtc.direct_api();
        let stream = api.stream_tx_by_mid(outgoing.mid, rid).expect("a stream to send on");
        for part in some {
            counts.number += 1;
            let contents = payload(Marks {
                is_first_of_frame: part == 0,
                is_key_frame: counts.is_key,
                picture: counts.picture,
                tl0: (counts.picture & 0xff) as u8,
                key: counts.key,
                layer: u8::try_from(layer).unwrap(),
                frame: counts.frame,
                part,
            });
            let timestamp = counts
                .frame
                .wrapping_mul(PICTURE_TICKS)
                .wrapping_add(1_000_000 * u32::try_from(layer).unwrap());
            stream.write_rtp(
                RtpWrite::new(payload_type, counts.number.into(), timestamp, now, contents)
                    .marker(part + 1 == parts)
                    .nackable(true),
            );
        }
        self.tell_time(now);
    }

    /// Leaves out a number, as padding does not arrive as media.
    pub fn send_empty(&mut self, track: usize, layer: usize) {
        let now = self.now;
        let payload_type = self.payload_type(Codec::Vp8);
        let outgoing = &mut self.outgoing[track];
        let rid = outgoing.has_layers.then(|| Rid::from(RIDS[layer]));
        let counts = &mut outgoing.counts[layer];
        counts.number += 1;
        let mut api = self.rtc.direct_api();
        let stream = api.stream_tx_by_mid(outgoing.mid, rid).expect("a stream to send on");
        let timestamp = counts.frame.wrapping_mul(PICTURE_TICKS);
        stream.write_rtp(RtpWrite::new(payload_type, counts.number.into(), timestamp, now, Vec::new()));
        self.tell_time(now);
    }

    /// Sends one audio packet, `below_db` dB below overload.
    pub fn send_sound(&mut self, track: usize, below_db: i8) {
        let now = self.now;
        let payload_type = self.payload_type(Codec::Opus);
        let outgoing = &mut self.outgoing[track];
        let counts = &mut outgoing.counts[0];
        counts.number += 1;
        counts.frame += 1;
        let mut api = self.rtc.direct_api();
        let stream = api.stream_tx_by_mid(outgoing.mid, None).expect("a stream to send on");
        let extensions = ExtensionValues {
            audio_level: Some(-below_db),
            voice_activity: Some(true),
            ..ExtensionValues::default()
        };
        let contents = counts.frame.to_be_bytes().to_vec();
        let timestamp = counts.frame.wrapping_mul(SOUND_TICKS);
        stream.write_rtp(
            RtpWrite::new(payload_type, counts.number.into(), timestamp, now, contents).ext_vals(extensions),
        );
        self.tell_time(now);
    }

    pub fn send_data(&mut self, label: &str, contents: &[u8]) {
        let id = self.channels.iter().find(|(_, known)| known == label).unwrap().0;
        let was_sent = self.rtc.channel(id).expect("an open channel").write(true, contents).unwrap();
        assert!(was_sent, "no room on the channel");
        self.tell_time(self.now);
    }

    pub fn open_channel(&mut self, label: &str) {
        let mut api = self.rtc.sdp_api();
        api.add_channel_with_config(ChannelConfig { label: label.to_owned(), ..ChannelConfig::default() });
        assert!(api.apply().is_none(), "no offer is needed");
        self.tell_time(self.now);
    }

    pub fn send_on(&mut self, id: ChannelId, contents: &[u8]) {
        let was_sent = self.rtc.channel(id).expect("an open channel").write(true, contents).unwrap();
        assert!(was_sent, "no room on the channel");
        self.tell_time(self.now);
    }

    /// Goes on under another SSRC with other numbers, as a restarted encoder does.
    pub fn change_source(&mut self, track: usize, layer: usize) {
        let outgoing = &mut self.outgoing[track];
        let rid = outgoing.has_layers.then(|| Rid::from(RIDS[layer]));
        let mut api = self.rtc.direct_api();
        let (ssrc, repair) = (api.new_ssrc(), api.new_ssrc());
        api.reset_stream_tx(outgoing.mid, rid, ssrc, Some(repair)).expect("a stream to change");
        let counts = &mut outgoing.counts[layer];
        counts.number = 20;
        counts.picture = counts.picture.wrapping_add(1_234) & 0x7fff;
        counts.is_key_due = true;
    }

    /// Reports a lost picture.
    pub fn ask_key_frame(&mut self, ssrc: Ssrc) {
        let mut api = self.rtc.direct_api();
        api.stream_rx(&ssrc).unwrap().request_keyframe(KeyframeRequestKind::Pli);
        self.tell_time(self.now);
    }

    /// Reports what its way carries by its own estimate.
    pub fn estimate(&mut self, ssrc: Ssrc, bits_per_second: u64) {
        let mut api = self.rtc.direct_api();
        api.stream_rx(&ssrc).unwrap().request_remb(Bitrate::bps(bits_per_second));
        self.tell_time(self.now);
    }

    fn payload_type(&self, codec: Codec) -> str0m::media::Pt {
        self.rtc.codec_config().find(|param| param.spec().codec == codec).unwrap().pt()
    }

    pub fn receive(&mut self, now: Instant, source: SocketAddr, contents: &[u8]) {
        self.now = now;
        let receive = Receive {
            proto: Protocol::Udp,
            source,
            destination: self.local,
            contents: contents.try_into().unwrap(),
        };
        self.rtc.handle_input(Input::Receive(now, receive)).unwrap();
        self.drain();
    }

    pub fn tell_time(&mut self, now: Instant) {
        self.now = now;
        self.rtc.handle_input(Input::Timeout(now)).unwrap();
        self.drain();
    }

    pub fn take_sent(&mut self) -> Vec<(SocketAddr, Vec<u8>)> {
        std::mem::take(&mut self.sent)
    }

    /// Packets of one m-line.
    pub fn got_on(&self, mid: Mid) -> Vec<&Got> {
        self.got.iter().filter(|got| got.mid == mid).collect()
    }

    fn drain(&mut self) {
        loop {
            // A peer that is told goodbye halfway in fails to close in style; it is gone all the same.
            let Ok(output) = self.rtc.poll_output() else {
                self.rtc.disconnect();
                self.deadline = None;
                return;
            };
            match output {
                Output::Timeout(deadline) => {
                    // Never the same moment again, or virtual time would stand still.
                    self.deadline = Some(deadline.max(self.now + Duration::from_millis(1)));
                    return;
                }
                Output::Transmit(transmit) => {
                    self.sent.push((transmit.destination, transmit.contents.into()))
                }
                Output::Event(event) => self.note(event),
            }
        }
    }

    fn note(&mut self, event: Event) {
        match event {
            Event::Connected => self.is_connected = true,
            Event::RtpPacket(packet) => {
                let ssrc = packet.header.ssrc;
                let mid = self.rtc.direct_api().stream_rx(&ssrc).map(|stream| stream.mid());
                self.got.push(Got {
                    at: self.now,
                    mid: mid.expect("a known stream"),
                    ssrc,
                    number: *packet.seq_no,
                    timestamp: packet.header.timestamp,
                    payload_type: *packet.header.payload_type,
                    is_end: packet.header.marker,
                    report: packet.last_sender_info,
                    extensions: packet.header.ext_vals.clone(),
                    marks: marks(&packet.payload),
                    payload: packet.payload.to_vec(),
                });
            }
            Event::KeyframeRequest(request) => {
                self.key_frames_asked.push((request.mid, request.rid, self.now));
                let outgoing = self.outgoing.iter_mut().find(|outgoing| outgoing.mid == request.mid).unwrap();
                let layer = RIDS.iter().position(|rid| request.rid == Some(Rid::from(*rid))).unwrap_or(0);
                outgoing.counts[layer].is_key_due = true;
            }
            Event::ChannelOpen(id, label) => {
                self.channels.retain(|(known, _)| *known != id);
                self.channels.push((id, label));
            }
            Event::ChannelData(message) => {
                let label = self.channels.iter().find(|(id, _)| *id == message.id).unwrap().1.clone();
                self.data.push((label, message.data));
            }
            _ => {}
        }
    }
}
