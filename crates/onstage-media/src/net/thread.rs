//! A shard's thread: drain the socket, fan out, send, then the next instructions.

use std::collections::{HashMap, VecDeque};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use mio::{Events, Interest, Poll, Token, Waker};
use onstage_sfu::{Control, Input, Notice, Output, Shard, ShardConfig, TrackKey, Transport};
use tokio::sync::mpsc;

use super::handle::{
    About, REPORTS_WAITING_MAX, Report, ShardFigures, ShardHandle, TASKS_WAITING_MAX, Task,
    URGENT_WAITING_MAX,
};
use super::lane::{CARRIED_WAITING_MAX, Carried, Lanes};
use super::later::{Arrival, Later};
use super::link::Link;
use super::socket;
use crate::config::{MediaConfig, MediaError};

/// Datagrams that are handed in before the fan-out.
const DATAGRAMS_A_TURN: usize = 512;
/// Time for handshakes between two looks at the socket: each takes up to a third of a millisecond, a message far less.
const HANDSHAKES_TIME: Duration = Duration::from_micros(600);
/// Instructions between two looks at the socket: a join storm must not stall media.
const TASKS_A_TURN: usize = 4;
/// Longest sleep of a thread without a deadline.
const IDLE: Duration = Duration::from_secs(1);
/// Structural notices that wait because nobody reads reports; the thread stops taking instructions above it.
pub(crate) const NOTICES_HELD_MAX: usize = 65_536;

const SOCKET: Token = Token(0);
const TASKS: Token = Token(1);

/// Binds, starts the thread, and returns its near end and what it tells.
pub(crate) fn start(
    config: &MediaConfig,
    shard: usize,
    tcp_port: Option<u16>,
) -> Result<(ShardHandle, mpsc::Receiver<Report>), MediaError> {
    let address = config.bind_address(shard)?;
    let bound = socket::bind(address).map_err(|source| MediaError::Bind { address, source })?;
    let (address, receive_buffer_bytes) = (bound.address, bound.receive_buffer_bytes);
    if receive_buffer_bytes < socket::RECEIVE_BUFFER_BYTES {
        tracing::warn!(
            receive_buffer_bytes,
            wanted = socket::RECEIVE_BUFFER_BYTES,
            "the system grants a small receive buffer; raise net.core.rmem_max"
        );
    }
    let (tasks, tasks_in) = mpsc::channel(TASKS_WAITING_MAX);
    let (urgent, urgent_in) = mpsc::channel(URGENT_WAITING_MAX);
    let (carried, carried_in) = mpsc::channel(CARRIED_WAITING_MAX);
    let (reports, reports_out) = mpsc::channel(REPORTS_WAITING_MAX);
    let poll = Poll::new().map_err(MediaError::Thread)?;
    let waker = Arc::new(Waker::new(poll.registry(), TASKS).map_err(MediaError::Thread)?);
    let mut link = Link::new(bound);
    poll.registry()
        .register(link.source(), SOCKET, Interest::READABLE | Interest::WRITABLE)
        .map_err(MediaError::Thread)?;
    let alive = Arc::new(AtomicBool::new(true));
    let told = candidates(address, &config.public_ips, tcp_port);
    let handle = ShardHandle {
        tasks,
        urgent,
        carried,
        candidates: told.candidates.as_slice().into(),
        waker,
        alive: Arc::clone(&alive),
        address,
        receive_buffer_bytes,
    };
    let turns = Turns {
        shard: Shard::new(told, Instant::now()),
        link,
        tasks: tasks_in,
        urgent: urgent_in,
        carried: carried_in,
        lanes: Lanes::default(),
        later: Later::default(),
        gate_turns: HashMap::new(),
        reports,
        held: VecDeque::new(),
        left_out: 0,
    };
    std::thread::Builder::new()
        .name(format!("media-{shard}"))
        .spawn(move || {
            let _down = Down(alive);
            run(turns, poll);
        })
        .map_err(MediaError::Thread)?;
    Ok((handle, reports_out))
}

/// What the shard advertises: the TCP listener is reached by the same addresses as the UDP socket.
fn candidates(bound: SocketAddr, public: &[IpAddr], tcp_port: Option<u16>) -> ShardConfig {
    let candidates = socket::candidates(bound, public);
    let by_tcp = |port| candidates.iter().map(|own| SocketAddr::new(own.ip(), port)).collect();
    ShardConfig { tcp_candidates: tcp_port.map(by_tcp).unwrap_or_default(), candidates }
}

/// Says that the thread is gone, however it went.
struct Down(Arc<AtomicBool>);

impl Drop for Down {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}

struct Turns {
    shard: Shard,
    link: Link,
    tasks: mpsc::Receiver<Task>,
    urgent: mpsc::Receiver<Task>,
    carried: mpsc::Receiver<Carried>,
    lanes: Lanes,
    later: Later,
    /// The turn of the last gate task of each track that is there.
    gate_turns: HashMap<TrackKey, u64>,
    reports: mpsc::Sender<Report>,
    held: VecDeque<Report>,
    left_out: u64,
}

fn run(mut turns: Turns, mut poll: Poll) {
    let mut events = Events::with_capacity(16);
    let mut busy = false;
    loop {
        let wait = if busy { Duration::ZERO } else { turns.wait(Instant::now()) };
        if let Err(error) = poll.poll(&mut events, Some(wait))
            && error.kind() != std::io::ErrorKind::Interrupted
        {
            tracing::error!(%error, "a media thread cannot poll");
            return;
        }
        turns.link.flush();
        let more_datagrams = turns.datagrams();
        let Some(more_tasks) = turns.instructions() else { return turns.say_goodbye() };
        let more_handshakes = turns.handshakes();
        turns.clock();
        busy = more_datagrams || more_tasks || more_handshakes;
    }
}

impl Turns {
    /// How long nothing needs to be done.
    fn wait(&self, now: Instant) -> Duration {
        let idle = if self.held.is_empty() { IDLE } else { Duration::from_millis(1) };
        self.shard.timeout().map_or(idle, |due| due.saturating_duration_since(now).min(idle))
    }

    /// Hands in what the socket has, then fans out. True: there may be more.
    fn datagrams(&mut self) -> bool {
        let now = Instant::now();
        let destination = self.link.address();
        let mut count = 0_usize;
        while count < DATAGRAMS_A_TURN {
            let Some((source, contents)) = self.link.receive() else { break };
            count = count.saturating_add(1);
            if self.lanes.leads_to(source) {
                continue;
            }
            let arrival = Arrival { transport: Transport::Udp, source, destination, contents };
            self.later.hand_in(&mut self.shard, now, arrival);
        }
        let carried = self.carried(now);
        self.drain();
        count == DATAGRAMS_A_TURN || carried == DATAGRAMS_A_TURN
    }

    /// Hands in the next of what was put off. True: there is more.
    fn handshakes(&mut self) -> bool {
        if self.later.is_empty() {
            return false;
        }
        let began = Instant::now();
        let mut now = began;
        while now.saturating_duration_since(began) < HANDSHAKES_TIME {
            let Some(late) = self.later.next() else { break };
            late.hand_in(&mut self.shard, now);
            now = Instant::now();
        }
        self.drain();
        !self.later.is_empty()
    }

    /// Hands in what came by lanes, and says how much it was.
    fn carried(&mut self, now: Instant) -> usize {
        let mut count = 0_usize;
        while count < DATAGRAMS_A_TURN {
            let Ok(carried) = self.carried.try_recv() else { break };
            count = count.saturating_add(1);
            match carried {
                Carried::Open { transport, remote, lane } => self.lanes.open(transport, remote, lane),
                Carried::Datagram { transport, remote: source, local: destination, contents } => {
                    self.later.hand_in(
                        &mut self.shard,
                        now,
                        Arrival { transport, source, destination, contents },
                    );
                }
            }
        }
        count
    }

    /// Carries out everything urgent, then the next instructions. `None`: the end.
    fn instructions(&mut self) -> Option<bool> {
        for _ in 0..TASKS_A_TURN {
            while let Ok(task) = self.urgent.try_recv() {
                self.task(task)?;
            }
            if self.held.len() >= NOTICES_HELD_MAX {
                return Some(false);
            }
            match self.tasks.try_recv() {
                Ok(task) => self.task(task)?,
                Err(mpsc::error::TryRecvError::Empty) => return Some(false),
                Err(mpsc::error::TryRecvError::Disconnected) => return None,
            }
        }
        Some(true)
    }

    /// One task. `None`: the end.
    fn task(&mut self, task: Task) -> Option<()> {
        match task {
            Task::Control(control) => self.control(control),
            Task::Gate { track, open, turn } => self.gate(track, open, turn),
            Task::Barrier(done) => drop(done.send(())),
            Task::Awaits(datagram, done) => drop(done.send(self.shard.awaits(&datagram))),
            Task::Figures(done) => drop(done.send(self.figures())),
            Task::Stop => return None,
        }
        Some(())
    }

    fn gate(&mut self, track: TrackKey, open: bool, turn: u64) {
        let known = self.gate_turns.entry(track).or_default();
        if turn >= *known {
            *known = turn;
            self.control(Control::SetGate { track, open });
        }
    }

    fn control(&mut self, control: Control) {
        let about = about(&control);
        if let Control::RemoveTrack { track } = &control {
            self.gate_turns.remove(track);
        }
        if let Err(refusal) = self.shard.handle(Instant::now(), Input::Control(control)) {
            tracing::debug!(%refusal, ?about, "the shard refused an instruction");
            if let Some(about) = about {
                self.report(Report::Refused { about, refusal });
            }
        }
        self.drain();
    }

    fn clock(&mut self) {
        let now = Instant::now();
        if self.shard.timeout().is_some_and(|due| due <= now) {
            // The clock is never refused.
            let _ = self.shard.handle(now, Input::Clock);
            self.drain();
        }
        self.pass_on_held();
    }

    fn figures(&self) -> ShardFigures {
        let (bytes_in, bytes_out) = self.link.bytes();
        ShardFigures { counters: self.shard.counters(), dropped: self.dropped(), bytes_in, bytes_out }
    }

    fn dropped(&self) -> u64 {
        self.link.dropped().saturating_add(self.lanes.dropped())
    }

    fn say_goodbye(&self) {
        let counters = self.shard.counters();
        let (dropped, left_out) = (self.dropped(), self.left_out);
        tracing::debug!(?counters, dropped, left_out, "a media thread ends");
    }

    /// Everything the shard has to say and to send.
    fn drain(&mut self) {
        while let Some(output) = self.shard.poll() {
            match output {
                Output::Transmit(transmit) => {
                    if let Some(transmit) = self.lanes.send(transmit) {
                        self.link.send(transmit);
                    }
                }
                Output::Notice(notice) => {
                    if let Notice::TrackStopped { track } = &notice {
                        self.gate_turns.remove(track);
                    }
                    self.report(Report::Notice(notice));
                }
            }
        }
        self.link.flush();
    }

    /// Passes on in order; what may be left out is left out when nobody reads.
    fn report(&mut self, report: Report) {
        self.pass_on_held();
        let report = if self.held.is_empty() {
            match self.reports.try_send(report) {
                Ok(()) => return,
                Err(mpsc::error::TrySendError::Full(report)) => report,
                Err(mpsc::error::TrySendError::Closed(_)) => return,
            }
        } else {
            report
        };
        if may_be_left_out(&report) {
            self.left_out = self.left_out.saturating_add(1);
        } else {
            self.held.push_back(report);
        }
    }

    fn pass_on_held(&mut self) {
        while let Some(report) = self.held.pop_front() {
            if let Err(mpsc::error::TrySendError::Full(report)) = self.reports.try_send(report) {
                self.held.push_front(report);
                return;
            }
        }
    }
}

/// Whom to tell when an instruction is refused; the rest are wishes about things that may be gone meanwhile.
fn about(control: &Control) -> Option<About> {
    match control {
        Control::OpenPeer { peer, .. }
        | Control::AcceptOffer { peer, .. }
        | Control::AcceptAnswer { peer, .. }
        | Control::RestartIce { peer } => Some(About::Peer(*peer)),
        Control::ExpectTrack { track, .. } => Some(About::Track(*track)),
        Control::OpenRoom { .. }
        | Control::CloseRoom { .. }
        | Control::ClosePeer { .. }
        | Control::Negotiate { .. }
        | Control::RemoteCandidate { .. }
        | Control::RemoveTrack { .. }
        | Control::SetGate { .. }
        | Control::SetLayerSizes { .. }
        | Control::Subscribe { .. }
        | Control::Unsubscribe { .. }
        | Control::SetWish { .. }
        | Control::LimitFrames { .. }
        | Control::FixLines { .. }
        | Control::LimitPeer { .. }
        | Control::SendData { .. } => None,
    }
}

fn may_be_left_out(report: &Report) -> bool {
    match report {
        Report::Refused { .. } => false,
        Report::Notice(notice) => match notice {
            Notice::DataReceived { .. }
            | Notice::Quality { .. }
            | Notice::DataDropped { .. }
            | Notice::Speakers { .. }
            | Notice::LayersWanted { .. }
            | Notice::TrackStarted { .. } => true,
            Notice::PeerConnected { .. }
            | Notice::PeerDisconnected { .. }
            | Notice::PeerEnded { .. }
            | Notice::Answer { .. }
            | Notice::Offer { .. }
            | Notice::SectionsNeeded { .. }
            | Notice::Starved { .. }
            | Notice::Unplayable { .. }
            | Notice::TrackPublished { .. }
            | Notice::TrackStopped { .. }
            | Notice::Subscribed { .. }
            | Notice::DataOpen { .. } => false,
        },
    }
}

#[cfg(test)]
mod tests;
