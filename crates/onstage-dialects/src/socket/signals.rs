//! What a signal says, as far as the SFU has to know it to answer: S3's document names no more than "offer/answer/ICE", so
//! the words that its clients are known to use are all read.

use serde_json::Value;

use super::Signal;

/// What a signal says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning<'a> {
    /// A peer connection is offered, by this description (RFC 8866).
    Offer(&'a str),
    /// Another way to its client (RFC 8839 section 5.1).
    Candidate(&'a str),
    /// There are no more ways.
    LastCandidate,
    /// The peer connection is over.
    Goodbye,
    /// An offer or a candidate without its text.
    Incomplete,
    /// Anything else.
    Other,
}

/// What the SFU says in the place of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StandIn<'a> {
    /// The answer to an offer.
    Answer(&'a str),
    /// The peer connection is over.
    Goodbye,
}

impl Signal {
    /// Reads what is otherwise relayed unread.
    #[must_use]
    pub fn meaning(&self) -> Meaning<'_> {
        match self.kind.as_str() {
            "offer" => text(&self.data, "sdp").map_or(Meaning::Incomplete, Meaning::Offer),
            "ice_candidate" | "ice-candidate" | "icecandidate" | "candidate" | "ice" => self.candidate(),
            "bye" | "leave" | "hangup" | "close" => Meaning::Goodbye,
            _ => Meaning::Other,
        }
    }

    /// The last one is `null`, or empty, in whichever wrapping.
    fn candidate(&self) -> Meaning<'_> {
        let named = self.data.get("candidate");
        if self.data.is_null() || named.is_some_and(Value::is_null) {
            return Meaning::LastCandidate;
        }
        match text(&self.data, "candidate") {
            Some("") => Meaning::LastCandidate,
            Some(candidate) => Meaning::Candidate(candidate),
            None => Meaning::Incomplete,
        }
    }
}

/// A bare text, the field of that name, or the field of that name within it.
fn text<'a>(data: &'a Value, name: &str) -> Option<&'a str> {
    let field = data.get(name);
    let inner = field.and_then(|field| field.get(name));
    [Some(data), field, inner].into_iter().flatten().find_map(Value::as_str)
}
