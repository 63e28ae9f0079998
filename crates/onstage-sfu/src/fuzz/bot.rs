//! One client of the stage.

use std::net::SocketAddr;
use std::time::Instant;

use str0m::channel::ChannelId;
use str0m::net::{Protocol, Receive};
use str0m::{Candidate, Event, Rtc, RtcConfig};

use super::plain;
use super::stage::server;

/// One client: a plain WebRTC peer on plain cryptography.
pub(super) struct Bot {
    pub(super) rtc: Rtc,
    pub(super) address: SocketAddr,
    /// What it sent last, by what it is: a check, media, feedback, data.
    pub(super) last: [Vec<u8>; 4],
    /// The SSRCs it was sent, and the newest number of each.
    pub(super) heard: Vec<(u32, u16)>,
    pub(super) sent: Vec<Vec<u8>>,
    pub(super) channel: Option<ChannelId>,
    pub(super) is_up: bool,
    pub(super) now: Instant,
}

impl Bot {
    pub(super) fn new(address: SocketAddr, now: Instant) -> Self {
        let mut rtc = RtcConfig::new()
            .set_crypto_provider(plain::crypto(false))
            .set_rtp_mode(true)
            .clear_codecs()
            .enable_opus(true, true)
            .enable_vp8(true)
            .enable_h264(true)
            .enable_vp9(true)
            .enable_av1(true)
            .build(now);
        rtc.add_local_candidate(Candidate::host(address, "udp").expect("an address"));
        Self {
            rtc,
            address,
            last: Default::default(),
            heard: Vec::new(),
            sent: Vec::new(),
            channel: None,
            is_up: false,
            now,
        }
    }

    /// Writes on its first data channel.
    pub(super) fn say(&mut self, contents: &[u8], is_binary: bool) {
        if let Some(mut channel) = self.channel.and_then(|id| self.rtc.channel(id)) {
            let _ = channel.write(is_binary, contents);
        }
    }

    pub(super) fn receive(&mut self, contents: &[u8]) {
        let destination = self.address;
        let Ok(contents) = contents.try_into() else { return };
        let receive = Receive { proto: Protocol::Udp, source: server(), destination, contents };
        let _ = self.rtc.handle_input(str0m::Input::Receive(self.now, receive));
    }

    pub(super) fn drain(&mut self) {
        for _ in 0..1_000 {
            match self.rtc.poll_output() {
                Ok(str0m::Output::Transmit(transmit)) => {
                    let contents: Vec<u8> = transmit.contents.into();
                    self.last[class(&contents)].clone_from(&contents);
                    self.sent.push(contents);
                }
                Ok(str0m::Output::Event(event)) => self.note(event),
                Ok(str0m::Output::Timeout(_)) | Err(_) => return,
            }
        }
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the engine's events grow; the rest is of no consequence"
    )]
    fn note(&mut self, event: Event) {
        match event {
            Event::Connected => self.is_up = true,
            Event::ChannelOpen(id, _) => self.channel = Some(id),
            Event::RtpPacket(packet) => {
                let (ssrc, number) = (*packet.header.ssrc, packet.header.sequence_number);
                self.heard.retain(|(known, _)| *known != ssrc);
                self.heard.push((ssrc, number));
            }
            _ => {}
        }
    }
}

/// What a datagram is: a check, media, feedback, or all that DTLS carries.
pub(super) fn class(contents: &[u8]) -> usize {
    match contents {
        [0..=1, ..] => 0,
        [128..=191, 192..=223, ..] => 2,
        [128..=191, ..] => 1,
        _ => 3,
    }
}
