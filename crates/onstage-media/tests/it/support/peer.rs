//! One PeerConnection of a bot on its own UDP socket.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::Instant;

use str0m::change::{SdpAnswer, SdpApi, SdpOffer, SdpPendingOffer};
use str0m::channel::{ChannelConfig, ChannelId};
use str0m::format::Codec;
use str0m::media::{Direction, MediaKind, Mid};
use str0m::net::{Protocol, Receive};
use str0m::rtp::{ExtensionValues, RtpWrite};
use str0m::{Candidate, Event, Input, Output, Rtc, RtcConfig};
use tokio::net::UdpSocket;

pub struct Peer {
    pub rtc: Rtc,
    pub socket: UdpSocket,
    address: SocketAddr,
    pub deadline: Instant,
    pub connected: bool,
    /// Packets for each m-line.
    pub got: HashMap<Mid, u64>,
    pub data: Vec<(String, Vec<u8>)>,
    channels: HashMap<ChannelId, String>,
    pending: Option<SdpPendingOffer>,
    pub sending: Option<Mid>,
    number: u64,
    /// Packets that were sent.
    pub sent: u64,
}

impl Peer {
    pub async fn new() -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let address = socket.local_addr().unwrap();
        let now = Instant::now();
        let mut rtc = RtcConfig::new()
            .set_rtp_mode(true)
            .clear_codecs()
            .enable_opus(true, false)
            .enable_vp8(true)
            .build(now);
        rtc.add_local_candidate(Candidate::host(address, "udp").unwrap());
        Self {
            rtc,
            socket,
            address,
            deadline: now,
            connected: false,
            got: HashMap::new(),
            data: Vec::new(),
            channels: HashMap::new(),
            pending: None,
            sending: None,
            number: 1_000,
            sent: 0,
        }
    }

    /// Answers an offer.
    pub fn answer(&mut self, sdp: &str) -> String {
        let offer = SdpOffer::from_sdp_string(sdp).unwrap();
        let answer = self.rtc.sdp_api().accept_offer(offer).unwrap().to_sdp_string();
        self.drain();
        answer
    }

    /// Offers a microphone (and data channels).
    pub fn offer(&mut self, cid: &str) -> String {
        let mut api = self.rtc.sdp_api();
        for label in ["_lossy", "_reliable"] {
            api.add_channel_with_config(ChannelConfig {
                label: label.to_owned(),
                ordered: label == "_reliable",
                ..ChannelConfig::default()
            });
        }
        let mid =
            api.add_media(MediaKind::Audio, Direction::SendOnly, Some("s".into()), Some(cid.into()), None);
        self.sending = Some(mid);
        let (offer, pending) = api.apply().unwrap();
        self.pending = Some(pending);
        self.drain();
        offer.to_sdp_string()
    }

    /// Offers these m-lines and nothing else.
    pub fn offer_lines(&mut self, lines: &[(MediaKind, Direction)]) -> String {
        let mut api = self.rtc.sdp_api();
        for (kind, direction) in lines {
            api.add_media(*kind, *direction, None, None, None);
        }
        let (offer, pending) = api.apply().unwrap();
        self.pending = Some(pending);
        self.drain();
        offer.to_sdp_string()
    }

    /// Offers what the change adds.
    pub fn offer_change(&mut self, change: impl FnOnce(&mut SdpApi<'_>)) -> String {
        let mut api = self.rtc.sdp_api();
        change(&mut api);
        let (offer, pending) = api.apply().unwrap();
        self.pending = Some(pending);
        self.drain();
        offer.to_sdp_string()
    }

    pub fn accept_answer(&mut self, sdp: &str) {
        let Some(pending) = self.pending.take() else { return };
        let answer = SdpAnswer::from_sdp_string(sdp).unwrap();
        self.rtc.sdp_api().accept_answer(pending, answer).unwrap();
        self.drain();
    }

    /// Offers one data channel and nothing else.
    pub fn offer_channel(&mut self, config: ChannelConfig) -> String {
        let mut api = self.rtc.sdp_api();
        api.add_channel_with_config(config);
        let (offer, pending) = api.apply().unwrap();
        self.pending = Some(pending);
        self.drain();
        offer.to_sdp_string()
    }

    pub fn has_channel(&self) -> bool {
        !self.channels.is_empty()
    }

    /// Waits for a datagram or its deadline, and takes it.
    pub async fn turn(&mut self) {
        let mut buffer = [0_u8; 2_048];
        let received =
            tokio::time::timeout_at(self.deadline.into(), self.socket.recv_from(&mut buffer)).await;
        match received {
            Ok(Ok((length, source))) => self.receive(source, &buffer[..length]),
            Ok(Err(_)) | Err(_) => self.tell_time(),
        }
    }

    /// One packet of loud sound, if there is a connection to send it on.
    pub fn speak(&mut self) {
        let Some(mid) = self.sending.filter(|_| self.connected) else { return };
        let now = Instant::now();
        let payload_type =
            self.rtc.codec_config().find(|param| param.spec().codec == Codec::Opus).unwrap().pt();
        self.number += 1;
        let mut api = self.rtc.direct_api();
        let Some(stream) = api.stream_tx_by_mid(mid, None) else { return };
        let extensions = ExtensionValues {
            audio_level: Some(-10),
            voice_activity: Some(true),
            ..ExtensionValues::default()
        };
        let timestamp = u32::try_from(self.number).unwrap().wrapping_mul(960);
        let packet =
            RtpWrite::new(payload_type, self.number.into(), timestamp, now, vec![7; 40]).ext_vals(extensions);
        stream.write_rtp(packet);
        self.sent += 1;
        self.tell_time();
    }

    pub fn send_data(&mut self, contents: &[u8]) -> bool {
        let id = self.channels.iter().find(|(_, label)| *label == "_reliable").map(|(id, _)| *id);
        let sent = id
            .and_then(|id| self.rtc.channel(id))
            .is_some_and(|mut channel| channel.write(true, contents).unwrap());
        self.tell_time();
        sent
    }

    pub fn receive(&mut self, source: SocketAddr, contents: &[u8]) {
        let Ok(contents) = contents.try_into() else { return };
        let receive = Receive { proto: Protocol::Udp, source, destination: self.address, contents };
        let input = Input::Receive(Instant::now(), receive);
        if self.rtc.is_alive() && self.rtc.handle_input(input).is_err() {
            self.rtc.disconnect();
        }
        self.drain();
    }

    pub fn tell_time(&mut self) {
        if self.rtc.is_alive() && self.rtc.handle_input(Input::Timeout(Instant::now())).is_err() {
            self.rtc.disconnect();
        }
        self.drain();
    }

    fn drain(&mut self) {
        loop {
            let Ok(output) = self.rtc.poll_output() else {
                self.rtc.disconnect();
                self.deadline = Instant::now() + std::time::Duration::from_secs(3_600);
                return;
            };
            match output {
                Output::Timeout(deadline) => {
                    self.deadline = deadline;
                    return;
                }
                Output::Transmit(transmit) => {
                    let _ = self.socket.try_send_to(&transmit.contents, transmit.destination);
                }
                Output::Event(event) => self.note(event),
            }
        }
    }

    fn note(&mut self, event: Event) {
        match event {
            Event::Connected => self.connected = true,
            Event::ChannelOpen(id, label) => {
                self.channels.insert(id, label);
            }
            Event::ChannelData(data) => {
                let label = self.channels.get(&data.id).cloned().unwrap_or_default();
                self.data.push((label, data.data));
            }
            Event::RtpPacket(packet) => {
                if let Some(mid) =
                    self.rtc.direct_api().stream_rx(&packet.header.ssrc).map(|stream| stream.mid())
                {
                    *self.got.entry(mid).or_default() += 1;
                }
            }
            _ => {}
        }
    }
}
