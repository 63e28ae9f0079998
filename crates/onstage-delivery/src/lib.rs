//! Live sockets: resume by `seq`, fan-out, batching. Who may hear an event is the event's own answer.

mod connection;
mod hub;
mod language;
mod limits;
mod line;
mod meters;
mod place;
mod presence;
mod room;
mod tasks;
mod wire;

use std::sync::Arc;

use axum::Router;
use axum::routing::any;
use onstage_domain::ports::{
    AnswerSignal, Ask, Authenticate, Execute, HangUp, ObservePresence, Publish, ReadLog, TakeSnapshot,
};
use onstage_domain::{At, Envelope};

use crate::hub::Hub;
pub use crate::limits::Limits;

/// Tells the time of day.
pub type TellTime = Arc<dyn Fn() -> At + Send + Sync>;

/// What delivery asks of the rest of the house.
#[derive(Clone)]
pub struct Ports {
    /// Token to actor.
    pub authenticate: Arc<dyn Authenticate>,
    /// Questions.
    pub ask: Arc<dyn Ask>,
    /// Commands.
    pub execute: Arc<dyn Execute>,
    /// Log of a session.
    pub log: Arc<dyn ReadLog>,
    /// First frame of a subscription.
    pub snapshot: Arc<dyn TakeSnapshot>,
    /// Who is there.
    pub presence: Arc<dyn ObservePresence>,
    /// Peer connections to people whose clients make none.
    pub answer: Arc<dyn AnswerSignal>,
    /// What time it is.
    pub now: TellTime,
}

/// The live sockets of this process.
#[derive(Clone)]
pub struct Delivery {
    hub: Arc<Hub>,
}

impl Delivery {
    /// With the limits everybody has.
    #[must_use]
    pub fn new(ports: Ports) -> Self {
        Self::with_limits(ports, Limits::default())
    }

    /// With limits a test can reach.
    #[must_use]
    pub fn with_limits(ports: Ports, limits: Limits) -> Self {
        meters::begin();
        Self { hub: Hub::new(ports, limits) }
    }

    /// `GET /v1/events`, and S3's `GET /ws/live/{session_id}`.
    pub fn router(&self) -> Router {
        Router::new()
            .route("/v1/events", any(connection::events))
            .route("/ws/live/{session_id}", any(connection::live))
            .with_state(Arc::clone(&self.hub))
    }

    /// Tells every client to come back elsewhere or later, and takes no new ones: the server is going down.
    pub fn drain(&self) {
        self.hub.drain();
    }

    /// How many sockets are open.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.hub.connections()
    }
}

impl Publish for Delivery {
    fn publish(&self, envelopes: Vec<Envelope>) {
        for envelope in envelopes {
            self.hub.publish(envelope);
        }
    }

    fn hang_up(&self, whom: HangUp) {
        self.hub.hang_up(whom);
    }
}
