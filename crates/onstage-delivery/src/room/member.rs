//! One subscriber in a room: what it may hear, its own chain of `prev`, and frames shared by all who hear the same.

use std::sync::Arc;

use axum::extract::ws::Utf8Bytes;
use onstage_dialects::v1::{Position, events_frame, removed_frame};
use onstage_domain::problem::{Code, Problem};
use onstage_domain::{Place, Seq, SessionId, UserId};

use super::Told;
use crate::line::{Line, Note};
use crate::place;

/// A subscriber.
pub(super) struct Member {
    line: Line,
    place: Place,
    /// Told by the catch-up up to here.
    from: Seq,
    /// The last kept event this person was entitled to.
    last: Seq,
}

/// Whether a member is still one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Heard {
    Stays,
    Goes,
}

/// The frames of one chunk: members with the same chain and the same rights get the same bytes.
pub(super) struct Frames {
    session: SessionId,
    made: Vec<(Seq, u64, Utf8Bytes)>,
}

impl Frames {
    pub(super) const fn new(session: SessionId) -> Self {
        Self { session, made: Vec::new() }
    }

    fn of(&mut self, chunk: &[Arc<Told>], last: Seq, heard: u64) -> Utf8Bytes {
        if let Some((_, _, bytes)) = self.made.iter().find(|(prev, mask, _)| (*prev, *mask) == (last, heard))
        {
            return bytes.clone();
        }
        let mut prev = last;
        let events =
            chunk.iter().enumerate().filter(|(index, _)| heard & bit(*index) != 0).map(|(_, told)| {
                let position = match told.envelope.seq {
                    Some(seq) => Position::Kept { seq, prev: std::mem::replace(&mut prev, seq) },
                    None => Position::After(prev),
                };
                (position, told.tail.as_str())
            });
        let bytes = Utf8Bytes::from(events_frame(self.session, events));
        self.made.push((last, heard, bytes.clone()));
        bytes
    }
}

/// The bit of an event in its chunk; a chunk has at most 64.
fn bit(index: usize) -> u64 {
    u32::try_from(index).ok().and_then(|index| 1_u64.checked_shl(index)).unwrap_or(0)
}

impl Member {
    pub(super) const fn new(line: Line, place: Place, from: Seq) -> Self {
        Self { line, place, from, last: from }
    }

    pub(super) const fn line(&self) -> &Line {
        &self.line
    }

    pub(super) const fn user(&self) -> UserId {
        self.place.user_id
    }

    /// Hears what it may of at most 64 events, in one frame.
    pub(super) fn hear(&mut self, chunk: &[Arc<Told>], frames: &mut Frames) -> Heard {
        let (before, managed) = (self.last, self.place.manages);
        let mut heard = 0_u64;
        for (index, told) in chunk.iter().enumerate() {
            if self.may_hear(told) {
                heard |= bit(index);
            }
        }
        if heard != 0 && !self.line.tell(frames.of(chunk, before, heard)) {
            return Heard::Goes;
        }
        if self.is_put_out_by(chunk) {
            self.put_out(frames.session);
            return Heard::Goes;
        }
        if self.place.manages && !managed {
            // Waiting requests and invitations are news to this person: a snapshot has them.
            self.line.note(Note::StartOver(frames.session));
            return Heard::Goes;
        }
        if self.line.is_closed() { Heard::Goes } else { Heard::Stays }
    }

    /// The kick itself ends the subscription, also of somebody who came in while it was decided.
    fn is_put_out_by(&self, chunk: &[Arc<Told>]) -> bool {
        let news = chunk.iter().filter(|told| told.envelope.seq > Some(self.from));
        news.filter_map(|told| place::put_out(&told.envelope.data)).any(|user| user == self.user())
    }

    /// Says that the subscription is over, to the client and to its reader.
    pub(super) fn put_out(&self, session: SessionId) {
        let frame = removed_frame(session, &Problem::new(Code::Blocked));
        self.line.tell(Utf8Bytes::from(frame));
        self.line.note(Note::Removed(session));
    }

    fn may_hear(&mut self, told: &Told) -> bool {
        let envelope = &told.envelope;
        if envelope.seq.is_some_and(|seq| seq <= self.from) {
            return false;
        }
        self.place = place::after(self.place, &envelope.data, told.cohosts_manage);
        if !envelope.data.audience().includes(&self.place) {
            return false;
        }
        if let Some(seq) = envelope.seq {
            self.last = seq;
        }
        true
    }
}
