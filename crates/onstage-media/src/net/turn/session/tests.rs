//! Catches a relay that is open to the world: for strangers, to other places than our own candidates, or without end.

#![allow(clippy::arithmetic_side_effects, clippy::indexing_slicing, reason = "tests")]

use proptest::prelude::*;
use turn_types::stun::message::Method;
use turn_types::stun::prelude::AttributeWrite;

use super::super::allocation::CHANNELS_MAX;
use super::super::quota::{ALLOCATIONS_MAX, ALLOCATIONS_PER_USER_MAX, RELAYED_BYTES_PER_SECOND_MAX, quota};
use super::*;
use crate::probe::message::{self, Signature, request};
use crate::probe::relay::{RelayUser, signature};

const AT: At = At(1_800_000_000_000);
const OURS: &str = "127.0.0.1:7882";
/// The loopback of this machine, its cloud's secrets, its neighbours, and the world.
const FOREIGN: [&str; 6] =
    ["127.0.0.1:22", "169.254.169.254:80", "192.168.0.1:7882", "10.0.0.1:7882", "[::1]:7882", "8.8.8.8:53"];

struct World {
    relay: Relay,
    session: Session,
    heard: Heard,
    signature: Option<Signature>,
}

fn address(text: &str) -> SocketAddr {
    text.parse().unwrap()
}

fn attributes(
    list: Vec<Box<dyn AttributeWrite>>,
) -> impl FnOnce(TransactionId) -> Vec<Box<dyn AttributeWrite>> {
    |_| list
}

fn peer(to: &str) -> impl FnOnce(TransactionId) -> Vec<Box<dyn AttributeWrite>> {
    let to = address(to);
    move |transaction| vec![Box::new(XorPeerAddress::new(to, transaction))]
}

fn channel(number: u16, to: &str) -> impl FnOnce(TransactionId) -> Vec<Box<dyn AttributeWrite>> {
    let to = address(to);
    move |transaction| {
        vec![Box::new(ChannelNumber::new(number)), Box::new(XorPeerAddress::new(to, transaction))]
    }
}

impl World {
    fn new() -> Self {
        let relay = Relay {
            credentials: Credentials::new(b"secret"),
            peers: HashMap::from([(address(OURS), 0), (address("203.0.113.7:7883"), 1)]),
            quota: quota(),
            relayed_from: "127.0.0.1".parse().unwrap(),
        };
        let heard = Heard { now: Instant::now(), at: AT, remote: address("198.51.100.9:4000") };
        Self { relay, session: Session::default(), heard, signature: None }
    }

    /// With an allocation of ada's.
    fn allocated() -> Self {
        let mut world = Self::new();
        world.sign_in("ada");
        assert_eq!(world.allocate(), Ok(()));
        world
    }

    fn hear(&mut self, bytes: &[u8]) -> Outcome {
        self.session.hear(&self.relay, self.heard, bytes)
    }

    /// Takes a challenge, and signs from now on.
    fn sign_in(&mut self, identity: &str) {
        let (username, credential) = self.relay.credentials.mint(identity, self.heard.at);
        self.sign_in_as(RelayUser { username, credential });
    }

    fn sign_in_as(&mut self, user: RelayUser) {
        let Outcome::Reply(challenge) = self.hear(&request(ALLOCATE, |_| Vec::new(), None).unwrap()) else {
            panic!("no challenge");
        };
        self.signature = signature(&challenge, &user);
    }

    fn ask(
        &mut self,
        method: Method,
        attributes: impl FnOnce(TransactionId) -> Vec<Box<dyn AttributeWrite>>,
    ) -> Result<(), u16> {
        let bytes = request(method, attributes, self.signature.as_ref()).unwrap();
        let Outcome::Reply(reply) = self.hear(&bytes) else { panic!("no reply") };
        answer(&reply)
    }

    fn allocate(&mut self) -> Result<(), u16> {
        self.ask(ALLOCATE, attributes(vec![Box::new(RequestedTransport::new(UDP))]))
    }

    fn later(&mut self, by: Duration) {
        self.heard.now += by;
        self.heard.at = self.heard.at.plus_ms(i64::try_from(by.as_millis()).unwrap());
    }
}

fn answer(reply: &[u8]) -> Result<(), u16> {
    let message = Message::from_bytes(reply).unwrap();
    if message.has_class(MessageClass::Success) {
        return Ok(());
    }
    Err(message.attribute::<ErrorCode>().unwrap().code())
}

#[test]
fn a_check_is_passed_on_and_its_answer_comes_back() {
    let mut world = World::allocated();
    assert_eq!(world.ask(CREATE_PERMISSION, peer(OURS)), Ok(()));
    let outcome = world.hear(&message::send(address(OURS), b"check").unwrap());
    assert_eq!(outcome, Outcome::Relay { peer: address(OURS), contents: b"check".to_vec() });
    let back = world.session.hear_peer(world.heard.now, address(OURS), b"answer").unwrap();
    assert_eq!(message::data(&back), Some((address(OURS), b"answer".to_vec())));
    let stranger = world.session.hear_peer(world.heard.now, address("203.0.113.7:7883"), b"x");
    assert_eq!(stranger, None, "nobody was allowed to answer from there");
}

#[test]
fn a_channel_carries_both_ways() {
    let mut world = World::allocated();
    assert_eq!(world.ask(CHANNEL_BIND, channel(0x4001, OURS)), Ok(()));
    let bytes = channel_bytes(0x4001, b"media").unwrap();
    assert_eq!(world.hear(&bytes), Outcome::Relay { peer: address(OURS), contents: b"media".to_vec() });
    let back = world.session.hear_peer(world.heard.now, address(OURS), b"answer");
    assert_eq!(back, channel_bytes(0x4001, b"answer"));
    assert_eq!(world.hear(&channel_bytes(0x4002, b"media").unwrap()), Outcome::Nothing, "not bound");
    assert_eq!(world.ask(CHANNEL_BIND, channel(0x4001, "203.0.113.7:7883")), Err(400), "bound to another");
    assert_eq!(world.ask(CHANNEL_BIND, channel(0x4002, OURS)), Err(400), "already bound");
    assert_eq!(world.ask(CHANNEL_BIND, channel(0x5000, "203.0.113.7:7883")), Err(400), "no such number");
}

#[test]
fn nothing_is_relayed_to_anybody_else() {
    let mut world = World::allocated();
    assert_eq!(world.ask(CREATE_PERMISSION, peer(OURS)), Ok(()));
    for foreign in FOREIGN {
        assert_eq!(world.ask(CHANNEL_BIND, channel(0x4003, foreign)), Err(403), "{foreign}");
        if address(foreign).ip() != address(OURS).ip() {
            assert_eq!(world.ask(CREATE_PERMISSION, peer(foreign)), Err(403), "{foreign}");
        }
        let outcome = world.hear(&message::send(address(foreign), b"x").unwrap());
        assert_eq!(outcome, Outcome::Nothing, "{foreign}");
    }
    let both = |transaction| -> Vec<Box<dyn AttributeWrite>> {
        vec![
            Box::new(XorPeerAddress::new(address("203.0.113.7:7883"), transaction)),
            Box::new(XorPeerAddress::new(address("8.8.8.8:53"), transaction)),
        ]
    };
    assert_eq!(world.ask(CREATE_PERMISSION, both), Err(403));
    let outcome = world.hear(&message::send(address("203.0.113.7:7883"), b"x").unwrap());
    assert_eq!(outcome, Outcome::Nothing, "a request is granted whole or not at all");
}

#[test]
fn strangers_get_nothing() {
    let mut world = World::new();
    assert_eq!(world.allocate(), Err(401));
    world.sign_in("ada");
    let good = world.signature.clone().unwrap();
    world.sign_in_as(RelayUser { username: "9999999999:ada".into(), credential: "guess".into() });
    assert_eq!(world.allocate(), Err(401), "a guessed name");
    let other = Signature { nonce: "1-old".into(), ..good.clone() };
    world.signature = Some(other);
    assert_eq!(world.allocate(), Err(438), "an old nonce");
    world.signature = Some(good);
    world.later(Duration::from_secs(7 * 3_600));
    assert_eq!(world.allocate(), Err(438), "and the name has run out with it");
    world.sign_in("ada");
    assert_eq!(world.allocate(), Ok(()));
    assert_eq!(world.relay.quota.taken(), 1);
}

#[test]
fn a_name_without_its_password_opens_nothing_and_changes_nothing() {
    let mut world = World::new();
    // Names travel in the clear: whoever has seen one knows it.
    let (username, _) = world.relay.credentials.mint("ada", world.heard.at);
    world.sign_in_as(RelayUser { username: username.clone(), credential: "guess".into() });
    assert_eq!(world.allocate(), Err(401));
    assert_eq!(world.relay.quota.taken(), 0);
    let mut world = World::allocated();
    world.sign_in_as(RelayUser { username, credential: "guess".into() });
    assert_eq!(world.ask(REFRESH, attributes(vec![Box::new(Lifetime::new(0))])), Err(401));
    assert_eq!(world.ask(CREATE_PERMISSION, peer(OURS)), Err(401));
    assert_eq!(world.relay.quota.taken(), 1, "the allocation is still there");
}

#[test]
fn an_allocation_is_its_makers_and_ends_when_told_or_forgotten() {
    let mut world = World::allocated();
    assert_eq!(world.allocate(), Err(437), "one for each address");
    world.sign_in("bob");
    assert_eq!(world.ask(REFRESH, |_| Vec::new()), Err(441));
    world.sign_in("ada");
    assert_eq!(world.ask(REFRESH, |_| Vec::new()), Ok(()));
    assert_eq!(world.ask(REFRESH, attributes(vec![Box::new(Lifetime::new(0))])), Ok(()));
    assert_eq!((world.session.relayed(), world.relay.quota.taken()), (None, 0));
    assert_eq!(world.ask(CREATE_PERMISSION, peer(OURS)), Err(437));
    assert_eq!(world.allocate(), Ok(()));
    world.later(LIFETIME);
    assert!(!world.session.lives(world.heard.now));
    assert_eq!(world.relay.quota.taken(), 0);
}

#[test]
fn a_permission_runs_out() {
    let mut world = World::allocated();
    assert_eq!(world.ask(CREATE_PERMISSION, peer(OURS)), Ok(()));
    world.later(PERMISSION_FOR);
    assert_eq!(world.hear(&message::send(address(OURS), b"x").unwrap()), Outcome::Nothing);
    assert_eq!(world.ask(CREATE_PERMISSION, peer(OURS)), Ok(()));
    assert_ne!(world.hear(&message::send(address(OURS), b"x").unwrap()), Outcome::Nothing);
}

#[test]
fn an_allocation_carries_so_much_in_a_second_both_ways_together() {
    let mut world = World::allocated();
    assert_eq!(world.ask(CREATE_PERMISSION, peer(OURS)), Ok(()));
    let bytes = message::send(address(OURS), &[7; 1_000]).unwrap();
    let most = usize::try_from(RELAYED_BYTES_PER_SECOND_MAX / 1_000).unwrap();
    let passed = |world: &mut World| (0..2 * most).filter(|_| world.hear(&bytes) != Outcome::Nothing).count();
    assert_eq!(passed(&mut world), most);
    assert_eq!(world.session.hear_peer(world.heard.now, address(OURS), &[7; 1_000]), None, "nor back");
    world.later(Duration::from_secs(1));
    assert_eq!(passed(&mut world), most);
    world.later(Duration::from_millis(100));
    assert!(world.session.hear_peer(world.heard.now, address(OURS), &[7; 1_000]).is_some());
}

#[test]
fn a_lost_reply_is_said_again() {
    let mut world = World::new();
    world.sign_in("ada");
    let wanted = attributes(vec![Box::new(RequestedTransport::new(UDP))]);
    let bytes = request(ALLOCATE, wanted, world.signature.as_ref()).unwrap();
    let first = world.hear(&bytes);
    assert_eq!(world.hear(&bytes), first);
    assert_eq!(world.relay.quota.taken(), 1);
}

#[test]
fn only_udp_of_our_family_and_nothing_unknown() {
    let mut world = World::new();
    world.sign_in("ada");
    assert_eq!(world.ask(ALLOCATE, |_| Vec::new()), Err(400));
    assert_eq!(world.ask(ALLOCATE, attributes(vec![Box::new(RequestedTransport::new(6))])), Err(442));
    let six = RequestedAddressFamily::new(turn_types::AddressFamily::IPV6);
    let wanted = attributes(vec![Box::new(RequestedTransport::new(UDP)), Box::new(six)]);
    assert_eq!(world.ask(ALLOCATE, wanted), Err(440));
    let even = turn_types::attribute::EvenPort::new(true);
    let wanted = attributes(vec![Box::new(RequestedTransport::new(UDP)), Box::new(even)]);
    assert_eq!(world.ask(ALLOCATE, wanted), Err(420));
    assert_eq!(world.relay.quota.taken(), 0);
}

#[test]
fn reaches_lifetime_max() {
    let mut world = World::new();
    world.sign_in("ada");
    let wanted = attributes(vec![Box::new(RequestedTransport::new(UDP)), Box::new(Lifetime::new(u32::MAX))]);
    assert_eq!(world.ask(ALLOCATE, wanted), Ok(()));
    assert_eq!(world.session.until(), world.heard.now.checked_add(LIFETIME_MAX));
}

#[test]
fn reaches_channels_max() {
    let mut world = World::allocated();
    world.relay.peers = (0..=u16::try_from(CHANNELS_MAX).unwrap())
        .map(|port| (SocketAddr::from(([203, 0, 113, 7], 1_000 + port)), 0))
        .collect();
    for number in 0..u16::try_from(CHANNELS_MAX).unwrap() {
        let to = format!("203.0.113.7:{}", 1_000 + number);
        assert_eq!(world.ask(CHANNEL_BIND, channel(0x4000 + number, &to)), Ok(()));
    }
    let to = format!("203.0.113.7:{}", 1_000 + CHANNELS_MAX);
    assert_eq!(world.ask(CHANNEL_BIND, channel(0x4f00, &to)), Err(508));
}

#[test]
fn who_has_too_many_allocations_is_told() {
    let mut world = World::new();
    let mut sessions = Vec::new();
    for _ in 0..ALLOCATIONS_PER_USER_MAX {
        world.sign_in("ada");
        assert_eq!(world.allocate(), Ok(()));
        sessions.push(std::mem::take(&mut world.session));
    }
    world.sign_in("ada");
    assert_eq!(world.allocate(), Err(486));
    world.sign_in("bob");
    assert_eq!(world.allocate(), Ok(()), "others still get one");
    assert!(world.relay.quota.taken() < ALLOCATIONS_MAX);
}

proptest! {
    #[test]
    fn nothing_that_is_sent_breaks_it(bytes in proptest::collection::vec(any::<u8>(), 0..200), cut in 0_usize..120) {
        let mut world = World::allocated();
        world.hear(&bytes);
        let mut near = request(ALLOCATE, |_| vec![Box::new(RequestedTransport::new(UDP))], world.signature.as_ref())
            .unwrap();
        for (place, byte) in bytes.iter().enumerate().take(8) {
            let place = (cut + place * 7) % near.len();
            near[place] ^= byte;
        }
        world.hear(&near);
        near.truncate(cut);
        world.hear(&near);
        prop_assert!(world.relay.quota.taken() <= 1);
    }
}
