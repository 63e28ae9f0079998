//! The way to one socket: a bounded queue of frames, a few notes for its reader, and how it is closed.
//!
//! Nothing is allocated for a socket that nobody has anything to say to, and its task is woken once for all that came
//! while it slept.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::task::{Context, Poll, Waker};

use onstage_domain::{FamilyId, SessionId, UserId};

use crate::language::Language;
use crate::limits::{NOTES_MAX, SOCKET_QUEUE_MAX};
use crate::meters::SocketMeter;
use crate::wire::Wire;

/// Why a socket is closed: code and reason of the close frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Closing {
    pub(crate) code: u16,
    pub(crate) reason: &'static str,
    /// Whether what is queued is still sent.
    pub(crate) drains: bool,
}

impl Closing {
    pub(crate) const NORMAL: Self = Self { code: 1000, reason: "", drains: true };
    pub(crate) const PROTOCOL: Self = Self { code: 1002, reason: "this is not WebSocket", drains: true };
    pub(crate) const NOT_TEXT: Self = Self { code: 1007, reason: "this is not UTF-8", drains: true };
    pub(crate) const POLICY: Self =
        Self { code: 1008, reason: "too many frames nobody understands", drains: true };
    pub(crate) const TOO_LARGE: Self = Self { code: 1009, reason: "this frame is too long", drains: true };
    pub(crate) const RESTART: Self = Self { code: 1012, reason: "the server restarts", drains: true };
    pub(crate) const SLOW: Self = Self { code: 1013, reason: "too slow: resume by seq", drains: false };
    pub(crate) const TOKEN: Self = Self { code: 4401, reason: "sign in again", drains: true };
    pub(crate) const KICKED: Self = Self { code: 4403, reason: "removed from this session", drains: true };
    pub(crate) const ENDED: Self = Self { code: 4410, reason: "the session has ended", drains: true };
    pub(crate) const SILENT: Self = Self { code: 4408, reason: "silent", drains: false };

    /// After this nothing that comes can be read as frames.
    pub(crate) const fn is_unreadable(self) -> bool {
        matches!(self.code, 1002 | 1007 | 1009)
    }
}

/// What a session tells the reader of a socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Note {
    /// Kicked: the subscription is over.
    Removed(SessionId),
    /// The person now sees more than before: start over from a snapshot.
    StartOver(SessionId),
    /// The person now answers requests: tell those that wait.
    Requests(SessionId),
    /// The person has no seat any more.
    OffStage,
}

/// A number for every socket of this process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct ConnectionId(pub(crate) u64);

/// What waits for the socket's task.
#[derive(Default)]
struct Queue {
    wires: VecDeque<Wire>,
    notes: VecDeque<Note>,
    closing: Option<Closing>,
    /// The task ended: nobody takes anything any more.
    gone: bool,
    /// The sleeping task.
    taker: Option<Waker>,
    /// Whoever waits for room in the queue.
    teller: Option<Waker>,
}

impl Queue {
    const fn is_closed(&self) -> bool {
        self.gone || self.closing.is_some()
    }

    /// The first reason counts.
    fn close(&mut self, closing: Closing) {
        self.closing.get_or_insert(closing);
        self.wake_teller();
    }

    fn wake_teller(&mut self) {
        if let Some(teller) = self.teller.take() {
            teller.wake();
        }
    }
}

struct Inner {
    id: ConnectionId,
    language: Language,
    queue: Mutex<Queue>,
    closed: AtomicBool,
    person: OnceLock<(UserId, Option<FamilyId>)>,
    meter: SocketMeter,
}

/// The sending end of a socket, shared by everybody who has something to say to it.
#[derive(Clone)]
pub(crate) struct Line(Arc<Inner>);

/// The receiving end, for the socket's own task.
pub(crate) struct LineEnd(Line);

impl Line {
    pub(crate) fn new(id: ConnectionId, language: Language) -> (Self, LineEnd) {
        let inner = Inner {
            id,
            language,
            queue: Mutex::default(),
            closed: AtomicBool::new(false),
            person: OnceLock::new(),
            meter: SocketMeter::open(language.word()),
        };
        let line = Self(Arc::new(inner));
        (line.clone(), LineEnd(line))
    }

    pub(crate) fn id(&self) -> ConnectionId {
        self.0.id
    }

    pub(crate) fn language(&self) -> Language {
        self.0.language
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.0.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the queue, and wakes the task if it sleeps.
    fn change<T>(&self, change: impl FnOnce(&mut Queue) -> T) -> T {
        let mut queue = self.queue();
        let result = change(&mut queue);
        let taker = queue.taker.take();
        if queue.is_closed() {
            self.0.closed.store(true, Ordering::Release);
        }
        drop(queue);
        if let Some(taker) = taker {
            taker.wake();
        }
        result
    }

    /// Queues frames; a full queue closes the socket. False when there is nobody to hear it.
    pub(crate) fn tell(&self, wire: Wire) -> bool {
        self.change(|queue| {
            if queue.is_closed() {
                return false;
            }
            if queue.wires.len() >= SOCKET_QUEUE_MAX {
                queue.close(Closing::SLOW);
                return false;
            }
            queue.wires.push_back(wire);
            true
        })
    }

    /// Queues a frame of the socket's own making: waits for room, so that a long catch-up is no flood.
    pub(crate) async fn answer(&self, frame: String) -> bool {
        self.answer_all(Wire::one(&frame)).await
    }

    /// The same with frames that belong together.
    pub(crate) async fn answer_all(&self, wire: Wire) -> bool {
        let mut wire = Some(wire);
        poll_fn(|context| {
            self.change(|queue| {
                if queue.is_closed() {
                    return Poll::Ready(false);
                }
                if queue.wires.len() >= SOCKET_QUEUE_MAX {
                    queue.teller = Some(context.waker().clone());
                    return Poll::Pending;
                }
                queue.wires.extend(wire.take());
                Poll::Ready(true)
            })
        })
        .await
    }

    /// Leaves a note for the reader; a reader that reads none is closed.
    pub(crate) fn note(&self, note: Note) {
        self.change(|queue| {
            if queue.notes.len() >= NOTES_MAX {
                queue.close(Closing::SLOW);
            } else {
                queue.notes.push_back(note);
            }
        });
    }

    /// Closes the socket; the first reason counts.
    pub(crate) fn close(&self, closing: Closing) {
        self.change(|queue| queue.close(closing));
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.0.closed.load(Ordering::Acquire)
    }

    /// Remembers whose socket it is; a socket never changes hands.
    pub(crate) fn belongs_to(&self, user: UserId, family: Option<FamilyId>) {
        let _first_counts = self.0.person.set((user, family));
    }

    pub(crate) fn person(&self) -> Option<(UserId, Option<FamilyId>)> {
        self.0.person.get().copied()
    }
}

impl LineEnd {
    /// Takes frames that wait; false when there are none.
    pub(crate) fn take_wires(&self, into: &mut VecDeque<Wire>, most: usize) -> bool {
        let mut queue = self.0.queue();
        let count = queue.wires.len().min(most);
        into.extend(queue.wires.drain(..count));
        if count > 0 {
            queue.wake_teller();
        }
        if queue.wires.is_empty() && queue.wires.capacity() > KEPT_CAPACITY {
            queue.wires = VecDeque::new();
        }
        count > 0
    }

    /// Takes a note.
    pub(crate) fn take_note(&self) -> Option<Note> {
        self.0.queue().notes.pop_front()
    }

    /// Why the socket is to be closed.
    pub(crate) fn closing(&self) -> Option<Closing> {
        if !self.0.is_closed() {
            return None;
        }
        self.0.queue().closing
    }

    /// Sleeps until something changes; false when something waits already.
    pub(crate) fn sleeps(&self, context: &Context<'_>, (wires, notes): (bool, bool)) -> bool {
        let mut queue = self.0.queue();
        if queue.closing.is_some() || (wires && !queue.wires.is_empty()) || (notes && !queue.notes.is_empty())
        {
            return false;
        }
        queue.taker = Some(context.waker().clone());
        true
    }

    /// So many messages were written to the socket.
    pub(crate) fn wrote(&self, messages: usize) {
        self.0.0.meter.wrote(messages);
    }
}

/// Places of an empty queue that are kept for the next frames.
const KEPT_CAPACITY: usize = 8;

impl Drop for LineEnd {
    fn drop(&mut self) {
        self.0.change(|queue| {
            queue.gone = true;
            queue.wires = VecDeque::new();
            queue.notes = VecDeque::new();
            queue.wake_teller();
        });
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        let queue = self.queue.get_mut().unwrap_or_else(PoisonError::into_inner);
        self.meter.closed(queue.closing.unwrap_or(Closing::NORMAL));
    }
}
