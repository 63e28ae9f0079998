//! The one task of a socket: it writes what was said to it, reads when it has nothing to write, and carries out one
//! wish at a time.

use std::collections::VecDeque;
use std::future::{Future, poll_fn};
use std::io::IoSlice;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_util::{Sink as _, Stream as _};
use tokio::io::AsyncWrite as _;
use tokio::time::{Instant, Sleep, sleep_until};
use tokio_tungstenite::tungstenite::{self, Message};

use super::finish::finish;
use super::reader::Reader;
use super::upgrade::Socket;
use crate::limits::WIRES_PER_WRITE_MAX;
use crate::line::{Closing, Line, LineEnd, Note};
use crate::tasks::{from_now, spawn_named};
use crate::wire::Wire;

/// What the reader does now. A wish is a future of its own, so that a socket without one is small.
enum Turn {
    Idle(Box<Reader>),
    Busy(Pin<Box<dyn Future<Output = Box<Reader>> + Send>>),
    /// Between the two.
    Changing,
}

/// What a wish is made of.
pub(super) enum Inbound {
    Text(tungstenite::Utf8Bytes),
    Binary,
    Note(Note),
}

/// A socket and everything that belongs to it.
struct Task {
    socket: Socket,
    line: Line,
    end: LineEnd,
    turn: Turn,
    outgoing: Outgoing,
    heard_at: Instant,
    ping_at: Instant,
    ping_every: Duration,
}

/// What is on its way out.
#[derive(Default)]
pub(super) struct Outgoing {
    pub(super) wires: VecDeque<Wire>,
    /// Of the first one, how much is written.
    written: usize,
    /// Something was handed to the connection that it may still hold.
    flushes: bool,
    /// An answer to a ping or a close waits in the socket itself, and goes before anything else.
    owes: bool,
    /// The client said goodbye first.
    pub(super) client_closed: bool,
}

impl Outgoing {
    const fn is_idle(&self) -> bool {
        !self.flushes && !self.owes
    }

    pub(super) fn push(&mut self, wire: Wire) {
        self.wires.push_back(wire);
        self.flushes = true;
    }

    /// Forgets what was not begun.
    pub(super) fn forget(&mut self) {
        let begun = usize::from(self.written > 0);
        self.wires.truncate(begun);
    }

    /// Ready once nothing is left; counts the messages that went out.
    pub(super) fn poll_write(
        &mut self,
        socket: &mut Socket,
        context: &mut Context<'_>,
        end: &LineEnd,
    ) -> Poll<std::io::Result<()>> {
        if self.owes {
            ready!(Pin::new(&mut *socket).poll_flush(context)).map_err(std::io::Error::other)?;
            self.owes = false;
        }
        while !self.wires.is_empty() {
            let written = ready!(self.poll_some(socket, context))?;
            if written == 0 {
                return Poll::Ready(Err(std::io::ErrorKind::WriteZero.into()));
            }
            self.advance(written, end);
        }
        if self.flushes {
            ready!(Pin::new(socket.get_mut()).poll_flush(context))?;
            self.flushes = false;
            self.rest();
        }
        Poll::Ready(Ok(()))
    }

    fn poll_some(&self, socket: &mut Socket, context: &mut Context<'_>) -> Poll<std::io::Result<usize>> {
        let connection = Pin::new(socket.get_mut());
        let first = self.wires.front().and_then(|wire| wire.bytes.get(self.written..)).unwrap_or_default();
        if self.wires.len() == 1 {
            return connection.poll_write(context, first);
        }
        let mut parts = [IoSlice::new(&[]); WIRES_PER_WRITE_MAX];
        let rest = self.wires.iter().skip(1).map(|wire| wire.bytes.as_ref());
        for (part, bytes) in parts.iter_mut().zip(std::iter::once(first).chain(rest)) {
            *part = IoSlice::new(bytes);
        }
        connection.poll_write_vectored(context, &parts)
    }

    fn advance(&mut self, written: usize, end: &LineEnd) {
        self.written = self.written.saturating_add(written);
        while let Some(first) = self.wires.front().filter(|first| self.written >= first.bytes.len()) {
            self.written = self.written.saturating_sub(first.bytes.len());
            end.wrote(first.messages);
            self.wires.pop_front();
        }
    }

    /// A socket at rest holds no room for many frames.
    fn rest(&mut self) {
        if self.wires.capacity() > KEPT_CAPACITY {
            self.wires = VecDeque::new();
        }
    }
}

/// Places of an empty list of frames that are kept.
const KEPT_CAPACITY: usize = 4;

/// Serves a socket until either side has enough; the first wish is what it begins with.
pub(super) async fn run(socket: Socket, reader: Reader, end: LineEnd, beginning: super::Beginning) {
    let line = reader.line.clone();
    let ping_every = reader.hub.limits.ping_every;
    let (heard_at, ping_at) = (Instant::now(), from_now(ping_every));
    let turn = Turn::Busy(Box::pin(async move {
        let mut reader = Box::new(reader);
        if let Some((opening, since)) = beginning {
            reader.begin_live(*opening, since).await;
        }
        reader
    }));
    let outgoing = Outgoing::default();
    let mut task = Task { socket, line, end, turn, outgoing, heard_at, ping_at, ping_every };
    let closing = task.serve().await;
    let Task { socket, line: _, end, turn, outgoing, .. } = task;
    // What was begun is carried out to its end, whether or not anybody waits for the answer.
    spawn_named("end of a socket", async move {
        match turn {
            Turn::Idle(reader) => reader.leave_all().await,
            Turn::Busy(busy) => busy.await.leave_all().await,
            Turn::Changing => {}
        }
    });
    finish(socket, outgoing, end, closing).await;
}

impl Task {
    async fn serve(&mut self) -> Closing {
        let clock = sleep_until(self.ping_at);
        let mut clock = std::pin::pin!(clock);
        poll_fn(|context| self.poll_serve(context, &mut clock)).await
    }

    /// Ready when the socket is to be closed.
    fn poll_serve(&mut self, context: &mut Context<'_>, clock: &mut Pin<&mut Sleep>) -> Poll<Closing> {
        loop {
            self.poll_turn(context);
            if let Some(closing) = self.end.closing() {
                return Poll::Ready(closing);
            }
            let Ok(can_write) = self.poll_out(context) else { return Poll::Ready(Closing::NORMAL) };
            let is_idle = matches!(self.turn, Turn::Idle(_));
            if is_idle && let Some(note) = self.end.take_note() {
                self.wish(Inbound::Note(note));
                continue;
            }
            if is_idle && can_write && self.poll_in(context) {
                continue;
            }
            if self.poll_clock(context, clock) || !self.end.sleeps(context, (can_write, is_idle)) {
                continue;
            }
            return Poll::Pending;
        }
    }

    /// Goes on with the wish, if there is one.
    fn poll_turn(&mut self, context: &mut Context<'_>) {
        if let Turn::Busy(busy) = &mut self.turn
            && let Poll::Ready(reader) = busy.as_mut().poll(context)
        {
            self.turn = Turn::Idle(reader);
            // Nothing was read meanwhile: that is no silence of the client.
            self.heard_at = Instant::now();
        }
    }

    fn wish(&mut self, inbound: Inbound) {
        self.turn = match std::mem::replace(&mut self.turn, Turn::Changing) {
            Turn::Idle(mut reader) => Turn::Busy(Box::pin(async move {
                reader.take(inbound).await;
                reader
            })),
            other @ (Turn::Busy(_) | Turn::Changing) => other,
        };
    }

    /// Writes what waits; true when there is room for more.
    fn poll_out(&mut self, context: &mut Context<'_>) -> std::io::Result<bool> {
        loop {
            match self.outgoing.poll_write(&mut self.socket, context, &self.end) {
                Poll::Pending => return Ok(false),
                Poll::Ready(written) => written?,
            }
            if !self.end.take_wires(&mut self.outgoing.wires, WIRES_PER_WRITE_MAX) {
                return Ok(self.outgoing.is_idle());
            }
            self.outgoing.flushes = true;
        }
    }

    /// Reads one frame; false when there is none yet.
    fn poll_in(&mut self, context: &mut Context<'_>) -> bool {
        let Poll::Ready(inbound) = Pin::new(&mut self.socket).poll_next(context) else { return false };
        self.heard_at = Instant::now();
        match inbound {
            None => self.line.close(Closing::NORMAL),
            Some(Err(error)) => self.line.close(closing_of(&error)),
            Some(Ok(Message::Close(_))) => {
                (self.outgoing.owes, self.outgoing.client_closed) = (true, true);
                self.line.close(Closing::NORMAL);
            }
            Some(Ok(Message::Text(text))) => self.wish(Inbound::Text(text)),
            Some(Ok(Message::Binary(_))) => self.wish(Inbound::Binary),
            Some(Ok(Message::Ping(_))) => self.outgoing.owes = true,
            Some(Ok(Message::Pong(_) | Message::Frame(_))) => {}
        }
        true
    }

    /// True when something was due.
    fn poll_clock(&mut self, context: &mut Context<'_>, clock: &mut Pin<&mut Sleep>) -> bool {
        let Turn::Idle(reader) = &self.turn else {
            // A wish is under way: only pings are due.
            return Self::rings(context, clock, self.ping_at) && self.ping();
        };
        let patience = reader.patience();
        let silent_at = self.heard_at.checked_add(patience).unwrap_or(self.heard_at);
        if !Self::rings(context, clock, silent_at.min(self.ping_at)) {
            return false;
        }
        if Instant::now() >= silent_at {
            self.line.close(reader.closing_of_silence());
            return true;
        }
        self.ping()
    }

    fn rings(context: &mut Context<'_>, clock: &mut Pin<&mut Sleep>, due: Instant) -> bool {
        // Later deadlines wait until the earlier one has rung: each frame would move them.
        if clock.deadline() > due || clock.is_elapsed() {
            clock.as_mut().reset(due);
        }
        clock.as_mut().poll(context).is_ready()
    }

    fn ping(&mut self) -> bool {
        if Instant::now() < self.ping_at {
            return true;
        }
        self.ping_at = from_now(self.ping_every);
        self.outgoing.push(Wire::ping());
        true
    }
}

/// What is wrong with what came.
const fn closing_of(error: &tungstenite::Error) -> Closing {
    use tungstenite::Error as E;
    match error {
        E::Capacity(_) => Closing::TOO_LARGE,
        E::Utf8(_) => Closing::NOT_TEXT,
        E::Protocol(tungstenite::error::ProtocolError::ResetWithoutClosingHandshake) => Closing::NORMAL,
        E::Protocol(_) => Closing::PROTOCOL,
        E::ConnectionClosed
        | E::AlreadyClosed
        | E::Io(_)
        | E::Tls(_)
        | E::WriteBufferFull(_)
        | E::AttackAttempt
        | E::Url(_)
        | E::Http(_)
        | E::HttpFormat(_) => Closing::NORMAL,
    }
}
