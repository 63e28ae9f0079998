//! One room: who is in it, what they publish and receive. Told by `handle`, it answers with messages, instructions and facts.

mod api;
mod arrive;
mod aside;
mod ask;
mod audience;
mod data;
mod depart;
mod describe;
mod hear;
mod info;
mod limits;
mod member;
mod mute;
mod notice;
mod order;
mod publish;
mod quality;
mod replay;
mod resume;
mod subscribe;
mod tell;
mod tick;
mod track;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use axum::body::Bytes;
use livekit_protocol::{WebhookEvent, signal_request};
use onstage_domain::media::{MediaFact, Seen};
use onstage_domain::{At, SessionId, UserId};
use onstage_sfu::{Control, Notice, PeerKey, RoomKey, TrackKey};

use self::api::ApiState;
pub(crate) use self::api::{RoomAnswer, RoomAsk, RoomCall, RoomRefusal};
pub(crate) use self::limits::*;
pub(crate) use self::member::{Member, MemberKey};
use self::replay::Replay;
use self::tick::Counts;
pub(crate) use self::track::{held_by_host, held_by_self, media_of, source_of};
use super::knocks::HalfOpen;
use super::messages;
use super::outgoing::Outgoing;
use super::query::{JoinQuery, Opening};
use super::tokens::{Bearer, Tokens};
use crate::clock::{Dice, Moment, sid};
use crate::ice::IceServers;
use crate::net::About;
use crate::orders::Person;

/// Names one socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct ConnectionId(pub(crate) u64);

/// Somebody whose token was taken and whose socket is open.
#[derive(Debug)]
pub(crate) struct Arrival {
    pub(crate) connection: ConnectionId,
    pub(crate) outgoing: Outgoing,
    pub(crate) bearer: Bearer,
    pub(crate) query: JoinQuery,
    pub(crate) opening: Opening,
    /// Held until media has been up once.
    pub(crate) half_open: HalfOpen,
}

/// What a room is told.
#[derive(Debug)]
pub(crate) enum RoomInput {
    /// Somebody joins or resumes.
    Arrive(Box<Arrival>),
    /// A socket says something.
    Signal(ConnectionId, Box<signal_request::Message>),
    /// A socket is gone.
    Gone(ConnectionId),
    /// The shard saw something.
    Notice(Notice),
    /// The shard refused something.
    Refused(About),
    /// A server asks something, or wants something done.
    Called(RoomCall),
    /// What one person may do now.
    Person(UserId, Person),
    /// A second has passed.
    Tick,
}

/// Why everybody leaves at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    /// The session is over.
    Deleted,
    /// The process stops; clients come back by themselves.
    Shutdown,
}

/// What a room asks of the world after each input.
#[derive(Debug, Default)]
pub(crate) struct Effects {
    pub(crate) controls: Vec<Control>,
    pub(crate) facts: Vec<MediaFact>,
    pub(crate) webhooks: Vec<WebhookEvent>,
}

/// What all rooms share.
#[derive(Debug)]
pub(crate) struct Surroundings {
    pub(crate) tokens: Tokens,
    pub(crate) ice_servers: IceServers,
    pub(crate) node_id: String,
}

/// One room.
pub(crate) struct Room {
    key: RoomKey,
    session: Option<SessionId>,
    sid: String,
    name: String,
    metadata: String,
    created: At,
    people: HashMap<UserId, Person>,
    members: BTreeMap<MemberKey, Member>,
    identities: HashMap<String, MemberKey>,
    connections: HashMap<ConnectionId, MemberKey>,
    peers: HashMap<PeerKey, MemberKey>,
    owners: HashMap<TrackKey, MemberKey>,
    loudness: HashMap<MemberKey, u8>,
    told_connected: HashSet<UserId>,
    serial: u64,
    api: ApiState,
    is_watched: bool,
    empty_since: Option<std::time::Instant>,
    counts: Counts,
    replay: Replay,
    surroundings: Arc<Surroundings>,
    dice: Box<dyn Dice>,
    effects: Effects,
}

/// What a new room is made from.
pub(crate) struct RoomSeed {
    pub(crate) key: RoomKey,
    pub(crate) session: Option<SessionId>,
    pub(crate) name: String,
    pub(crate) people: HashMap<UserId, Person>,
    pub(crate) surroundings: Arc<Surroundings>,
    pub(crate) dice: Box<dyn Dice>,
}

/// Bits of a key that count within the room; the rest name the room.
pub(crate) const SERIAL_BITS: u32 = 28;

/// The room that a peer's or track's key belongs to.
pub(crate) fn room_of(key: u64) -> RoomKey {
    RoomKey(key.wrapping_shr(SERIAL_BITS))
}

impl Room {
    /// An empty room; its first instruction opens it on the shard.
    pub(crate) fn new(seed: RoomSeed, now: Moment) -> Self {
        let mut dice = seed.dice;
        let mut room = Self {
            key: seed.key,
            session: seed.session,
            sid: sid(dice.as_mut(), "RM_"),
            name: seed.name,
            metadata: String::new(),
            created: now.at,
            people: seed.people,
            members: BTreeMap::new(),
            identities: HashMap::new(),
            connections: HashMap::new(),
            peers: HashMap::new(),
            owners: HashMap::new(),
            loudness: HashMap::new(),
            told_connected: HashSet::new(),
            serial: 0,
            api: ApiState::default(),
            is_watched: false,
            empty_since: Some(now.instant),
            counts: Counts::none(now.instant),
            replay: Replay::default(),
            surroundings: seed.surroundings,
            dice,
            effects: Effects::default(),
        };
        room.control(Control::OpenRoom { room: seed.key });
        room
    }

    /// Its name on the shard.
    pub(crate) fn key(&self) -> RoomKey {
        self.key
    }

    /// Takes one input; what follows from it waits in [`Self::take_effects`].
    pub(crate) fn handle(&mut self, now: Moment, input: RoomInput) {
        let has_heard = !matches!(input, RoomInput::Tick);
        match input {
            RoomInput::Arrive(arrival) => self.arrive(now, *arrival),
            RoomInput::Signal(connection, message) => self.hear(now, connection, *message),
            RoomInput::Gone(connection) => self.socket_gone(now, connection),
            RoomInput::Notice(notice) => self.notice(now, notice),
            RoomInput::Refused(about) => self.refused(now, about),
            RoomInput::Called(call) => self.called(now, call),
            RoomInput::Person(user, person) => self.person_ordered(now, user, person),
            RoomInput::Tick => self.tick(now),
        }
        self.tell_started(now, has_heard);
        self.api.was_entered |= !self.members.is_empty();
        self.empty_since = match (self.members.is_empty(), self.empty_since) {
            (false, _) => None,
            (true, None) => Some(now.instant),
            (true, since @ Some(_)) => since,
        };
    }

    /// What the world has to do now.
    pub(crate) fn take_effects(&mut self) -> Effects {
        std::mem::take(&mut self.effects)
    }

    /// How many media sessions there are: connections that are nobody of their own count as well.
    pub(crate) fn present(&self) -> usize {
        self.members.len()
    }

    /// How many people are in it, each once.
    pub(crate) fn people(&self) -> usize {
        self.participants().count()
    }

    /// A room without a session that nobody needs any more.
    pub(crate) fn is_abandoned(&self, now: Moment) -> bool {
        let empty_for = self.empty_since.map(|since| now.instant.saturating_duration_since(since));
        self.session.is_none() && empty_for.is_some_and(|time| time >= self.stays_empty())
    }

    fn control(&mut self, control: Control) {
        self.effects.controls.push(control);
    }

    /// Tells the stage, when there is one and the person is one of its people.
    fn fact(&mut self, now: Moment, user: Option<UserId>, seen: Seen) {
        if let (Some(session), Some(user)) = (self.session, user) {
            let id = self.dice.fact_id();
            self.effects.facts.push(MediaFact { id, session, user, at: now.at, seen });
        }
    }

    fn next_key(&mut self) -> u64 {
        self.serial = self.serial.saturating_add(1);
        self.key.0.wrapping_shl(SERIAL_BITS) | self.serial
    }

    fn member_of_connection(&self, connection: ConnectionId) -> Option<MemberKey> {
        self.connections.get(&connection).copied()
    }

    /// The same bytes to everybody with a socket.
    fn send_to_all(&self, message: &Bytes) {
        self.members.values().filter_map(Member::outgoing).for_each(|out| out.send_encoded(message.clone()));
    }

    /// A new version of one participant, told to everybody who may know it, itself included.
    fn announce(&mut self, key: MemberKey) {
        let Some(member) = self.members.get_mut(&key) else { return };
        member.version = member.version.saturating_add(1);
        let update = messages::update(vec![info::participant(member)]);
        if member.announced {
            self.send_to_all(&update);
        } else if let Some(out) = member.outgoing() {
            out.send_encoded(update);
        }
    }
}

#[cfg(test)]
mod tests;
