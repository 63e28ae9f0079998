//! What S3's clients are told.

use onstage_domain::chat::MessageView;
use onstage_domain::problem::Problem;
use onstage_domain::reply::Snapshot;
use onstage_domain::stage::ParticipantView;
use onstage_domain::{At, Envelope, Place, UserId};

use super::Signal;
use crate::v1::Position;

/// One frame of an event: several frames tell one event, and not everybody who may hear it is told each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// Who of those who may hear the event.
    pub to: Hearers,
    /// `{"type":…` without the closing brace: `framed` adds the place in the log.
    pub body: String,
}

/// Who of an event's audience hears a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hearers {
    /// All of it.
    All,
    /// One person.
    Only(UserId),
    /// All but one person.
    AllBut(UserId),
}

impl Hearers {
    /// Whether somebody who stands there, and may hear the event, hears this word.
    #[must_use]
    pub fn include(self, place: &Place) -> bool {
        match self {
            Self::All => true,
            Self::Only(user) => place.user_id == user,
            Self::AllBut(user) => place.user_id != user,
        }
    }
}

/// The words of an event; none where the language has no word for it. `viewer_count`: as it stands now.
#[must_use]
pub fn words(envelope: &Envelope, viewer_count: u32) -> Vec<Word> {
    let _not_yet = (envelope, viewer_count);
    Vec::new()
}

/// A word's frame at its place: `seq` and `prev`, or `after` (all words of one event share them).
#[must_use]
pub fn framed(body: &str, position: Position) -> String {
    match position {
        Position::Kept { seq, prev } => format!(r#"{body},"seq":{},"prev":{}}}"#, seq.0, prev.0),
        Position::After(seq) => format!(r#"{body},"after":{}}}"#, seq.0),
    }
}

/// `current_participants`: staged people, then the viewers that are handed in (the first hundred).
#[must_use]
pub fn participants_frame(snapshot: &Snapshot, viewers: &[ParticipantView]) -> String {
    let _not_yet = (snapshot, viewers);
    String::new()
}

/// A `chat_message` of before, with `history: true`.
#[must_use]
pub fn history_frame(message: &MessageView) -> String {
    let _not_yet = message;
    String::new()
}

/// `pong`.
#[must_use]
pub fn pong_frame(now: At) -> String {
    let _not_yet = now;
    String::new()
}

/// `error`.
#[must_use]
pub fn error_frame(action: Option<&str>, problem: &Problem) -> String {
    let _not_yet = (action, problem);
    String::new()
}

/// `webrtc_signal` as its receiver reads it.
#[must_use]
pub fn signal_frame(from: UserId, signal: &Signal) -> String {
    let _not_yet = (from, signal);
    String::new()
}
