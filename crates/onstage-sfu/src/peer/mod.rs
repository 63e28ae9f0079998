//! One PeerConnection: the session inside, and everything that is kept about it.

pub(crate) mod answering;
mod claims;
mod codecs;
pub(crate) mod colour;
pub(crate) mod config;
pub(crate) mod data;
mod dtls;
pub(crate) mod offering;
pub(crate) mod repairs;
pub(crate) mod route;

use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use str0m::media::{KeyframeRequestKind, Mid, Rid};
use str0m::net::{Protocol, Receive};
use str0m::rtp::Ssrc;
use str0m::{Candidate, Event, Input, Output, Rtc};

use crate::control::PeerRole;
use crate::forward::clock::PublisherClock;
use crate::keys::{PeerKey, RoomKey, TrackKey};
use crate::limits::{PACED_A_TURN_MAX, POLLS_MAX, REMOTE_CANDIDATES_MAX, SSRCS_PER_PEER_MAX};
use crate::notice::{Refusal, Transmit, Transport};
use crate::peer::claims::Claims;
use crate::peer::data::Channels;
use crate::peer::offering::Offering;
use crate::peer::repairs::Repairs;
use crate::peer::route::Route;
use crate::sdp::meanings::Meanings;
use crate::shard::budget::Budget;
use crate::time::after;

/// The finest step in which a session that paces is told the time.
const PACE_STEP: Duration = Duration::from_millis(1);
/// A session that paces asks for the next microsecond when its next packet may leave at once.
const AT_ONCE: Duration = Duration::from_micros(2);

/// The session cannot go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Broken;

/// What drained out of a session.
#[derive(Debug, Default)]
pub(crate) struct Drained {
    /// To send.
    pub(crate) transmits: VecDeque<Transmit>,
    /// To digest.
    pub(crate) events: VecDeque<Event>,
}

/// One PeerConnection.
#[derive(Debug)]
pub(crate) struct Peer {
    /// Its name.
    pub(crate) key: PeerKey,
    /// Its room.
    pub(crate) room: RoomKey,
    /// Which way media flows.
    pub(crate) role: PeerRole,
    /// The session.
    pub(crate) rtc: Rtc,
    /// When the session wants to be told the time.
    pub(crate) deadline: Option<Instant>,
    /// Whether it waits for the end of this turn to send.
    pub(crate) is_dirty: bool,
    /// Whether DTLS came up.
    pub(crate) has_connected: bool,
    /// Since when ICE is silent.
    pub(crate) disconnected_since: Option<Instant>,
    /// The names by which checks find it, newest last.
    pub(crate) ufrags: VecDeque<String>,
    /// The addresses that proved to be its own.
    pub(crate) addresses: VecDeque<(Transport, SocketAddr)>,
    /// Its data channels.
    pub(crate) channels: Channels,
    /// What it publishes.
    pub(crate) tracks: Vec<TrackKey>,
    /// What it is offered.
    pub(crate) offering: Offering,
    /// What video to it may take at most.
    pub(crate) bits_per_second_max: Option<u64>,
    /// What its way carries, and what was decided.
    pub(crate) budget: Budget,
    /// Where it is by UDP.
    pub(crate) route: Route,
    /// The clock of what it publishes.
    pub(crate) clock: PublisherClock,
    /// The time that the session was told last.
    told: Option<Instant>,
    sources: HashMap<Ssrc, Source>,
    candidates_seen: usize,
    /// What may be sent again.
    pub(crate) repairs: Repairs,
    claims: Claims,
    /// What its payload types mean.
    pub(crate) meanings: Meanings,
}

/// Where packets of an SSRC belong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Source {
    /// The m-line.
    pub(crate) mid: Mid,
    /// The simulcast layer.
    pub(crate) rid: Option<Rid>,
}

impl Peer {
    /// A peer around a fresh session.
    pub(crate) fn new(key: PeerKey, room: RoomKey, role: PeerRole, rtc: Rtc) -> Self {
        Self {
            key,
            room,
            role,
            rtc,
            deadline: None,
            is_dirty: false,
            has_connected: false,
            disconnected_since: None,
            ufrags: VecDeque::new(),
            addresses: VecDeque::new(),
            channels: Channels::default(),
            tracks: Vec::new(),
            offering: Offering::default(),
            bits_per_second_max: None,
            budget: Budget::default(),
            route: Route::default(),
            clock: PublisherClock::default(),
            told: None,
            sources: HashMap::new(),
            candidates_seen: 0,
            repairs: Repairs::default(),
            claims: Claims::default(),
            meanings: Meanings::default(),
        }
    }

    /// Hands the session a datagram. What it cannot read it drops.
    pub(crate) fn receive(
        &mut self,
        now: Instant,
        transport: Transport,
        (source, destination): (SocketAddr, SocketAddr),
        contents: &[u8],
    ) {
        let now = self.no_earlier(now);
        self.hold_claim(contents);
        let Ok(contents) = contents.try_into() else { return };
        let proto = match transport {
            Transport::Udp => Protocol::Udp,
            Transport::Tcp => Protocol::Tcp,
        };
        let receive = Receive { proto, source, destination, contents };
        if let Err(error) = self.rtc.handle_input(Input::Receive(now, receive)) {
            tracing::debug!(peer = self.key.0, %error, "datagram refused by the session");
        }
    }

    /// Tells the session the time.
    pub(crate) fn tell_time(&mut self, now: Instant) {
        let now = self.no_earlier(now);
        if let Err(error) = self.rtc.handle_input(Input::Timeout(now)) {
            tracing::debug!(peer = self.key.0, %error, "the session had trouble with the time");
        }
    }

    /// Lets the session send what waits in it.
    pub(crate) fn end_turn(&mut self, now: Instant) {
        self.is_dirty = false;
        self.channels.send_waiting(&mut self.rtc);
        self.tell_time(now);
    }

    /// The time to tell the session: pacing may have told it microseconds that are still to come.
    fn no_earlier(&mut self, now: Instant) -> Instant {
        let now = self.told.map_or(now, |told| told.max(now));
        self.told = Some(now);
        now
    }

    /// Takes everything out of the session until it only waits for time. The one place that does.
    pub(crate) fn drain(&mut self, drained: &mut Drained) -> Result<(), Broken> {
        let mut paced = self.budget.is_estimated.then(Paced::default);
        step_until_done(|| match self.rtc.poll_output() {
            Ok(Output::Timeout(deadline)) => {
                let told = self.told.filter(|_| self.rtc.is_alive());
                if let (Some(paced), Some(told)) = (&mut paced, told)
                    && paced.goes_on(deadline, told, drained.transmits.len())
                {
                    let next = told.max(deadline);
                    self.told = Some(next);
                    let outcome = self.rtc.handle_input(Input::Timeout(next));
                    return if outcome.is_ok() { Step::More } else { Step::Broken };
                }
                let soonest = told.filter(|_| paced.is_some()).map(|told| after(told, PACE_STEP));
                self.deadline =
                    self.rtc.is_alive().then_some(soonest.map_or(deadline, |soonest| soonest.max(deadline)));
                Step::Done
            }
            Ok(Output::Transmit(transmit)) => {
                let transport = if transmit.proto == Protocol::Tcp { Transport::Tcp } else { Transport::Udp };
                let (source, destination, contents) =
                    (transmit.source, transmit.destination, Vec::from(transmit.contents));
                if self.may_leave(&contents) {
                    drained.transmits.push_back(Transmit { transport, source, destination, contents });
                }
                Step::More
            }
            Ok(Output::Event(event)) => {
                drained.events.push_back(event);
                Step::More
            }
            Err(error) => {
                tracing::debug!(peer = self.key.0, %error, "the session cannot go on");
                Step::Broken
            }
        })
    }

    /// The name by which checks find this peer now.
    pub(crate) fn ufrag(&mut self) -> String {
        self.rtc.direct_api().local_ice_credentials().ufrag
    }

    /// Adds a candidate of the other side.
    pub(crate) fn add_remote_candidate(&mut self, text: &str) -> Result<(), Refusal> {
        let text = text.trim();
        let text = text.strip_prefix("a=").unwrap_or(text);
        let Ok(candidate) = Candidate::from_sdp_string(text) else { return Ok(()) };
        if self.candidates_seen >= REMOTE_CANDIDATES_MAX {
            return Err(Refusal::Full("REMOTE_CANDIDATES_MAX"));
        }
        self.candidates_seen = self.candidates_seen.saturating_add(1);
        self.rtc.add_remote_candidate(candidate);
        Ok(())
    }

    /// Where packets of an SSRC belong.
    pub(crate) fn source(&mut self, ssrc: Ssrc) -> Option<Source> {
        if let Some(source) = self.sources.get(&ssrc) {
            self.claims.prove(*source, ssrc);
            return Some(*source);
        }
        if self.sources.len() >= SSRCS_PER_PEER_MAX {
            return None;
        }
        let mut api = self.rtc.direct_api();
        let stream = api.stream_rx(&ssrc)?;
        let source = Source { mid: stream.mid(), rid: stream.rid() };
        self.sources.insert(ssrc, source);
        self.claims.prove(source, ssrc);
        Some(source)
    }

    /// Forgets where SSRCs belong: a new description may say otherwise.
    pub(crate) fn forget_sources(&mut self) {
        self.sources.clear();
        self.claims.forget();
    }

    /// Asks the publisher for a key frame.
    pub(crate) fn ask_key_frame(&mut self, ssrc: Ssrc) {
        if let Some(stream) = self.rtc.direct_api().stream_rx(&ssrc) {
            stream.request_keyframe(KeyframeRequestKind::Pli);
        }
    }
}

/// A session that paces hands out one packet each time it is told the time.
#[derive(Debug, Default)]
struct Paced {
    rounds: usize,
    sent: usize,
}

impl Paced {
    /// Whether to tell the time once more: something is due, and the last time something came of it.
    fn goes_on(&mut self, deadline: Instant, told: Instant, sent: usize) -> bool {
        let has_come = self.rounds == 0 || sent > self.sent;
        self.rounds = self.rounds.saturating_add(1);
        self.sent = sent;
        deadline <= after(told, AT_ONCE) && has_come && self.rounds <= PACED_A_TURN_MAX
    }
}

/// What one step of emptying a session came to.
enum Step {
    More,
    Done,
    Broken,
}

/// Takes steps until there is nothing more; a session that never comes to its end is broken.
fn step_until_done(mut step: impl FnMut() -> Step) -> Result<(), Broken> {
    for _ in 0..POLLS_MAX {
        match step() {
            Step::More => {}
            Step::Done => return Ok(()),
            Step::Broken => return Err(Broken),
        }
    }
    Err(Broken)
}

#[cfg(test)]
mod tests;
