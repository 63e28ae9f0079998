//! One thread's world: rooms, peers, tracks; told by `handle`, asked by `poll` and `timeout`.

use std::net::SocketAddr;
use std::time::Instant;

use crate::control::Control;
use crate::keys::{PeerKey, TrackKey};
use crate::notice::{Output, Refusal};

/// What a shard is told once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShardConfig {
    /// The addresses that SDP advertises as host candidates (all of them reach this shard's one socket).
    /// A datagram whose `destination` is none of them (wildcard socket, 1:1 NAT) counts as the first of its family.
    pub candidates: Vec<SocketAddr>,
}

/// What goes into a shard.
#[derive(Debug)]
pub enum Input<'a> {
    /// A datagram came from the socket. Never refused: what belongs to nobody is counted and dropped.
    Datagram {
        /// Who sent it.
        source: SocketAddr,
        /// The local address it came to.
        destination: SocketAddr,
        /// Its bytes.
        contents: &'a [u8],
    },
    /// An instruction.
    Control(Control),
    /// The time that `timeout` asked for has come. Never refused.
    Clock,
}

/// Figures of one track since it was expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TrackCounters {
    /// Packets that the publisher sent.
    pub packets_in: u64,
    /// Packets that left for subscribers.
    pub packets_out: u64,
    /// Packets stopped by the gate.
    pub packets_gated: u64,
    /// Key frames that arrived.
    pub key_frames_in: u64,
    /// Key frames that we asked for.
    pub key_frames_asked: u64,
}

/// Figures of the whole shard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ShardCounters {
    /// Open peers.
    pub peers: usize,
    /// Live tracks.
    pub tracks: usize,
    /// Datagrams that came in.
    pub datagrams_in: u64,
    /// Of these, the ones that belonged to nobody.
    pub datagrams_unknown: u64,
    /// Datagrams that went out.
    pub datagrams_out: u64,
    /// Sessions that a fault ended.
    pub faults: u64,
}

/// One thread's world. Nothing in it waits, reads a clock or touches a socket.
///
/// A turn of the thread that drives it: hand in every datagram the socket has, then `poll` until `None` and send what
/// came out, then the next instruction. Packets are fanned out in `poll`, so a gate that closed in `handle` holds for
/// everything polled afterwards.
#[derive(Debug)]
pub struct Shard {
    config: ShardConfig,
    now: Instant,
}

impl Shard {
    /// An empty shard.
    #[must_use]
    pub fn new(config: ShardConfig, now: Instant) -> Self {
        Self { config, now }
    }

    /// Takes one input.
    ///
    /// # Errors
    /// Only instructions are refused, and then nothing changed.
    pub fn handle(&mut self, now: Instant, input: Input<'_>) -> Result<(), Refusal> {
        self.now = now.max(self.now);
        match input {
            Input::Datagram { .. } | Input::Control(_) | Input::Clock => Ok(()),
        }
    }

    /// The next thing to send or to tell; `None` ends the turn.
    pub fn poll(&mut self) -> Option<Output> {
        None
    }

    /// When to hand in [`Input::Clock`] at the latest, if nothing else comes in.
    #[must_use]
    pub fn timeout(&self) -> Option<Instant> {
        None
    }

    /// Figures of a track; `None` if there is no such track.
    #[must_use]
    pub fn track_counters(&self, _track: TrackKey) -> Option<TrackCounters> {
        None
    }

    /// Whether a peer is open and connected; `None` if there is no such peer.
    #[must_use]
    pub fn is_connected(&self, _peer: PeerKey) -> Option<bool> {
        None
    }

    /// Figures of the shard.
    #[must_use]
    pub fn counters(&self) -> ShardCounters {
        let _ = &self.config;
        ShardCounters::default()
    }
}
