//! The frames S3's clients read, and who reads which.

use onstage_domain::chat::MessageView;
use onstage_domain::problem::Problem;
use onstage_domain::reply::Snapshot;
use onstage_domain::stage::ParticipantView;
use onstage_domain::{At, Place, UserId};
use serde_json::{Value, json};

use super::actions::SERVER;
use super::told::{ChatMessage, Told};
use super::{Signal, SignalTarget, StandIn};
use crate::live::Participant;
use crate::problem::problem_body;
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
    let people = snapshot.participants.iter().chain(viewers);
    let told = Told::CurrentParticipants {
        participants: people.cloned().map(Participant::from).collect(),
        viewer_count: snapshot.viewer_count,
        seq: snapshot.seq.0,
    };
    told.text()
}

/// A `chat_message` of before, with `history: true`.
#[must_use]
pub fn history_frame(message: &MessageView) -> String {
    Told::ChatMessage(ChatMessage::of(message, true)).text()
}

/// `pong`.
#[must_use]
pub fn pong_frame(now: At) -> String {
    Told::Pong { timestamp: now.into() }.text()
}

/// `error`.
#[must_use]
pub fn error_frame(action: Option<&str>, problem: &Problem) -> String {
    let told = Told::Error {
        action,
        code: problem.code.name(),
        message: &problem.detail,
        problem: problem_body(problem, None),
    };
    told.text()
}

/// `webrtc_signal` as its receiver reads it.
#[must_use]
pub fn signal_frame(from: UserId, signal: &Signal) -> String {
    let from_user_id = &from.to_string();
    Told::WebrtcSignal { signal_type: &signal.kind, from_user_id, signal_data: &signal.data }.text()
}

/// What the SFU says for a person, or for itself, in the words of that person's client.
#[must_use]
pub fn stand_in_frame(from: SignalTarget, word: StandIn<'_>) -> String {
    let from_user_id = &match from {
        SignalTarget::Person(person) => person.to_string(),
        SignalTarget::Server => SERVER.to_owned(),
    };
    let (signal_type, signal_data) = match word {
        StandIn::Answer(sdp) => ("answer", &json!({ "type": "answer", "sdp": sdp })),
        StandIn::Goodbye => ("bye", &Value::Null),
    };
    Told::WebrtcSignal { signal_type, from_user_id, signal_data }.text()
}
