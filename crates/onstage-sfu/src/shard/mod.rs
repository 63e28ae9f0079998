//! One thread's world: rooms, peers, tracks; told by `handle`, asked by `poll` and `timeout`.

pub(crate) mod budget;
mod codecs;
mod controls;
mod datagrams;
mod due;
mod events;
mod fanout;
mod lives;
mod looks;
mod negotiation;
mod round;
mod wishes;

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Instant;

use crate::alarms::{Alarm, Alarms};
use crate::control::{Control, Quality};
use crate::forward::Packet;
use crate::forward::munger::StreamId;
use crate::keys::{KeyMap, PeerKey, RoomKey, TrackKey};
use crate::notice::{Notice, Output, Refusal, SpeakerLevel, Transmit, Transport};
use crate::peer::config::Foundry;
use crate::peer::{Drained, Peer};
use crate::shard::budget::Budget;
use crate::shard::datagrams::Addresses;
use crate::shard::round::Round;
use crate::track::Track;

/// What a shard is told once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShardConfig {
    /// The addresses that SDP advertises as host candidates (all of them reach this shard's one socket).
    /// A datagram whose `destination` is none of them (wildcard socket, 1:1 NAT) counts as the first of its family.
    pub candidates: Vec<SocketAddr>,
    /// The addresses of the TCP listener that SDP advertises as passive candidates; none without a listener.
    pub tcp_candidates: Vec<SocketAddr>,
}

/// What goes into a shard.
#[derive(Debug)]
pub enum Input<'a> {
    /// A datagram came from the socket. Never refused: what belongs to nobody is counted and dropped.
    Datagram {
        /// What carried it.
        transport: Transport,
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
    /// Datagrams that were dropped because nobody polled.
    pub datagrams_dropped: u64,
    /// Peers whose way does not carry what they wish.
    pub peers_short: usize,
    /// Pictures that are held back altogether for that reason.
    pub pictures_paused: usize,
    /// Sessions that a fault of ours ended.
    pub faults: u64,
    /// Of all tracks, those that ended among them.
    pub forwarded: TrackCounters,
}

impl TrackCounters {
    /// Both together.
    const fn plus(self, other: Self) -> Self {
        Self {
            packets_in: self.packets_in.saturating_add(other.packets_in),
            packets_out: self.packets_out.saturating_add(other.packets_out),
            packets_gated: self.packets_gated.saturating_add(other.packets_gated),
            key_frames_in: self.key_frames_in.saturating_add(other.key_frames_in),
            key_frames_asked: self.key_frames_asked.saturating_add(other.key_frames_asked),
        }
    }
}

/// One room.
#[derive(Debug, Default)]
struct Room {
    peers: Vec<PeerKey>,
    voices: Vec<TrackKey>,
    speakers: Vec<SpeakerLevel>,
}

/// One thing to poll; a datagram knows whose it is.
#[derive(Debug)]
enum Waiting {
    Transmit(PeerKey, Transmit),
    Notice(Notice),
}

/// One thread's world. Nothing in it waits, reads a clock or touches a socket.
///
/// A turn of the thread that drives it: hand in every datagram the socket has, then `poll` until `None` and send what
/// came out, then the next instruction. Packets are fanned out in `poll`, so a gate that closed in `handle` holds for
/// everything polled afterwards.
#[derive(Debug)]
pub struct Shard {
    now: Instant,
    foundry: Foundry,
    rooms: KeyMap<RoomKey, Room>,
    peers: KeyMap<PeerKey, Box<Peer>>,
    tracks: KeyMap<TrackKey, Track>,
    addresses: Addresses,
    alarms: Alarms,
    arrivals: VecDeque<(TrackKey, Packet)>,
    round: Round,
    dirty: VecDeque<PeerKey>,
    waiting: VecDeque<Waiting>,
    /// Room for what one session says, used again and again.
    drained: Drained,
    next_stream: StreamId,
    counters: ShardCounters,
}

impl Shard {
    /// An empty shard.
    #[must_use]
    pub fn new(config: ShardConfig, now: Instant) -> Self {
        Self::around(Foundry::new(config.candidates, config.tcp_candidates), now)
    }

    /// An empty shard whose sessions come from this foundry.
    pub(crate) fn around(foundry: Foundry, now: Instant) -> Self {
        Self {
            now,
            foundry,
            rooms: KeyMap::default(),
            peers: KeyMap::default(),
            tracks: KeyMap::default(),
            addresses: Addresses::default(),
            alarms: Alarms::default(),
            arrivals: VecDeque::new(),
            round: Round::default(),
            dirty: VecDeque::new(),
            waiting: VecDeque::new(),
            drained: Drained::default(),
            next_stream: StreamId(1),
            counters: ShardCounters::default(),
        }
    }

    /// Takes one input.
    ///
    /// # Errors
    /// Only instructions are refused, and then nothing changed.
    pub fn handle(&mut self, now: Instant, input: Input<'_>) -> Result<(), Refusal> {
        self.now = now.max(self.now);
        match input {
            Input::Datagram { transport, source, destination, contents } => {
                self.datagram(transport, (source, destination), contents);
                Ok(())
            }
            Input::Control(control) => self.control(control),
            Input::Clock => {
                self.ring_alarms();
                Ok(())
            }
        }
    }

    /// The next thing to send or to tell; `None` ends the turn.
    pub fn poll(&mut self) -> Option<Output> {
        while self.waiting.is_empty() && self.go_on() {}
        match self.waiting.pop_front()? {
            Waiting::Notice(notice) => Some(Output::Notice(notice)),
            Waiting::Transmit(_, transmit) => {
                self.counters.datagrams_out = self.counters.datagrams_out.saturating_add(1);
                Some(Output::Transmit(transmit))
            }
        }
    }

    /// When to hand in [`Input::Clock`] at the latest, if nothing else comes in.
    #[must_use]
    pub fn timeout(&self) -> Option<Instant> {
        let is_idle = self.dirty.is_empty() && self.arrivals.is_empty() && self.round.is_over();
        if !is_idle || !self.waiting.is_empty() {
            return Some(self.now);
        }
        self.alarms.next()
    }

    /// Figures of a track; `None` if there is no such track.
    #[must_use]
    pub fn track_counters(&self, track: TrackKey) -> Option<TrackCounters> {
        self.tracks.get(&track).map(|track| track.counters)
    }

    /// The layers that a track has sent so far.
    #[must_use]
    pub fn track_layers(&self, track: TrackKey) -> Vec<Quality> {
        self.tracks.get(&track).map(Track::layers_seen).unwrap_or_default()
    }

    /// Whether a peer is open and connected; `None` if there is no such peer.
    #[must_use]
    pub fn is_connected(&self, peer: PeerKey) -> Option<bool> {
        self.peers.get(&peer).map(|peer| peer.has_connected && peer.disconnected_since.is_none())
    }

    /// Figures of the shard.
    #[must_use]
    pub fn counters(&self) -> ShardCounters {
        let live = self.tracks.values().map(|track| track.counters);
        let forwarded = live.fold(self.counters.forwarded, TrackCounters::plus);
        let budgets = || self.peers.values().map(|peer| &peer.budget);
        ShardCounters {
            peers: self.peers.len(),
            tracks: self.tracks.len(),
            peers_short: budgets().filter(|budget| budget.is_short()).count(),
            pictures_paused: budgets().map(Budget::paused).fold(0, usize::saturating_add),
            forwarded,
            ..self.counters
        }
    }

    fn tell(&mut self, notice: Notice) {
        self.waiting.push_back(Waiting::Notice(notice));
    }

    /// Sees to it that a peer's session is told the time and emptied before this turn ends.
    fn mark_dirty(&mut self, key: PeerKey) {
        if let Some(peer) = self.peers.get_mut(&key)
            && !std::mem::replace(&mut peer.is_dirty, true)
        {
            self.dirty.push_back(key);
        }
    }

    /// Re-arms the alarm of a peer's session.
    fn arm_session(&mut self, key: PeerKey) {
        if let Some(deadline) = self.peers.get(&key).and_then(|peer| peer.deadline) {
            self.alarms.arm(deadline, Alarm::Session(key));
        }
    }
}

#[cfg(test)]
mod tests;
