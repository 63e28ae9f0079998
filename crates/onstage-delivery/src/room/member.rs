//! One subscriber in a room: what it may hear, its own chain of `prev`, and frames shared by all who hear the same.

use std::sync::Arc;

use onstage_dialects::v1::Position;
use onstage_domain::stage::Role;
use onstage_domain::{Place, Seq, SessionId, UserId};

use crate::language::{Language, Telling};
use crate::line::{Closing, Line, Note};
use crate::place;
use crate::room::Standing;
use crate::wire::Wire;

/// A subscriber.
pub(super) struct Member {
    line: Line,
    place: Place,
    /// Told by the catch-up up to here.
    from: Seq,
    /// The last kept event this person was told.
    last: Seq,
}

/// Whether a member is still one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Heard {
    Stays,
    Goes,
}

/// What makes two members hear the same bytes.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Key {
    language: Language,
    last: Seq,
    /// A bit for each event of the chunk.
    heard: u64,
    /// Whom some of it is said to in words of their own.
    singled_out: Option<UserId>,
}

/// The frames of one chunk: members with the same chain and the same rights get the same bytes.
pub(super) struct Frames {
    session: SessionId,
    made: Vec<(Key, Wire)>,
}

impl Frames {
    pub(super) const fn new(session: SessionId) -> Self {
        Self { session, made: Vec::new() }
    }

    fn of(&mut self, chunk: &[Arc<Telling>], key: Key, place: &Place) -> Wire {
        if let Some((_, wire)) = self.made.iter().find(|(made_for, _)| *made_for == key) {
            return wire.clone();
        }
        let mut prev = key.last;
        let heard = heard_of(chunk, key.heard).map(|telling| {
            let position = match telling.envelope.seq {
                Some(seq) => Position::Kept { seq, prev: std::mem::replace(&mut prev, seq) },
                None => Position::After(prev),
            };
            (position, telling)
        });
        let wire = key.language.wire(self.session, place, heard);
        self.made.push((key, wire.clone()));
        wire
    }
}

fn heard_of(chunk: &[Arc<Telling>], heard: u64) -> impl Iterator<Item = &Telling> {
    chunk
        .iter()
        .enumerate()
        .filter(move |(index, _)| heard & bit(*index) != 0)
        .map(|(_, telling)| telling.as_ref())
}

/// The bit of an event in its chunk; a chunk has at most 64.
fn bit(index: usize) -> u64 {
    u32::try_from(index).ok().and_then(|index| 1_u64.checked_shl(index)).unwrap_or(0)
}

impl Member {
    pub(super) const fn new(line: Line, standing: &Standing) -> Self {
        Self { line, place: standing.place, from: standing.read, last: standing.last }
    }

    pub(super) const fn line(&self) -> &Line {
        &self.line
    }

    pub(super) const fn user(&self) -> UserId {
        self.place.user_id
    }

    /// Whether this person has a seat.
    pub(super) const fn is_on_stage(&self) -> bool {
        match self.place.role {
            Role::Owner | Role::Cohost | Role::Guest => true,
            Role::Viewer => false,
        }
    }

    /// Hears what it may of at most 64 events, in one go.
    pub(super) fn hear(&mut self, chunk: &[Arc<Telling>], frames: &mut Frames) -> Heard {
        let (last, managed, was_on_stage) = (self.last, self.place.manages, self.is_on_stage());
        let heard = self.take(chunk);
        if was_on_stage && !self.is_on_stage() && self.line.language() == Language::Socket {
            self.line.note(Note::OffStage);
        }
        if heard != 0 {
            let key =
                Key { language: self.line.language(), last, heard, singled_out: self.named(chunk, heard) };
            if !self.line.tell(frames.of(chunk, key, &self.place)) {
                return Heard::Goes;
            }
        }
        if self.is_put_out_by(chunk) {
            self.put_out(frames.session);
            return Heard::Goes;
        }
        if self.line.language().has_one_session() && heard_of(chunk, heard).any(Telling::is_end) {
            self.line.close(Closing::ENDED);
            return Heard::Goes;
        }
        if self.place.manages && !managed {
            return self.grew(frames.session);
        }
        if self.line.is_closed() { Heard::Goes } else { Heard::Stays }
    }

    /// The bits of what this person is told.
    fn take(&mut self, chunk: &[Arc<Telling>]) -> u64 {
        let mut heard = 0_u64;
        for (index, telling) in chunk.iter().enumerate() {
            if self.may_hear(telling) {
                heard |= bit(index);
            }
        }
        heard
    }

    fn named(&self, chunk: &[Arc<Telling>], heard: u64) -> Option<UserId> {
        let (language, user) = (self.line.language(), self.user());
        heard_of(chunk, heard).any(|telling| language.singles_out(telling, user)).then_some(user)
    }

    /// Waiting requests and invitations are news to this person. A snapshot has them; S3's clients know no snapshot
    /// in mid-show, and are told the requests that wait.
    fn grew(&self, session: SessionId) -> Heard {
        match self.line.language() {
            Language::V1 => {
                self.line.note(Note::StartOver(session));
                Heard::Goes
            }
            Language::Socket => {
                self.line.note(Note::Requests(session));
                Heard::Stays
            }
        }
    }

    /// The kick itself ends the subscription, also of somebody who came in while it was decided.
    fn is_put_out_by(&self, chunk: &[Arc<Telling>]) -> bool {
        let news = chunk.iter().filter(|telling| telling.envelope.seq > Some(self.from));
        news.filter_map(|telling| place::put_out(&telling.envelope.data)).any(|user| user == self.user())
    }

    /// Says that the subscription is over, to the client and to its reader; a socket of one session is closed.
    pub(super) fn put_out(&self, session: SessionId) {
        match self.line.language().removed(session) {
            Some(frame) => {
                self.line.tell(Wire::one(&frame));
                self.line.note(Note::Removed(session));
            }
            None => self.line.close(Closing::KICKED),
        }
    }

    fn may_hear(&mut self, telling: &Telling) -> bool {
        let envelope = &telling.envelope;
        if envelope.seq.is_some_and(|seq| seq <= self.from) {
            return false;
        }
        self.place = place::after(self.place, &envelope.data, telling.cohosts_manage);
        let told = envelope.data.audience().includes(&self.place)
            && self.line.language().tells(telling, &self.place);
        if told && let Some(seq) = envelope.seq {
            self.last = seq;
        }
        told
    }
}
