//! The frames of `/v1/events`, in both directions (`shapes.md` §7).

use onstage_domain::problem::{Code, Problem};
use onstage_domain::reply::Snapshot;
use onstage_domain::{Seq, SessionId};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::SnapshotBody;
use crate::fields::{Field, Fields, Wrong, as_is, id};
use crate::problem::{ProblemBody, problem_body};

/// Longest frame a client may send, bytes.
/// tidy: bounded by `reaches_frame_length_max`.
pub const FRAME_LENGTH_MAX: usize = 64 * 1024;

/// What a client sent.
#[derive(Clone, Debug, PartialEq)]
pub struct ClientFrame {
    /// The client's number for it; answered in `reply_to`.
    pub id: Option<Value>,
    /// What it wants.
    pub wish: Wish,
}

/// What a client wants.
#[derive(Clone, Debug, PartialEq)]
pub enum Wish {
    /// To sign in, first frame of all.
    Authenticate {
        /// JWT or ticket.
        access_token: String,
    },
    /// To hear a session, from a place in its log or from a snapshot.
    Subscribe {
        /// Which.
        session: SessionId,
        /// The last `seq` it has.
        since: Option<Seq>,
    },
    /// To hear it no more.
    Unsubscribe {
        /// Which.
        session: SessionId,
    },
    /// To change something.
    Command {
        /// `<slice>.<verb>`.
        name: String,
        /// The REST body plus the ids of the path.
        data: Value,
    },
    /// To be answered.
    Ping,
}

/// A frame that could not be read; a problem is answered, and ten in a minute close the socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FrameError {
    /// The client's number, where that much could be read.
    pub id: Option<Value>,
    /// Why.
    pub problem: Problem,
}

#[derive(Default, Deserialize)]
struct RawFrame {
    id: Field<Value>,
    #[serde(rename = "type")]
    kind: Field<String>,
    access_token: Field<String>,
    session_id: Field<String>,
    since: Field<i64>,
    name: Field<String>,
    data: Field<Value>,
}

/// Reads a frame.
pub fn parse_frame(text: &str) -> Result<ClientFrame, FrameError> {
    if text.len() > FRAME_LENGTH_MAX {
        return Err(FrameError { id: None, problem: Problem::new(Code::TooLarge) });
    }
    let mut raw: RawFrame = serde_json::from_str(text)
        .map_err(|_| FrameError { id: None, problem: Problem::new(Code::Unreadable) })?;
    let id = match std::mem::take(&mut raw.id) {
        Field::Value(value @ (Value::Number(_) | Value::String(_))) => Some(value),
        Field::Value(_) | Field::Absent | Field::WrongType => None,
    };
    match wish(raw) {
        Ok(wish) => Ok(ClientFrame { id, wish }),
        Err(problem) => Err(FrameError { id, problem }),
    }
}

fn wish(raw: RawFrame) -> Result<Wish, Problem> {
    let unknown = || Problem::because(Code::UnknownCommand, "no frame of this type is known");
    let kind = raw.kind.value().cloned().ok_or_else(unknown)?;
    let mut fields = Fields::default();
    match kind.as_str() {
        "authenticate" => {
            let access_token = fields.required("/access_token", raw.access_token, as_is);
            fields.finish(|| Some(Wish::Authenticate { access_token: access_token? }))
        }
        "subscribe" => {
            let session = fields.required("/session_id", raw.session_id, id);
            let since = fields.optional("/since", raw.since, place);
            fields.finish(|| Some(Wish::Subscribe { session: session?, since }))
        }
        "unsubscribe" => {
            let session = fields.required("/session_id", raw.session_id, id);
            fields.finish(|| Some(Wish::Unsubscribe { session: session? }))
        }
        "command" => {
            let name = fields.required("/name", raw.name, as_is);
            let data = fields.optional("/data", raw.data, as_is);
            let data = data.unwrap_or_else(|| Value::Object(serde_json::Map::new()));
            fields.finish(|| Some(Wish::Command { name: name?, data }))
        }
        "ping" => Ok(Wish::Ping),
        _ => Err(unknown()),
    }
}

fn place(seq: i64) -> Result<Seq, Wrong> {
    if seq < 0 { Err(Wrong::OutOfRange("use 0 or more".into())) } else { Ok(Seq(seq)) }
}

/// Where an event stands for one reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Position {
    /// A kept event: its own place, and the place of the one before it that this reader may hear.
    Kept {
        /// Its place.
        seq: Seq,
        /// The one before.
        prev: Seq,
    },
    /// An ephemeral event: told after this kept one.
    After(Seq),
}

/// `{session_id, events:[…]}` of events whose tails were made before (see `event_tail`).
#[must_use]
pub fn events_frame<'a>(session: SessionId, events: impl IntoIterator<Item = (Position, &'a str)>) -> String {
    let mut frame = format!(r#"{{"session_id":"{session}","events":["#);
    for (index, (position, tail)) in events.into_iter().enumerate() {
        if index > 0 {
            frame.push(',');
        }
        let head = match position {
            Position::Kept { seq, prev } => format!(r#"{{"seq":{},"prev":{},"#, seq.0, prev.0),
            Position::After(seq) => format!(r#"{{"after":{},"#, seq.0),
        };
        frame.push_str(&head);
        frame.push_str(tail);
    }
    frame.push_str("]}");
    frame
}

#[derive(Serialize)]
struct SnapshotFrame {
    session_id: SessionId,
    snapshot: SnapshotBody,
    seq: i64,
}

/// `{session_id, snapshot, seq}`.
#[must_use]
pub fn snapshot_frame(session_id: SessionId, snapshot: Snapshot) -> String {
    let seq = snapshot.seq.0;
    text_of(&SnapshotFrame { session_id, snapshot: snapshot.into(), seq })
}

/// `{session_id, caught_up}`: everything up to there was told.
#[must_use]
pub fn caught_up_frame(session: SessionId, seq: Seq) -> String {
    format!(r#"{{"session_id":"{session}","caught_up":{}}}"#, seq.0)
}

/// `{session_id, resync}`: the log does not reach back; a snapshot follows.
#[must_use]
pub fn resync_frame(session: SessionId) -> String {
    format!(r#"{{"session_id":"{session}","resync":true}}"#)
}

#[derive(Serialize)]
struct RemovedFrame {
    session_id: SessionId,
    removed: bool,
    problem: ProblemBody,
}

/// `{session_id, removed, problem}`: this subscription is over, and why.
#[must_use]
pub fn removed_frame(session_id: SessionId, problem: &Problem) -> String {
    text_of(&RemovedFrame { session_id, removed: true, problem: problem_body(problem, None) })
}

#[derive(Serialize)]
struct OkFrame<'a> {
    reply_to: Option<&'a Value>,
    ok: Value,
}

/// `{reply_to, ok}`; `ok` is the body of the REST call, or `true`.
#[must_use]
pub fn ok_frame(reply_to: Option<&Value>, ok: Value) -> String {
    text_of(&OkFrame { reply_to, ok })
}

#[derive(Serialize)]
struct ProblemFrame<'a> {
    reply_to: Option<&'a Value>,
    problem: ProblemBody,
}

/// `{reply_to, problem}`.
#[must_use]
pub fn problem_frame(reply_to: Option<&Value>, problem: &Problem) -> String {
    text_of(&ProblemFrame { reply_to, problem: problem_body(problem, None) })
}

fn text_of<T: Serialize>(frame: &T) -> String {
    serde_json::to_string(frame).unwrap_or_default()
}

#[cfg(test)]
mod tests;
