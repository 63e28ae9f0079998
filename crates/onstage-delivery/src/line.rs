//! The way to one socket: a bounded queue of frames, a few notes for its reader, and how it is closed.

use std::sync::{Arc, OnceLock};

use onstage_domain::{FamilyId, SessionId, UserId};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

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
    pub(crate) const POLICY: Self =
        Self { code: 1008, reason: "too many frames nobody understands", drains: true };
    pub(crate) const RESTART: Self = Self { code: 1012, reason: "the server restarts", drains: true };
    pub(crate) const SLOW: Self = Self { code: 1013, reason: "too slow: resume by seq", drains: false };
    pub(crate) const TOKEN: Self = Self { code: 4401, reason: "sign in again", drains: true };
    pub(crate) const KICKED: Self = Self { code: 4403, reason: "removed from this session", drains: true };
    pub(crate) const ENDED: Self = Self { code: 4410, reason: "the session has ended", drains: true };
    pub(crate) const SILENT: Self = Self { code: 4408, reason: "silent", drains: false };
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
}

/// A number for every socket of this process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct ConnectionId(pub(crate) u64);

struct Inner {
    id: ConnectionId,
    language: Language,
    frames: mpsc::Sender<Wire>,
    notes: mpsc::Sender<Note>,
    closing: OnceLock<Closing>,
    closed: CancellationToken,
    person: OnceLock<(UserId, Option<FamilyId>)>,
    meter: SocketMeter,
}

/// The sending end of a socket, shared by everybody who has something to say to it.
#[derive(Clone)]
pub(crate) struct Line(Arc<Inner>);

/// The receiving ends, for the socket's own tasks.
pub(crate) struct LineEnds {
    pub(crate) frames: mpsc::Receiver<Wire>,
    pub(crate) notes: mpsc::Receiver<Note>,
}

impl Line {
    pub(crate) fn new(id: ConnectionId, language: Language) -> (Self, LineEnds) {
        let (frames, frames_end) = mpsc::channel(SOCKET_QUEUE_MAX);
        let (notes, notes_end) = mpsc::channel(NOTES_MAX);
        let inner = Inner {
            id,
            language,
            frames,
            notes,
            closing: OnceLock::new(),
            closed: CancellationToken::new(),
            person: OnceLock::new(),
            meter: SocketMeter::open(language.word()),
        };
        (Self(Arc::new(inner)), LineEnds { frames: frames_end, notes: notes_end })
    }

    pub(crate) fn id(&self) -> ConnectionId {
        self.0.id
    }

    pub(crate) fn language(&self) -> Language {
        self.0.language
    }

    /// So many frames were written to the socket.
    pub(crate) fn wrote(&self, frames: usize) {
        self.0.meter.wrote(frames);
    }

    /// Queues a frame; a full queue closes the socket. False when there is nobody to hear it.
    pub(crate) fn tell(&self, frame: Wire) -> bool {
        match self.0.frames.try_send(frame) {
            Ok(()) => true,
            Err(mpsc::error::TrySendError::Full(_)) => {
                self.close(Closing::SLOW);
                false
            }
            Err(mpsc::error::TrySendError::Closed(_)) => false,
        }
    }

    /// Queues a frame of the socket's own making: waits for room, so that a long catch-up is no flood.
    pub(crate) async fn answer(&self, frame: String) -> bool {
        self.answer_all(Wire::one(frame)).await
    }

    /// The same with frames that belong together.
    pub(crate) async fn answer_all(&self, wire: Wire) -> bool {
        tokio::select! {
            sent = self.0.frames.send(wire) => sent.is_ok(),
            () = self.0.closed.cancelled() => false,
        }
    }

    /// Leaves a note for the reader; a reader that reads none is closed.
    pub(crate) fn note(&self, note: Note) {
        if self.0.notes.try_send(note).is_err() {
            self.close(Closing::SLOW);
        }
    }

    /// Closes the socket; the first reason counts.
    pub(crate) fn close(&self, closing: Closing) {
        let _first_counts = self.0.closing.set(closing);
        self.0.closed.cancel();
    }

    /// Resolves when the socket is to be closed.
    pub(crate) async fn closed(&self) -> Closing {
        self.0.closed.cancelled().await;
        self.0.closing.get().copied().unwrap_or(Closing::NORMAL)
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.0.closed.is_cancelled()
    }

    /// Remembers whose socket it is; a socket never changes hands.
    pub(crate) fn belongs_to(&self, user: UserId, family: Option<FamilyId>) {
        let _first_counts = self.0.person.set((user, family));
    }

    pub(crate) fn person(&self) -> Option<(UserId, Option<FamilyId>)> {
        self.0.person.get().copied()
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.meter.closed(self.closing.get().copied().unwrap_or(Closing::NORMAL));
    }
}
