//! The receiving half of a socket: who it is, what it wants to hear, what it wants done.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::{Message, WebSocket};
use futures_util::StreamExt as _;
use futures_util::stream::SplitStream;
use onstage_dialects::v1::{ClientFrame, FrameError, Wish, ok_frame, parse_frame, problem_frame, verb};
use onstage_domain::ports::Credential;
use onstage_domain::problem::{Code, Problem};
use onstage_domain::{Actor, Seq, SessionId};
use serde_json::Value;
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout};

use crate::hub::{Hub, Registered, RoomGuard};
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
    actor: Option<Actor>,
    bad_frames: VecDeque<Instant>,
    _registered: Registered,
}

impl Reader {
    pub(super) fn new(hub: Arc<Hub>, registered: Registered, actor: Option<Actor>) -> Self {
        let line = registered.line.clone();
        if let Some(actor) = &actor {
            line.belongs_to(actor.user_id, actor.family);
        }
        let (subscriptions, bad_frames) = (HashMap::new(), VecDeque::new());
        Self { hub, line, subscriptions, actor, bad_frames, _registered: registered }
    }

    /// Reads until either side has enough.
    pub(super) async fn run(mut self, mut stream: SplitStream<WebSocket>, mut notes: mpsc::Receiver<Note>) {
        let line = self.line.clone();
        loop {
            let patience = if self.actor.is_some() {
                self.hub.limits.silence
            } else {
                self.hub.limits.authenticate_wait
            };
            tokio::select! {
                _ = line.closed() => break,
                note = notes.recv() => self.take_note(note).await,
                inbound = timeout(patience, stream.next()) => match inbound {
                    Err(_) => line.close(if self.actor.is_some() { Closing::SILENT } else { Closing::TOKEN }),
                    Ok(None | Some(Err(_) | Ok(Message::Close(_)))) => line.close(Closing::NORMAL),
                    Ok(Some(Ok(Message::Text(text)))) => self.take(text.as_str()).await,
                    Ok(Some(Ok(Message::Binary(_)))) => self.misunderstood(None, &Problem::new(Code::Unreadable)).await,
                    Ok(Some(Ok(Message::Ping(_) | Message::Pong(_)))) => {}
                },
            }
        }
        self.leave_all().await;
    }

    async fn leave_all(&mut self) {
        for (_, subscription) in self.subscriptions.drain() {
            subscription.room.line.leave(self.line.id()).await;
        }
    }

    async fn take_note(&mut self, note: Option<Note>) {
        match note {
            Some(Note::Removed(session)) => drop(self.subscriptions.remove(&session)),
            Some(Note::StartOver(session)) => self.start_over(session).await,
            None => {}
        }
    }

    async fn take(&mut self, text: &str) {
        match parse_frame(text) {
            Ok(frame) => self.carry_out(frame).await,
            Err(FrameError { id, problem }) => self.misunderstood(id.as_ref(), &problem).await,
        }
    }

    /// Answers with a problem; too many of these and the socket is closed.
    async fn misunderstood(&mut self, id: Option<&Value>, problem: &Problem) {
        self.line.answer(problem_frame(id, problem)).await;
        let now = Instant::now();
        while self.bad_frames.front().is_some_and(|at| now.duration_since(*at) > BAD_FRAMES_WINDOW) {
            self.bad_frames.pop_front();
        }
        self.bad_frames.push_back(now);
        if self.bad_frames.len() >= BAD_FRAMES_PER_MINUTE_MAX {
            self.line.close(Closing::POLICY);
        }
    }

    async fn carry_out(&mut self, ClientFrame { id, wish }: ClientFrame) {
        if let Wish::Authenticate { access_token } = &wish {
            return self.authenticate(id.as_ref(), access_token).await;
        }
        let Some(actor) = self.actor.clone() else {
            return self.misunderstood(id.as_ref(), &Problem::new(Code::Unauthenticated)).await;
        };
        match wish {
            Wish::Authenticate { .. } => {}
            Wish::Subscribe { session, since } => self.subscribe(id.as_ref(), &actor, (session, since)).await,
            Wish::Unsubscribe { session } => self.unsubscribe(id.as_ref(), session).await,
            Wish::Command { name, data } => self.command(id.as_ref(), &actor, (name, data)).await,
            Wish::Ping => {
                self.line.answer(ok_frame(id.as_ref(), Value::Bool(true))).await;
            }
        }
    }

    async fn authenticate(&mut self, id: Option<&Value>, token: &str) {
        let known = self.hub.ports.authenticate.authenticate(Credential::Either(token)).await;
        let same = |actor: &Actor| self.actor.as_ref().is_none_or(|before| before.user_id == actor.user_id);
        match known {
            Ok(actor) if same(&actor) => {
                self.line.belongs_to(actor.user_id, actor.family);
                self.actor = Some(actor);
                self.line.answer(ok_frame(id, Value::Bool(true))).await;
            }
            Ok(_) => self.misunderstood(id, &Problem::new(Code::IdentityMismatch)).await,
            Err(problem) => {
                self.line.answer(problem_frame(id, &problem)).await;
                if self.actor.is_none() {
                    self.line.close(Closing::TOKEN);
                }
            }
        }
    }

    async fn command(&self, id: Option<&Value>, actor: &Actor, (name, data): (String, Value)) {
        let answer = match self.execute(actor, &name, data).await {
            Ok(ok) => ok_frame(id, ok),
            Err(problem) => problem_frame(id, &problem),
        };
        self.line.answer(answer).await;
    }

    async fn execute(&self, actor: &Actor, name: &str, data: Value) -> Result<Value, Problem> {
        let verb = verb(name).ok_or_else(|| Problem::new(Code::UnknownCommand))?;
        let command = verb.parse(data, actor.user_id)?;
        let reply = self.hub.ports.execute.execute(actor, command, None).await?;
        verb.render(reply)
    }

    async fn unsubscribe(&mut self, id: Option<&Value>, session: SessionId) {
        if let Some(subscription) = self.subscriptions.remove(&session) {
            subscription.room.line.leave(self.line.id()).await;
        }
        self.line.answer(ok_frame(id, Value::Bool(true))).await;
    }

    async fn subscribe(&mut self, id: Option<&Value>, actor: &Actor, wish: (SessionId, Option<Seq>)) {
        let (session, since) = wish;
        let known = self.subscriptions.contains_key(&session);
        if !known && self.subscriptions.len() >= self.hub.limits.subscriptions {
            let problem = Problem::because(Code::TooFast, "this socket listens to too many sessions");
            self.line.answer(problem_frame(id, &problem)).await;
            return;
        }
        if let Err(problem) = self.catch_up(id, actor, (session, since)).await {
            self.subscriptions.remove(&session);
            self.line.answer(problem_frame(id, &problem)).await;
        }
    }

    /// The person sees more than before: the same as a client that subscribes without a place.
    async fn start_over(&mut self, session: SessionId) {
        let Some(actor) = self.actor.clone().filter(|_| self.subscriptions.contains_key(&session)) else {
            return;
        };
        self.line.answer(onstage_dialects::v1::resync_frame(session)).await;
        if self.start_from_snapshot(&actor, session).await.is_err() {
            // The client comes back, and is told why it cannot.
            self.line.close(Closing::SLOW);
        }
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
