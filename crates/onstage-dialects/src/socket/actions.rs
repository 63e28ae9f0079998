//! What S3's clients send.

use onstage_domain::problem::{Code, Problem};
use onstage_domain::{Command, SessionId, UserId};
use serde_json::Value;

/// What a client wants.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// A heartbeat, answered `pong`.
    Ping,
    /// Any sign of life that wants no answer (`pong`).
    SignOfLife,
    /// To change something.
    Command(Command),
    /// To reach somebody's peer connection.
    Signal(Signal),
}

/// A WebRTC signal on its way (S3-11, S3-27); its words are the clients' own.
#[derive(Clone, Debug, PartialEq)]
pub struct Signal {
    /// For whom.
    pub to: SignalTarget,
    /// `offer`, `answer`, `ice_candidate`, …
    pub kind: String,
    /// As it came.
    pub data: Value,
}

/// Whom a signal is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignalTarget {
    /// `server`: the SFU.
    Server,
    /// A person.
    Person(UserId),
}

/// A frame that was refused before anybody was asked; ten in a minute close the socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActionError {
    /// Its `action`, where that much could be read.
    pub action: Option<String>,
    /// Why.
    pub problem: Problem,
}

/// Reads a frame of this person in this session.
pub fn parse_action(text: &str, session: SessionId, caller: UserId) -> Result<Action, ActionError> {
    let _not_yet = (text, session, caller);
    Err(ActionError { action: None, problem: Problem::new(Code::UnknownCommand) })
}
