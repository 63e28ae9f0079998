//! A PeerConnection of a simulated person, without a socket.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use str0m::format::Codec;
use str0m::media::Pt;
use str0m::net::{Protocol, Receive};
use str0m::{Candidate, Event, Input, Output, Rtc, RtcConfig};

use crate::Fault;

/// Polls of one drain; str0m always comes to its timeout long before.
/// tidy: bounded by a_run_is_told_by_its_seed
const POLLS_MAX: usize = 100_000;
/// Virtual time always moves on.
const TICK: Duration = Duration::from_millis(1);

pub(super) struct Endpoint {
    pub(super) rtc: Box<Rtc>,
    /// Where others see it: changes when its network does.
    pub(super) address: SocketAddr,
    local: SocketAddr,
    pub(super) deadline: Option<Instant>,
    pub(super) events: VecDeque<Event>,
    pub(super) outbox: Vec<(SocketAddr, Vec<u8>)>,
    pub(super) now: Instant,
    pub(super) is_connected: bool,
}

impl Endpoint {
    pub(super) fn new(address: SocketAddr, now: Instant) -> Result<Self, Fault> {
        let mut rtc = RtcConfig::new()
            .set_rtp_mode(true)
            .clear_codecs()
            .enable_opus(true, false)
            .enable_vp8(true)
            .set_stats_interval(None)
            .build(now);
        let candidate = Candidate::host(address, "udp").map_err(|error| Fault::Media(error.to_string()))?;
        rtc.add_local_candidate(candidate);
        Ok(Self {
            rtc: Box::new(rtc),
            address,
            local: address,
            deadline: Some(now),
            events: VecDeque::new(),
            outbox: Vec::new(),
            now,
            is_connected: false,
        })
    }

    pub(super) fn payload_type(&self, codec: Codec) -> Result<Pt, Fault> {
        let found = self.rtc.codec_config().find(|param| param.spec().codec == codec);
        found.map(|param| param.pt()).ok_or(Fault::Missing("codec"))
    }

    pub(super) fn receive(&mut self, now: Instant, source: SocketAddr, bytes: &[u8]) -> Result<(), Fault> {
        self.now = now;
        // The session knows nothing of what a NAT does to its address.
        let Ok(receive) = Receive::new(Protocol::Udp, source, self.local, bytes) else { return Ok(()) };
        self.rtc.handle_input(Input::Receive(now, receive))?;
        self.drain()
    }

    pub(super) fn tell_time(&mut self, now: Instant) -> Result<(), Fault> {
        self.now = now;
        self.rtc.handle_input(Input::Timeout(now))?;
        self.drain()
    }

    pub(super) fn drain(&mut self) -> Result<(), Fault> {
        for _ in 0..POLLS_MAX {
            match self.rtc.poll_output()? {
                Output::Timeout(deadline) => {
                    self.deadline = Some(deadline.max(self.now + TICK));
                    return Ok(());
                }
                Output::Transmit(transmit) => {
                    self.outbox.push((transmit.destination, transmit.contents.into()));
                }
                Output::Event(Event::Connected) => self.is_connected = true,
                Output::Event(event) => self.events.push_back(event),
            }
        }
        Err(Fault::Media("polling never ends".to_owned()))
    }
}
