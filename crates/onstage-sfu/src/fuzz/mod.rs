//! One function for each kind of outside input: `fuzz/` gives it made-up bytes, `make test` the inputs that are kept.
//!
//! Behind each stands the real shard with two real clients; only the cryptography is plain ([`plain`]), so that bytes
//! nobody could seal reach the code that reads them. Each function ends with the two things that have to hold: no
//! session broke by a fault of ours, and nobody else's session ended.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    reason = "only fuzzers and tests call it, and a panic is what they look for"
)]

mod bot;
mod pieces;
mod plain;
mod stage;

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use str0m::crypto::CryptoProvider;

use crate::control::{Control, DataChannel, PeerOptions, PeerRole, TrackSource};
use crate::forward::payload::Reader;
use crate::fuzz::pieces::{filled_in, laid_over, pieces, with_checksum};
use crate::fuzz::plain::{CONTENTS, TAG};
pub use crate::fuzz::stage::Reached;
use crate::fuzz::stage::{
    CAMERA, HOST, MICROPHONE, PICTURE, PICTURES, ROOM, Stage, VIEWER, description, shard,
};
use crate::notice::Codec;
use crate::peer::config::Foundry;
use crate::shard::{Input, Shard, ShardConfig};

/// The plain cryptography, for a test's own clients.
#[must_use]
pub fn crypto() -> Arc<CryptoProvider> {
    plain::crypto(false)
}

/// What breaks a session of [`breaking_shard`] that opens a packet with it.
pub const BREAKS: [u8; 8] = plain::BREAKS;

/// An empty shard on plain cryptography with a fault in it, for a test that shows how far a fault reaches.
#[must_use]
pub fn breaking_shard(config: ShardConfig, now: Instant) -> Shard {
    Shard::around(Foundry::with_crypto(plain::crypto(true), config.candidates, config.tcp_candidates), now)
}

/// An empty shard on plain cryptography.
#[must_use]
pub fn plain_shard(config: ShardConfig, now: Instant) -> Shard {
    Shard::around(Foundry::with_crypto(plain::crypto(false), config.candidates, config.tcp_candidates), now)
}

/// A packet of media as plain cryptography seals it.
#[must_use]
pub fn sealed(rtp: &[u8]) -> Vec<u8> {
    let mut datagram = [rtp, &TAG].concat();
    datagram[0] = datagram[0] & 0x3f | 0x80;
    datagram
}

/// A packet of feedback as plain cryptography seals it (RFC 3711 §3.4): contents, tag, index with the mark of encryption.
#[must_use]
pub fn sealed_feedback(rtcp: &[u8], index: u32) -> Vec<u8> {
    let mut datagram = [rtcp, &TAG, &(0x8000_0000 | index).to_be_bytes()].concat();
    datagram[0] = datagram[0] & 0x3f | 0x80;
    datagram
}

/// Gives every kept input of a target to the function that it was made for, and names the one that breaks it.
pub fn replay<T>(target: &str, takes: impl Fn(&[u8]) -> T) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus").join(target);
    let entries = folder.read_dir().expect("a folder of inputs");
    let mut inputs: Vec<_> = entries.map(|entry| entry.expect("an input").path()).collect();
    inputs.sort();
    assert!(!inputs.is_empty(), "no inputs in {}", folder.display());
    for input in inputs {
        let bytes = std::fs::read(&input).expect("an input that can be read");
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| takes(&bytes)));
        assert!(outcome.is_ok(), "{}", input.display());
    }
}

/// Descriptions in one input, each ended by a zero.
const DESCRIPTIONS: usize = 4;

/// Datagrams of any kind from a stranger and from the viewer; checks of the viewer, changed (STUN, and whose it is).
pub fn datagrams(data: &[u8]) -> Reached {
    let stranger = SocketAddr::from(([203, 0, 113, 9], 4_444));
    let mut stage = Stage::new();
    for piece in pieces(data) {
        let viewer = stage.viewer.address;
        match piece.what & 7 {
            0 => stage.inject(stranger, piece.bytes),
            1 => stage.inject(viewer, piece.bytes),
            2 => stage.inject(viewer, &laid_over(&stage.viewer.last[0].clone(), piece.bytes)),
            3 => stage.inject(stranger, &laid_over(&stage.viewer.last[0].clone(), piece.bytes)),
            4 => stage.inject(viewer, &laid_over(&stage.viewer.last[3].clone(), piece.bytes)),
            5 => stage.inject(viewer, &laid_over(&stage.host.last[1].clone(), piece.bytes)),
            6 => stage.film(usize::from(piece.what >> 3), &PICTURE),
            _ => stage.pass(u64::from(piece.what) * 16),
        }
    }
    stage.finish(HOST)
}

/// RTP of a host: headers and payloads of every codec, good ones changed, under a gate that opens and closes.
pub fn rtp(data: &[u8]) -> Reached {
    let mut stage = Stage::new();
    for piece in pieces(data) {
        let host = stage.host.address;
        let layer = usize::from(piece.what >> 3);
        match piece.what & 7 {
            0 => stage.inject(host, &sealed(piece.bytes)),
            1 => {
                stage.film_as(PICTURES[usize::from(piece.what >> 5) % PICTURES.len()], layer & 3, piece.bytes)
            }
            2 => {
                let (level, payload) = piece.bytes.split_first().unwrap_or((&0, &[]));
                stage.speak_as(piece.what & 0x80 != 0, level.cast_signed(), payload);
            }
            3 => stage.inject(host, &laid_over(&stage.host.last[1].clone(), piece.bytes)),
            4 => stage.inject(stage.viewer.address, &sealed(piece.bytes)),
            5 => {
                let track = if layer & 1 == 0 { CAMERA } else { MICROPHONE };
                let _ = stage.tell(Control::SetGate { track, open: layer & 2 == 0 });
            }
            6 => stage.film(layer, &PICTURE),
            _ => stage.pass(u64::from(piece.what) * 8),
        }
    }
    stage.finish(VIEWER)
}

/// RTCP of a viewer and of a host. `SSR0`… stand for the SSRCs that the viewer was sent, `Q0`… for their newest numbers.
pub fn rtcp(data: &[u8]) -> Reached {
    let mut stage = Stage::new();
    for layer in [0, 0, 0, 1, 2] {
        stage.film(layer, &PICTURE);
    }
    stage.speak(-20, &[1; 40]);
    let mut index = 0;
    for piece in pieces(data) {
        index += 1;
        match piece.what & 7 {
            5 => stage.inject(stage.viewer.address, &laid_over(&stage.viewer.last[2].clone(), piece.bytes)),
            6 => stage.film(usize::from(piece.what >> 3), &PICTURE),
            7 => stage.pass(u64::from(piece.what) * 16),
            who => {
                let bot = if who == 0 { &stage.host } else { &stage.viewer };
                let (ssrcs, numbers): (Vec<_>, Vec<_>) =
                    bot.heard.iter().map(|(ssrc, number)| (ssrc.to_be_bytes(), number.to_be_bytes())).unzip();
                let (source, mut contents) = (bot.address, piece.bytes.to_vec());
                filled_in(&mut contents, b"SSR", &ssrcs);
                filled_in(&mut contents, b"Q", &numbers);
                stage.inject(source, &sealed_feedback(&contents, index));
            }
        }
    }
    stage.finish(HOST)
}

/// SCTP packets of a viewer with the right tag and checksum, and messages on open data channels.
pub fn sctp(data: &[u8]) -> Reached {
    let mut stage = Stage::new();
    for piece in pieces(data) {
        let viewer = stage.viewer.address;
        let last = stage.viewer.last[3].get(1..).unwrap_or_default().to_vec();
        let header = last.get(..12).unwrap_or_default();
        match piece.what & 7 {
            0 => stage.inject(viewer, &record(with_checksum([header, piece.bytes].concat()))),
            1 => stage.inject(viewer, &record(with_checksum(laid_over(&last, piece.bytes)))),
            2 => stage.inject(viewer, &record(piece.bytes.to_vec())),
            3 => stage.viewer.say(piece.bytes, piece.what & 8 == 0),
            4 => stage.host.say(piece.bytes, piece.what & 8 == 0),
            5 | 6 => {
                let channel = if piece.what & 8 == 0 { DataChannel::Reliable } else { DataChannel::Lossy };
                let contents: Arc<[u8]> = piece.bytes.into();
                let _ = stage.tell(Control::SendData { peers: vec![VIEWER, HOST], channel, contents });
            }
            _ => stage.pass(u64::from(piece.what) * 16),
        }
        stage.settle();
    }
    stage.finish(HOST)
}

fn record(packet: Vec<u8>) -> Vec<u8> {
    [vec![CONTENTS], packet].concat()
}

/// Offers and candidates of a publisher, or of a single connection.
pub fn offer(data: &[u8]) -> Reached {
    let (what, texts) = data.split_first().unwrap_or((&0, &[]));
    let role = if what & 1 == 0 { PeerRole::Publisher } else { PeerRole::Single };
    let (mut shard, now) = shard();
    let mut reached = Reached::default();
    let open = Control::OpenPeer { peer: HOST, room: ROOM, role, options: PeerOptions::default() };
    let mut tell = |control| {
        let told = shard.handle(now, Input::Control(control));
        while shard.poll().is_some() {}
        told.is_ok()
    };
    assert!(tell(open), "a peer is opened");
    for (track, source) in [(CAMERA, TrackSource::Camera), (MICROPHONE, TrackSource::Microphone)] {
        tell(Control::ExpectTrack { peer: HOST, track, description: description(track, source) });
    }
    for text in texts.split(|byte| *byte == 0).take(DESCRIPTIONS) {
        let text = String::from_utf8_lossy(text).into_owned();
        let is_candidate = text.starts_with("candidate") || text.starts_with("a=candidate");
        let control = if is_candidate {
            Control::RemoteCandidate { peer: HOST, candidate: text }
        } else {
            Control::AcceptOffer { peer: HOST, offer_id: 1, sdp: text }
        };
        reached.accepted += usize::from(tell(control));
    }
    assert_eq!(shard.counters().faults, 0, "the session panicked or never came to its end");
    reached
}

/// Answers of a viewer to a restarted offer. `$M0`… stand for the ids of its m-lines.
pub fn answer(data: &[u8]) -> Reached {
    let mut stage = Stage::new();
    stage.is_answering = false;
    for text in data.split(|byte| *byte == 0).take(DESCRIPTIONS) {
        let _ = stage.tell(Control::RestartIce { peer: VIEWER });
        let Some((offer_id, offer)) = stage.offered.clone() else { break };
        let mut sdp = String::from_utf8_lossy(text).into_owned();
        for (place, mid) in offer.lines().filter_map(|line| line.strip_prefix("a=mid:")).enumerate() {
            sdp = sdp.replace(&format!("$M{place}"), mid.trim());
        }
        let told = stage.tell(Control::AcceptAnswer { peer: VIEWER, offer_id, sdp });
        stage.reached.accepted += usize::from(told.is_ok());
    }
    stage.finish(HOST)
}

/// Two parameter sets of the longest kind that is kept, in one packet.
const PREFACE_LENGTH: usize = 1 + 2 * (2 + 256);

/// Payloads of every codec, as they are read for key frames, ids and blocks; VP8's are written again with other ids.
pub fn payload(data: &[u8]) -> Reached {
    let codecs = [Codec::Vp8, Codec::H264, Codec::Vp9, Codec::Av1, Codec::Red, Codec::Opus];
    let mut reader = Reader::default();
    let mut reached = Reached::default();
    for piece in pieces(data) {
        let codec = codecs[usize::from(piece.what & 7) % codecs.len()];
        let read = reader.read(codec, Arc::from(piece.bytes), u32::from(piece.what >> 3));
        reached.accepted += usize::from(!read.contents.is_empty());
        reached.key_frames += usize::from(read.starts_key_frame);
        assert!(
            codec == Codec::Vp8 || read.contents.is_empty() || *read.contents == *piece.bytes,
            "a payload passes as it is, or not at all; VP8's gets room for longer ids"
        );
        if let Some(newest) = &read.newest {
            assert!(!newest.contents.is_empty() && piece.bytes.ends_with(&newest.contents), "the last block");
        }
        let preface = read.preface.as_ref().map_or(0, |preface| preface.len());
        assert!(preface <= PREFACE_LENGTH, "{preface} bytes before a key frame");
        if let Some(vp8) = &read.vp8 {
            let mut ids = vp8.ids;
            ids.picture = ids.picture.map(|picture| picture.wrapping_add(u16::from(piece.what)));
            let _ = vp8.patch(ids);
        }
    }
    reached
}

#[cfg(test)]
mod tests;
