//! How the rest of the crate speaks with a shard's thread.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use mio::Waker;
use onstage_sfu::{Control, Notice, PeerKey, Refusal, ShardCounters, TrackKey};
use tokio::sync::{mpsc, oneshot};

use super::lane::Carried;

/// Instructions that wait for one shard.
pub(crate) const TASKS_WAITING_MAX: usize = 4_096;
/// Closing instructions that wait for one shard.
pub(crate) const URGENT_WAITING_MAX: usize = 1_024;
/// Reports of one shard that wait to be read.
pub(crate) const REPORTS_WAITING_MAX: usize = 16_384;

/// What a shard's thread is asked.
#[derive(Debug)]
pub(crate) enum Task {
    /// An instruction.
    Control(Control),
    /// A gate. Its turn counts up, so that an opening which waited in the ordinary queue cannot undo a later closing
    /// that overtook it.
    Gate {
        /// Whose.
        track: TrackKey,
        /// Whether packets pass.
        open: bool,
        /// The latest one counts.
        turn: u64,
    },
    /// Answered once everything before it took effect.
    Barrier(oneshot::Sender<()>),
    /// Answered with whether a datagram is a check that names one of the shard's peers.
    Awaits(Vec<u8>, oneshot::Sender<bool>),
    /// Answered with the thread's figures.
    Figures(oneshot::Sender<ShardFigures>),
    /// Ends the thread.
    Stop,
}

/// Figures of one thread since its start.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct ShardFigures {
    /// What the shard counted.
    pub(crate) counters: ShardCounters,
    /// Datagrams that never left by the socket.
    pub(crate) dropped: u64,
    /// Bytes that came in.
    pub(crate) bytes_in: u64,
    /// Bytes that went out.
    pub(crate) bytes_out: u64,
}

/// What a shard's thread tells.
#[derive(Debug)]
pub(crate) enum Report {
    /// Something happened.
    Notice(Notice),
    /// An instruction that mattered to somebody was refused.
    Refused {
        /// Whom it was about.
        about: About,
        /// Why.
        refusal: Refusal,
    },
}

/// Whom a refused instruction was about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum About {
    /// A peer's offer, answer or opening.
    Peer(PeerKey),
    /// A track that was to be expected.
    Track(TrackKey),
}

/// The near end of a shard's thread.
#[derive(Debug, Clone)]
pub(crate) struct ShardHandle {
    pub(super) tasks: mpsc::Sender<Task>,
    pub(super) urgent: mpsc::Sender<Task>,
    pub(super) carried: mpsc::Sender<Carried>,
    pub(super) candidates: Arc<[SocketAddr]>,
    pub(super) waker: Arc<Waker>,
    pub(super) alive: Arc<AtomicBool>,
    pub(super) address: SocketAddr,
    pub(super) receive_buffer_bytes: usize,
}

impl ShardHandle {
    /// Hands a task over, waiting for room. False: the thread is gone.
    pub(crate) async fn send(&self, task: Task) -> bool {
        let sent = self.tasks.send(task).await.is_ok();
        sent && self.waker.wake().is_ok()
    }

    /// Hands over what ends something: it overtakes everything that begins or changes something.
    pub(crate) async fn send_urgent(&self, task: Task) -> bool {
        let sent = self.urgent.send(task).await.is_ok();
        sent && self.waker.wake().is_ok()
    }

    /// Hands over what ends something, if there is room now: for farewells that nobody waits for.
    pub(crate) fn try_send_urgent(&self, task: Task) {
        if self.urgent.try_send(task).is_ok() {
            let _ = self.waker.wake();
        }
    }

    /// Resolves once everything urgent sent before took effect. False: the thread is gone.
    pub(crate) async fn barrier(&self) -> bool {
        let (done, wait) = oneshot::channel();
        self.send_urgent(Task::Barrier(done)).await && wait.await.is_ok()
    }

    /// The thread's figures; `None`: the thread is gone.
    pub(crate) async fn figures(&self) -> Option<ShardFigures> {
        let (done, wait) = oneshot::channel();
        if self.send_urgent(Task::Figures(done)).await { wait.await.ok() } else { None }
    }

    /// Whether a datagram is a check that names one of its peers.
    pub(crate) async fn awaits(&self, datagram: &[u8]) -> bool {
        let (done, wait) = oneshot::channel();
        self.send_urgent(Task::Awaits(datagram.to_vec(), done)).await && wait.await.unwrap_or(false)
    }

    /// Hands over what came by a lane; false when there is no room, as with any datagram.
    pub(crate) fn carry(&self, carried: Carried) -> bool {
        let sent = self.carried.try_send(carried).is_ok();
        sent && self.waker.wake().is_ok()
    }

    /// The same, waiting for room.
    pub(crate) async fn carry_surely(&self, carried: Carried) -> bool {
        let sent = self.carried.send(carried).await.is_ok();
        sent && self.waker.wake().is_ok()
    }

    /// The UDP addresses that it advertises.
    pub(crate) fn candidates(&self) -> &[SocketAddr] {
        &self.candidates
    }

    /// Where its socket is bound.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// What the system granted as receive buffer.
    pub(crate) fn receive_buffer_bytes(&self) -> usize {
        self.receive_buffer_bytes
    }

    /// Whether the thread runs.
    pub(crate) fn is_alive(&self) -> bool {
        self.alive.load(Ordering::Acquire)
    }
}
