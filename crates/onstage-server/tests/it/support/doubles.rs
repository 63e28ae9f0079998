//! Doubles at the ports: a listener and a media engine that remember what they were told.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use onstage_domain::media::{IceServer, MediaAccess, MediaOrder};
use onstage_domain::ports::{AccessRequest, CarryOut, HangUp, Pending, Publish};
use onstage_domain::{Envelope, Problem, SessionId, UserId};

/// Hears what sockets would hear.
#[derive(Default)]
pub(crate) struct Listener {
    envelopes: Mutex<Vec<Envelope>>,
    hung_up: Mutex<Vec<HangUp>>,
}

impl Listener {
    /// Everything told so far.
    pub(crate) fn envelopes(&self) -> Vec<Envelope> {
        self.envelopes.lock().unwrap().clone()
    }

    /// Names of events of one session, in the order they were told.
    pub(crate) fn names(&self, session: SessionId) -> Vec<&'static str> {
        self.of(session).iter().map(|envelope| envelope.data.name()).collect()
    }

    /// Events of one session.
    pub(crate) fn of(&self, session: SessionId) -> Vec<Envelope> {
        self.envelopes().into_iter().filter(|envelope| envelope.session == session).collect()
    }

    /// Sockets that were closed.
    pub(crate) fn hung_up(&self) -> Vec<HangUp> {
        self.hung_up.lock().unwrap().clone()
    }
}

impl Publish for Listener {
    fn publish(&self, envelopes: Vec<Envelope>) {
        self.envelopes.lock().unwrap().extend(envelopes);
    }

    fn hang_up(&self, whom: HangUp) {
        self.hung_up.lock().unwrap().push(whom);
    }
}

/// Remembers its orders; `silent` never acknowledges.
#[derive(Default)]
pub(crate) struct Engine {
    orders: Mutex<Vec<MediaOrder>>,
    silent: AtomicBool,
}

impl Engine {
    /// Every order so far.
    pub(crate) fn orders(&self) -> Vec<MediaOrder> {
        self.orders.lock().unwrap().clone()
    }

    /// The last order about somebody.
    pub(crate) fn last_of(&self, wanted: UserId) -> Option<MediaOrder> {
        let about = |order: &&MediaOrder| matches!(order, MediaOrder::Person { user, .. } if *user == wanted);
        self.orders.lock().unwrap().iter().rev().find(about).cloned()
    }

    /// No acknowledgement from now on.
    pub(crate) fn fall_silent(&self) {
        self.silent.store(true, Ordering::SeqCst);
    }
}

impl CarryOut for Engine {
    fn carry_out(&self, orders: Vec<MediaOrder>) -> Pending<'_, bool> {
        Box::pin(async move {
            self.orders.lock().unwrap().extend(orders);
            if self.silent.load(Ordering::SeqCst) { std::future::pending().await } else { true }
        })
    }

    fn access(&self, request: AccessRequest<'_>) -> Result<MediaAccess, Problem> {
        Ok(MediaAccess {
            url: "ws://127.0.0.1:7880".to_owned(),
            token: format!("token of {}", request.actor.handle),
            room_name: request.room_name.to_owned(),
            ice_servers: vec![IceServer {
                urls: vec!["stun:127.0.0.1:3478".to_owned()],
                username: None,
                credential: None,
            }],
        })
    }
}
