//! Made-up messages of a client of the relay: as they come, signed with any attributes, cut out of a stream, and late.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "only fuzzers and tests call it, and a panic is what they look for"
)]

use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

use onstage_domain::At;
use turn_types::attribute::{RequestedTransport, XorPeerAddress};
use turn_types::message::{ALLOCATE, CREATE_PERMISSION};
use turn_types::stun::attribute::{AttributeType, RawAttribute};
use turn_types::stun::message::{Message, Method, TransactionId};
use turn_types::stun::prelude::AttributeWrite;

use super::allocation::channel_bytes;
use super::credentials::Credentials;
use super::quota::quota;
use super::session::{Heard, Outcome, Relay, Session};
use super::stream::{MESSAGE_BYTES_MAX, Messages, Next, message_into};
use crate::fuzz::{Reached, pieces};
use crate::probe::message::{self, Signature, request};
use crate::probe::relay::{RelayUser, signature};

/// Attributes of one signed request.
const ATTRIBUTES: usize = 16;
/// Longest reply to what nobody has signed: no more than a few times what it takes to ask.
const CHALLENGE_BYTES: usize = 200;

struct World {
    relay: Relay,
    session: Session,
    heard: Heard,
    signature: Option<Signature>,
    messages: Messages,
    reached: Reached,
}

fn ours() -> [SocketAddr; 2] {
    [SocketAddr::from(([10, 0, 0, 1], 7_882)), SocketAddr::from(([10, 0, 0, 2], 7_883))]
}

/// What a client says. Read: what was answered or passed on; controls: what was passed on.
pub(crate) fn turn(data: &[u8]) -> Reached {
    let mut world = World::new();
    for (what, bytes) in pieces(data) {
        match what & 7 {
            0 => world.hear(bytes),
            1 => world.say(what >> 3, bytes),
            2 => world.stream(bytes),
            3 => world.hear(&channel_bytes(0x4000 | u16::from(what >> 3), bytes).unwrap_or_default()),
            4 => world.hear(&message::send(ours()[usize::from(what >> 3) & 1], bytes).unwrap_or_default()),
            5 => world.answer(ours()[usize::from(what >> 3) & 1], bytes),
            6 => world.sign_in(if what >> 3 == 0 { "ada" } else { "bob" }),
            _ => world.pass(Duration::from_secs(u64::from(what >> 3) * 40)),
        }
    }
    world.finish()
}

impl World {
    /// Ada has an allocation, and may send to the first of us.
    fn new() -> Self {
        let relay = Relay {
            credentials: Credentials::new(b"secret"),
            peers: HashMap::from([(ours()[0], 0), (ours()[1], 1)]),
            quota: quota(),
            relayed_from: Ipv4Addr::LOCALHOST.into(),
        };
        let remote = SocketAddr::from(([198, 51, 100, 9], 4_000));
        let heard = Heard { now: Instant::now(), at: At(1_800_000_000_000), remote };
        let (session, messages) = (Session::default(), Messages::default());
        let mut world =
            Self { relay, session, heard, signature: None, messages, reached: Reached::default() };
        world.sign_in("ada");
        world.ask(ALLOCATE, |_| vec![Box::new(RequestedTransport::new(17))]);
        world.ask(CREATE_PERMISSION, |transaction| {
            vec![Box::new(XorPeerAddress::new(ours()[0], transaction))]
        });
        assert!(world.session.relayed().is_some(), "there is an allocation");
        world.reached = Reached::default();
        world
    }

    /// One message, as it is.
    fn hear(&mut self, bytes: &[u8]) {
        match self.session.hear(&self.relay, self.heard, bytes) {
            Outcome::Nothing => {}
            Outcome::Reply(reply) => {
                self.reached.read += 1;
                let said = Message::from_bytes(&reply).expect("what we write can be read");
                let is_signed = said.attribute::<turn_types::stun::attribute::MessageIntegrity>().is_ok();
                assert!(is_signed || reply.len() <= CHALLENGE_BYTES, "{} bytes for nothing", reply.len());
            }
            Outcome::Relay { peer, .. } => {
                self.reached.read += 1;
                self.reached.controls += 1;
                assert!(ours().contains(&peer), "nothing is relayed to {peer}");
            }
        }
        assert!(self.relay.quota.taken() <= 1, "one client, one allocation");
    }

    /// A request with good credentials and any attributes: type and length of two bytes each, then the value.
    fn say(&mut self, method: u8, mut bytes: &[u8]) {
        let mut attributes: Vec<Box<dyn AttributeWrite>> = Vec::new();
        while let (Some((&[high, low, length], rest)), true) =
            (bytes.split_first_chunk::<3>(), attributes.len() < ATTRIBUTES)
        {
            let (value, rest) = rest.split_at(usize::from(length).min(rest.len()));
            let kind = AttributeType::new(u16::from_be_bytes([high, low]));
            // Names, passwords and seals are ours to write.
            if ![0x0006, 0x0008, 0x0014, 0x0015, 0x001c, 0x8028].contains(&kind.value()) {
                attributes.push(Box::new(RawAttribute::new_owned(kind, value.into())));
            }
            bytes = rest;
        }
        self.ask(Method::new(u16::from(method & 0x0f)), |_| attributes);
    }

    fn ask(
        &mut self,
        method: Method,
        attributes: impl FnOnce(TransactionId) -> Vec<Box<dyn AttributeWrite>>,
    ) {
        if let Some(bytes) = request(method, attributes, self.signature.as_ref()) {
            self.hear(&bytes);
        }
    }

    /// Bytes on a connection.
    fn stream(&mut self, bytes: &[u8]) {
        self.messages.push(bytes);
        loop {
            match self.messages.next_message() {
                Next::Message(message) => {
                    assert!(message.len() <= MESSAGE_BYTES_MAX, "no message is longer than it may be");
                    let mut padded = Vec::new();
                    message_into(&message, &mut padded);
                    assert!(padded.len() % 4 == 0 && padded.starts_with(&message), "padded as it has to be");
                    self.hear(&message);
                }
                Next::More => return,
                // The connection ends; the next has none of its bytes.
                Next::Garbage => return self.messages = Messages::default(),
            }
        }
    }

    /// What comes back from one of us.
    fn answer(&mut self, peer: SocketAddr, contents: &[u8]) {
        if let Some(back) = self.session.hear_peer(self.heard.now, peer, contents) {
            self.reached.controls += 1;
            let is_data = message::data(&back).is_some_and(|told| told == (peer, contents.to_vec()));
            assert!(is_data || back.get(4..) == Some(contents), "it arrives as it was sent");
        }
    }

    /// Takes a challenge, and signs with that name from now on.
    fn sign_in(&mut self, identity: &str) {
        let (username, credential) = self.relay.credentials.mint(identity, self.heard.at);
        let user = RelayUser { username, credential };
        let asked = request(ALLOCATE, |_| Vec::new(), None).expect("a request");
        if let Outcome::Reply(challenge) = self.session.hear(&self.relay, self.heard, &asked) {
            self.signature = signature(&challenge, &user);
        }
    }

    fn pass(&mut self, time: Duration) {
        self.heard.now += time;
        self.heard.at = self.heard.at.plus_ms(i64::try_from(time.as_millis()).unwrap_or(i64::MAX));
    }

    /// Whatever was said: without another word the allocation ends, and its place is free.
    fn finish(mut self) -> Reached {
        self.pass(Duration::from_secs(2 * 3_600));
        assert!(!self.session.lives(self.heard.now), "nothing lives for ever");
        assert_eq!(self.relay.quota.taken(), 0);
        self.reached
    }
}
