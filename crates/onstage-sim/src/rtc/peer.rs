//! One PeerConnection of a bot: str0m, drained to its timeout after every change.

use std::collections::VecDeque;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use str0m::config::CryptoProvider;
use str0m::net::{Protocol, Receive};
use str0m::{Candidate, Event, Input, Output, Rtc, RtcConfig};
use tokio::net::UdpSocket;

use super::sink::Sink;
use crate::Fault;

/// Polls of one drain; str0m always comes to its timeout long before.
/// tidy: bounded by a_drain_ends
const POLLS_MAX: usize = 100_000;

/// Datagrams taken in one turn, so that signalling is not starved.
/// tidy: bounded by a_bot_does_what_it_is_told_in_order
const DATAGRAMS_PER_TURN_MAX: usize = 256;
const DATAGRAM_BYTES: usize = 2_048;

pub(super) struct Peer {
    rtc: Box<Rtc>,
    /// One for each connection: a server tells connections apart by address.
    udp: UdpSocket,
    local: SocketAddr,
    pub(super) sink: Option<Arc<Sink>>,
    described: bool,
    waiting_candidates: Vec<Candidate>,
    pub(super) deadline: Instant,
    pub(super) events: VecDeque<Event>,
    outbox: VecDeque<(SocketAddr, Vec<u8>)>,
}

impl Peer {
    /// Makes its own socket on this interface.
    pub(super) async fn open(local: IpAddr, now: Instant) -> Result<Self, Fault> {
        let config = RtcConfig::new().clear_codecs().enable_opus(true, false).enable_vp8(true);
        Self::new(UdpSocket::bind((local, 0)).await?, config, now)
    }

    /// The same with every codec there is: its offers are about as long as a browser's.
    pub(super) async fn open_wordy(local: IpAddr, now: Instant) -> Result<Self, Fault> {
        Self::new(UdpSocket::bind((local, 0)).await?, RtcConfig::new(), now)
    }

    fn new(udp: UdpSocket, config: RtcConfig, now: Instant) -> Result<Self, Fault> {
        let local = udp.local_addr()?;
        let mut rtc =
            config.set_crypto_provider(crypto()).set_rtp_mode(true).set_stats_interval(None).build(now);
        let candidate = Candidate::host(local, "udp").map_err(|error| Fault::Media(error.to_string()))?;
        rtc.add_local_candidate(candidate);
        let mut peer = Self {
            rtc: Box::new(rtc),
            udp,
            local,
            sink: None,
            described: false,
            waiting_candidates: Vec::new(),
            deadline: now,
            events: VecDeque::new(),
            outbox: VecDeque::new(),
        };
        // Until it has been told the time once, ICE has none and never asks to be woken.
        peer.tell_time(now)?;
        Ok(peer)
    }

    /// Changes something and drains: str0m wants nothing between the two.
    pub(super) fn change<T>(
        &mut self,
        change: impl FnOnce(&mut Rtc) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let result = change(&mut self.rtc);
        self.drain()?;
        result
    }

    /// Waits until there is something to read.
    pub(super) async fn readable(&self) {
        // An error shows itself at the next read.
        let _readable = self.udp.readable().await;
    }

    /// Reads what has come, datagram by datagram.
    pub(super) fn read(&mut self) -> Result<(), Fault> {
        let mut buffer = [0_u8; DATAGRAM_BYTES];
        for _ in 0..DATAGRAMS_PER_TURN_MAX {
            // A refused port comes back as an error of the socket; the next datagram may still arrive.
            let Ok((length, source)) = self.udp.try_recv_from(&mut buffer) else { break };
            let bytes = buffer.get(..length).unwrap_or_default();
            if !self.sink.as_ref().is_some_and(|sink| sink.takes(bytes)) {
                self.receive(Instant::now(), source, bytes)?;
            }
        }
        Ok(())
    }

    fn receive(&mut self, now: Instant, source: SocketAddr, bytes: &[u8]) -> Result<(), Fault> {
        let Ok(receive) = Receive::new(Protocol::Udp, source, self.local, bytes) else {
            return Ok(());
        };
        self.change(|rtc| Ok(rtc.handle_input(Input::Receive(now, receive))?))
    }

    /// Sends what wants to be sent; true if there was anything.
    pub(super) async fn send(&mut self) -> bool {
        let any = !self.outbox.is_empty();
        while let Some((destination, bytes)) = self.outbox.pop_front() {
            // An address that cannot be reached is one candidate of several.
            let _sent = self.udp.send_to(&bytes, destination).await;
        }
        any
    }

    pub(super) fn on_time(&mut self, now: Instant) -> Result<(), Fault> {
        if now < self.deadline { Ok(()) } else { self.tell_time(now) }
    }

    pub(super) fn tell_time(&mut self, now: Instant) -> Result<(), Fault> {
        self.change(|rtc| Ok(rtc.handle_input(Input::Timeout(now))?))
    }

    /// A candidate of the server; kept until there is a description.
    pub(super) fn remote_candidate(&mut self, text: &str) -> Result<(), Fault> {
        let Ok(candidate) = Candidate::from_sdp_string(text) else {
            return Ok(());
        };
        if !self.described {
            self.waiting_candidates.push(candidate);
            return Ok(());
        }
        self.change(|rtc| {
            rtc.add_remote_candidate(candidate);
            Ok(())
        })
    }

    /// The remote description is there: candidates that came before it count now, and checks can begin.
    pub(super) fn described(&mut self, now: Instant) -> Result<(), Fault> {
        self.described = true;
        self.tell_time(now)?;
        for candidate in std::mem::take(&mut self.waiting_candidates) {
            self.change(|rtc| {
                rtc.add_remote_candidate(candidate);
                Ok(())
            })?;
        }
        Ok(())
    }

    pub(super) fn rtc(&self) -> &Rtc {
        &self.rtc
    }

    fn drain(&mut self) -> Result<(), Fault> {
        for _ in 0..POLLS_MAX {
            match self.rtc.poll_output()? {
                Output::Timeout(at) => {
                    self.deadline = at;
                    return Ok(());
                }
                Output::Transmit(datagram) => {
                    self.outbox.push_back((datagram.destination, datagram.contents.into()));
                }
                Output::Event(event) => self.events.push_back(event),
            }
        }
        Err(Fault::Media("polling never ends".to_owned()))
    }
}

fn crypto() -> Arc<CryptoProvider> {
    static PROVIDER: OnceLock<Arc<CryptoProvider>> = OnceLock::new();
    Arc::clone(PROVIDER.get_or_init(|| Arc::new(str0m::crypto::from_feature_flags())))
}
