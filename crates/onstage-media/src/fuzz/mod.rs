//! One function for each kind of outside input: `fuzz/` gives it made-up bytes, `make test` the inputs that are kept.
//!
//! Behind them stand a real room with people in it and a real shard; there is no task and no clock, and no socket but
//! those that hold the relay's ports.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    reason = "only fuzzers and tests call it, and a panic is what they look for"
)]

mod day;
mod stage;

use std::collections::HashMap;

use axum::extract::Query;
use http::Uri;
use livekit_protocol as proto;
use onstage_sfu::{DataChannel, Notice};
use prost::Message as _;

pub use self::day::Day;
use self::stage::{NOON, Stage};
use crate::livekit::packet::{Envelope, Sender};
use crate::livekit::query::{Layout, RawQuery, Wishes};
use crate::livekit::tokens::Tokens;
use crate::livekit::{api, join_request};
use crate::net::tcp::frames::Unframer;
use crate::net::turn;
use crate::whip;

/// Most pieces of one input, so that each is done in a moment.
const PIECES: usize = 64;

/// What came of an input, for tests that see how deep it got.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Reached {
    /// Pieces that could be read.
    pub read: usize,
    /// Instructions that the room gave.
    pub controls: usize,
}

/// An input taken apart: what, length (two bytes, little end first), bytes; the last piece may be cut short.
pub(crate) fn pieces(mut data: &[u8]) -> Vec<(u8, &[u8])> {
    let mut pieces = Vec::new();
    while let (Some((&[what, low, high], rest)), true) =
        (data.split_first_chunk::<3>(), pieces.len() < PIECES)
    {
        let (bytes, rest) = rest.split_at(usize::from(u16::from_le_bytes([low, high])).min(rest.len()));
        pieces.push((what, bytes));
        data = rest;
    }
    pieces
}

/// Signalling of two people, in both encodings, with the shard's answers.
pub fn signal(data: &[u8]) -> Reached {
    let mut stage = Stage::new();
    for (what, bytes) in pieces(data) {
        let who = usize::from(what >> 4);
        let request = match what & 3 {
            0 | 1 => proto::SignalRequest::decode(bytes).ok(),
            2 => serde_json::from_slice(bytes).ok(),
            _ => {
                stage.pass(u64::from(what));
                continue;
            }
        };
        if let Some(message) = request.and_then(|request: proto::SignalRequest| request.message) {
            stage.reached.read += 1;
            stage.say(who, message);
        }
    }
    stage.finish()
}

/// Data packets: read, signed with the sender's name, and passed on by a room.
pub fn packet(data: &[u8]) -> Reached {
    let mut stage = Stage::new();
    for (what, bytes) in pieces(data) {
        let lossy = what & 1 == 1;
        let sender = Sender { sid: "PA_real", identity: "real", lossy };
        if let Some(envelope) = Envelope::read(bytes) {
            stage.reached.read += 1;
            let signed = envelope.signed(&sender);
            assert!(Envelope::read(&signed).is_some(), "what we write can be read");
            if let Ok(packet) = proto::DataPacket::decode(signed.as_slice()) {
                assert_eq!(
                    (packet.participant_identity.as_str(), packet.participant_sid.as_str()),
                    ("real", "PA_real"),
                    "nobody speaks in another's name"
                );
            }
        }
        let channel = if lossy { DataChannel::Lossy } else { DataChannel::Reliable };
        for peer in stage.peers() {
            stage.notice(Notice::DataReceived { peer, channel, contents: bytes.to_vec() });
        }
    }
    stage.finish()
}

/// What comes with a join: its query, the packed request of the single layout, a token; then the join itself.
pub fn join(data: &[u8]) -> Reached {
    let mut stage = Stage::new();
    for (what, bytes) in pieces(data) {
        let text = String::from_utf8_lossy(bytes);
        let layout = if what & 8 == 0 { Layout::Dual } else { Layout::Single };
        let wishes: Option<Wishes> = match what & 3 {
            0 => join_request::read(&text, "").ok(),
            1 => {
                let uri = format!("/rtc?{text}").parse::<Uri>().ok();
                let query = uri.and_then(|uri| Query::<RawQuery>::try_from_uri(&uri).ok());
                query.and_then(|Query(query)| query.wishes(layout, "").ok())
            }
            2 => {
                let pairs: HashMap<String, String> = serde_json::from_slice(bytes).unwrap_or_default();
                let raw =
                    serde_json::to_value(pairs).ok().and_then(|value| serde_json::from_value(value).ok());
                raw.and_then(|raw: RawQuery| raw.wishes(layout, "Firefox/140").ok())
            }
            _ => {
                let known = Tokens::new("key", "secret").verify(&text, NOON).is_ok();
                stage.reached.read += usize::from(known);
                continue;
            }
        };
        if let Some(wishes) = wishes {
            stage.reached.read += 1;
            stage.join(&format!("guest-{}", what >> 4), wishes);
        }
    }
    stage.finish()
}

/// Calls of the room service, in both encodings, and what a room does with them.
pub fn twirp(data: &[u8]) -> Reached {
    let mut stage = Stage::new();
    for (what, bytes) in pieces(data) {
        let (is_read, ask) = api::fuzz::read(what, bytes);
        if let Some(ask) = ask {
            stage.call(ask);
        }
        stage.reached.read += usize::from(is_read);
    }
    stage.finish()
}

/// Frames on a TCP connection, in pieces of any length.
pub fn frames(data: &[u8]) -> Reached {
    let mut unframer = Unframer::default();
    let mut reached = Reached::default();
    for (_, bytes) in pieces(data) {
        unframer.push(bytes);
        loop {
            match unframer.next_frame() {
                Some(Some(frame)) => {
                    assert!(frame.len() <= bytes.len().max(2_048), "no frame is longer than it may be");
                    reached.read += 1;
                }
                Some(None) => break,
                None => return reached,
            }
        }
    }
    reached
}

/// Messages to the relay from somebody with an allocation: raw, signed with any attributes, cut out of a stream.
pub fn turn(data: &[u8]) -> Reached {
    turn::fuzz::turn(data)
}

/// Fragments of a session that is made by HTTP, and its offer: texts, each ended by a zero, the offer first.
pub fn fragment(data: &[u8]) -> Reached {
    whip::fuzz::fragment(data)
}

#[cfg(test)]
mod tests;
