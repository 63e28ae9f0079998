//! The receiving half of a socket: who it is, what it wants to hear, what it wants done.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use onstage_domain::problem::Problem;
use onstage_domain::{Actor, SessionId};
use tokio::time::Instant;

use super::answers::Answered;
use super::signals::Pace;
use super::task::Inbound;
use crate::hub::{Hub, Registered, RoomGuard};
use crate::language::{Language, waiting_requests};
use crate::limits::BAD_FRAMES_PER_MINUTE_MAX;
use crate::line::{Closing, Line, Note};

/// Over which time frames that nobody understands are counted.
const BAD_FRAMES_WINDOW: Duration = Duration::from_secs(60);

/// A session this socket listens to; dropping it ends the person's presence there.
pub(super) struct Subscription {
    pub(super) room: RoomGuard,
    presence: Option<Presence>,
}

struct Presence {
    hub: Arc<Hub>,
    session: SessionId,
    actor: Actor,
}

impl Drop for Presence {
    fn drop(&mut self) {
        self.hub.presence.went(self.session, &self.actor);
    }
}

pub(super) struct Reader {
    pub(super) hub: Arc<Hub>,
    pub(super) line: Line,
    pub(super) subscriptions: HashMap<SessionId, Subscription>,
    pub(super) actor: Option<Actor>,
    pub(super) signals: Pace,
    pub(super) answered: Answered,
    bad_frames: VecDeque<Instant>,
    pub(super) registered: Registered,
}

impl Reader {
    pub(super) fn new(hub: Arc<Hub>, registered: Registered, actor: Option<Actor>) -> Result<Self, Problem> {
        let line = registered.line.clone();
        if let Some(actor) = &actor {
            registered.belongs_to(actor)?;
        }
        let (subscriptions, bad_frames) = (HashMap::new(), VecDeque::new());
        let (signals, answered) = (Pace::default(), Answered::default());
        Ok(Self { hub, line, subscriptions, actor, signals, answered, bad_frames, registered })
    }

    /// How long this client may be silent.
    pub(super) fn patience(&self) -> Duration {
        if self.actor.is_some() { self.hub.limits.silence } else { self.hub.limits.authenticate_wait }
    }

    /// What its silence means.
    pub(super) const fn closing_of_silence(&self) -> Closing {
        if self.actor.is_some() { Closing::SILENT } else { Closing::TOKEN }
    }

    /// Carries out one wish.
    pub(super) async fn take(&mut self, inbound: Inbound) {
        match inbound {
            Inbound::Text(text) => self.take_text(text.as_str()).await,
            // As unreadable as no words at all.
            Inbound::Binary => self.take_text("").await,
            Inbound::Note(note) => self.take_note(note).await,
        }
    }

    /// Listens to nothing more.
    pub(super) async fn leave_all(mut self) {
        for (_, subscription) in self.subscriptions.drain() {
            subscription.room.line.leave(self.line.id()).await;
        }
    }

    async fn take_note(&mut self, note: Note) {
        match note {
            Note::Removed(session) => drop(self.subscriptions.remove(&session)),
            Note::StartOver(session) => self.start_over(session).await,
            Note::Requests(session) => self.tell_requests(session).await,
            Note::OffStage => self.answered.end_all(),
        }
    }

    async fn take_text(&mut self, text: &str) {
        match self.line.language() {
            Language::V1 => self.take_v1(text).await,
            Language::Socket => self.take_action(text).await,
        }
    }

    /// Answers with a problem; too many of these and the socket is closed.
    pub(super) async fn misunderstood(&mut self, answer: String) {
        self.line.answer(answer).await;
        let now = Instant::now();
        while self.bad_frames.front().is_some_and(|at| now.duration_since(*at) > BAD_FRAMES_WINDOW) {
            self.bad_frames.pop_front();
        }
        self.bad_frames.push_back(now);
        if self.bad_frames.len() >= BAD_FRAMES_PER_MINUTE_MAX {
            self.line.close(Closing::POLICY);
        }
    }

    /// The person sees more than before: the same as a client that subscribes without a place.
    async fn start_over(&mut self, session: SessionId) {
        let Some(actor) = self.listens_as(session) else { return };
        if let Some(frame) = self.line.language().resync(session) {
            self.line.answer(frame).await;
        }
        if self.start_from_snapshot(&actor, session).await.is_err() {
            // The client comes back, and is told why it cannot.
            self.line.close(Closing::SLOW);
        }
    }

    /// The person now answers requests: those that wait are told. Whoever asks meanwhile may be told twice, and
    /// nobody is forgotten.
    async fn tell_requests(&self, session: SessionId) {
        let Some(actor) = self.listens_as(session) else { return };
        match self.hub.ports.snapshot.take_snapshot(&actor, session).await {
            Ok((snapshot, place)) => {
                for frame in waiting_requests(&snapshot, &place) {
                    self.line.answer(frame).await;
                }
            }
            Err(_) => self.line.close(Closing::SLOW),
        }
    }

    fn listens_as(&self, session: SessionId) -> Option<Actor> {
        self.actor.clone().filter(|_| self.subscriptions.contains_key(&session))
    }

    /// The session of a socket that has one.
    pub(super) fn only_session(&self) -> Option<SessionId> {
        self.subscriptions.keys().next().copied()
    }

    /// Keeps the room open and the person present for as long as the subscription lives.
    pub(super) fn hold(&mut self, session: SessionId) {
        let hub = &self.hub;
        self.subscriptions
            .entry(session)
            .or_insert_with(|| Subscription { room: hub.enter(session), presence: None });
    }

    /// From now on the person counts as present.
    pub(super) fn present(&mut self, session: SessionId, actor: &Actor) {
        let Some(subscription) = self.subscriptions.get_mut(&session) else { return };
        if subscription.presence.is_none() {
            self.hub.presence.came(session, actor);
            let (hub, actor) = (Arc::clone(&self.hub), actor.clone());
            subscription.presence = Some(Presence { hub, session, actor });
        }
    }
}
