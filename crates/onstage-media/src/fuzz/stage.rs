//! A room with two people in it, and the shard that it instructs.

use std::collections::{BTreeMap, HashMap};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use livekit_protocol::signal_request::Message;
use onstage_domain::At;
use onstage_sfu::{Control, Input, Notice, Output, PeerKey, RoomKey, Shard, ShardConfig};

use super::Reached;
use crate::clock::{CountingDice, Moment};
use crate::ice::IceServers;
use crate::livekit::outgoing::{Outgoing, Waiting};
use crate::livekit::query::{JoinQuery, Wishes};
use crate::livekit::room::{
    Arrival, ConnectionId, Room, RoomAsk, RoomCall, RoomInput, RoomSeed, Surroundings,
};
use crate::livekit::tokens::{Bearer, Tokens, VideoGrant};
use crate::net::About;

/// The time of day in there.
pub(super) const NOON: At = At(1_800_000_000_000);
/// Turns of room and shard with each other after one input.
const TURNS: usize = 50;

pub(super) struct Stage {
    pub(super) reached: Reached,
    room: Room,
    shard: Shard,
    now: Moment,
    connections: u64,
    /// Of these, the first ones whose sockets are gone.
    lost: u64,
    /// Held, so that nobody counts as gone.
    sockets: Vec<Waiting>,
    opened: Vec<PeerKey>,
}

/// Time has to begin somewhere; nothing depends on when.
fn beginning() -> Moment {
    Moment { instant: Instant::now(), at: NOON }
}

impl Stage {
    /// Two people of the dual layout, and one of the single.
    pub(super) fn new() -> Self {
        let now = beginning();
        let surroundings = Surroundings {
            tokens: Tokens::new("key", "secret"),
            ice_servers: IceServers::default(),
            node_id: "ND_fuzz".into(),
        };
        let seed = RoomSeed {
            key: RoomKey(5),
            session: None,
            name: "show".into(),
            people: HashMap::new(),
            surroundings: Arc::new(surroundings),
            dice: Box::new(CountingDice::default()),
        };
        let candidates = vec![SocketAddr::from(([10, 0, 0, 1], 7_882))];
        let config = ShardConfig { candidates, tcp_candidates: Vec::new() };
        let mut stage = Self {
            reached: Reached::default(),
            room: Room::new(seed, now),
            shard: onstage_sfu::fuzz::plain_shard(config, now.instant),
            now,
            connections: 0,
            lost: 0,
            sockets: Vec::new(),
            opened: Vec::new(),
        };
        stage.settle();
        for (identity, single) in [("ann", false), ("bob", false), ("cid", true)] {
            let query = JoinQuery { single, auto_subscribe: true, ..JoinQuery::default() };
            stage.join(identity, Wishes { query, ..Wishes::default() });
        }
        assert_eq!(stage.room.present(), 3, "all three are in");
        stage.reached = Reached::default();
        stage
    }

    /// Somebody joins, with a token for everything; the number by which they say something.
    pub(super) fn join(&mut self, identity: &str, wishes: Wishes) -> usize {
        let (outgoing, waiting) = Outgoing::new();
        self.connections += 1;
        self.sockets.push(waiting);
        let grant = VideoGrant {
            room_join: true,
            room: "show".into(),
            can_update_own_metadata: Some(true),
            ..VideoGrant::default()
        };
        let mut bearer = Bearer {
            identity: identity.into(),
            name: identity.into(),
            metadata: String::new(),
            attributes: BTreeMap::new(),
            grant,
        };
        let Wishes { query, opening } = wishes;
        if opening.describe(&mut bearer, true).is_ok() {
            let connection = ConnectionId(self.connections);
            let arrival = Arrival { connection, outgoing, bearer, query, opening, half_open: None };
            self.tell(RoomInput::Arrive(Box::new(arrival)));
        }
        self.connections as usize - 1
    }

    /// Every socket is lost, and nobody is told why.
    pub(super) fn lose_sockets(&mut self) {
        for connection in self.lost + 1..=self.connections {
            self.tell(RoomInput::Gone(ConnectionId(connection)));
        }
        self.lost = self.connections;
        self.sockets = Vec::new();
        self.opened = Vec::new();
    }

    /// Whether everybody is gone.
    pub(super) fn is_empty(&self) -> bool {
        let counters = self.shard.counters();
        (self.room.present(), counters.peers, counters.tracks) == (0, 0, 0)
    }

    /// Somebody says something.
    pub(super) fn say(&mut self, who: usize, message: Message) {
        let connection = ConnectionId(1 + who as u64 % self.connections.max(1));
        self.tell(RoomInput::Signal(connection, Box::new(message)));
    }

    /// A server asks something.
    pub(super) fn call(&mut self, ask: RoomAsk) {
        let (answer, _heard) = tokio::sync::oneshot::channel();
        self.tell(RoomInput::Called(RoomCall { ask, answer }));
    }

    /// The shard says something that it did not see.
    pub(super) fn notice(&mut self, notice: Notice) {
        self.tell(RoomInput::Notice(notice));
    }

    /// Every connection that was opened.
    pub(super) fn peers(&self) -> Vec<PeerKey> {
        self.opened.clone()
    }

    /// Lets time pass.
    pub(super) fn pass(&mut self, milliseconds: u64) {
        self.now.instant += Duration::from_millis(milliseconds);
        self.now.at = At(self.now.at.0 + milliseconds.cast_signed());
        let ticked = self.shard.handle(self.now.instant, Input::Clock);
        assert_eq!(ticked, Ok(()), "time is never refused");
        self.tell(RoomInput::Tick);
    }

    fn tell(&mut self, input: RoomInput) {
        self.room.handle(self.now, input);
        self.settle();
    }

    /// Carries instructions to the shard and what it says back, until neither has anything to say.
    fn settle(&mut self) {
        for _ in 0..TURNS {
            let effects = self.room.take_effects();
            self.reached.controls += effects.controls.len();
            let is_quiet = effects.controls.is_empty();
            for control in effects.controls {
                self.instruct(control);
            }
            let mut notices = Vec::new();
            while let Some(output) = self.shard.poll() {
                if let Output::Notice(notice) = output {
                    notices.push(notice);
                }
            }
            if is_quiet && notices.is_empty() {
                return;
            }
            for notice in notices {
                self.room.handle(self.now, RoomInput::Notice(notice));
            }
        }
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "the rest are wishes that nobody waits for")]
    fn instruct(&mut self, control: Control) {
        let about = match &control {
            Control::OpenPeer { peer, .. } => {
                self.opened.push(*peer);
                Some(About::Peer(*peer))
            }
            Control::AcceptOffer { peer, .. }
            | Control::AcceptAnswer { peer, .. }
            | Control::RestartIce { peer } => Some(About::Peer(*peer)),
            Control::ExpectTrack { track, .. } => Some(About::Track(*track)),
            _ => None,
        };
        let refused = self.shard.handle(self.now.instant, Input::Control(control)).is_err();
        if let (true, Some(about)) = (refused, about) {
            self.room.handle(self.now, RoomInput::Refused(about));
        }
    }

    /// What came of it all.
    pub(super) fn finish(mut self) -> Reached {
        self.pass(1_000);
        assert_eq!(self.shard.counters().faults, 0, "a session panicked or never came to its end");
        self.reached
    }
}
