//! The rest of the house in memory: people by token, a log, a place for everybody.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use onstage_delivery::{Delivery, Limits, Ports};
use onstage_domain::chat::{Event as Chat, MessageKind, MessageView};
use onstage_domain::event::EVENT_VERSION;
use onstage_domain::ports::{
    Ask, Authenticate, Credential, Execute, ObservePresence, Pending, Publish as _, ReadLog, TakeSnapshot,
};
use onstage_domain::problem::{Code, Problem};
use onstage_domain::reply::{Listed, Me, Snapshot};
use onstage_domain::sessions::Status;
use onstage_domain::stage::{ParticipantView, RequestView, Role};
use onstage_domain::{
    Actor, At, Command, Envelope, Event, EventId, FamilyId, IdempotencyKey, Keep, MessageId, Place, Query,
    Reply, Seq, SessionId, UserId, samples, sessions,
};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::{self, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use crate::engine::Engine;

/// Longer than anything here takes; a test that waits so long has failed.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

#[derive(Default)]
struct State {
    log: HashMap<SessionId, Vec<Envelope>>,
    roles: HashMap<UserId, Role>,
    blocked: HashSet<UserId>,
    present: Vec<(UserId, bool)>,
    commands: Vec<Command>,
    requests: Vec<RequestView>,
    viewers: Vec<ParticipantView>,
    messages: Vec<MessageView>,
    staged: Vec<ParticipantView>,
    refuses: Option<Problem>,
    ended: bool,
    /// Events before this one were forgotten.
    oldest: i64,
    /// Committed, and not told yet.
    untold: Vec<Envelope>,
}

/// The fake house.
#[derive(Default)]
pub(crate) struct World {
    state: Mutex<State>,
    delivery: OnceLock<Delivery>,
    /// Each reading of the log finds that more has happened meanwhile.
    runs_away: AtomicBool,
    /// Commands are never answered.
    hangs: AtomicBool,
    /// So many people come while somebody looks at who is there.
    arrivals: AtomicU8,
    /// Whoever comes is announced, and what is said is told, as the house does it.
    answers: AtomicBool,
    /// What answers signals.
    pub(crate) engine: Arc<Engine>,
}

/// A house, its delivery, and where it listens.
pub(crate) struct House {
    pub(crate) world: Arc<World>,
    pub(crate) delivery: Delivery,
    pub(crate) address: std::net::SocketAddr,
}

pub(crate) const fn session() -> SessionId {
    samples::session_id()
}

/// The n-th session.
pub(crate) fn another_session(n: u8) -> SessionId {
    SessionId::new(samples::user(n).uuid())
}

/// `user-<n>` is the token of the n-th person.
pub(crate) fn token(n: u8) -> String {
    format!("user-{n}")
}

fn person(token: &str) -> Option<Actor> {
    if let Some(n) = token.strip_prefix("crowd-") {
        let user_id = UserId::new(uuid::Uuid::from_u128(0xc0_0000 + n.parse::<u128>().ok()?));
        return Some(Actor { user_id, handle: token.to_owned(), ..samples::actor(9) });
    }
    let n: u8 = token.strip_prefix("user-")?.parse().ok()?;
    let actor = samples::actor(n);
    let family = Some(FamilyId::new(actor.user_id.uuid()));
    Some(Actor { family, ..actor })
}

impl House {
    pub(crate) async fn open() -> Self {
        Self::with(Limits::default()).await
    }

    pub(crate) async fn with(limits: Limits) -> Self {
        let world = Arc::new(World::default());
        let ports = Ports {
            authenticate: world.clone(),
            execute: world.clone(),
            log: world.clone(),
            snapshot: world.clone(),
            presence: world.clone(),
            ask: world.clone(),
            answer: world.engine.clone(),
            now: Arc::new(|| samples::SAMPLE_AT),
        };
        let delivery = Delivery::with_limits(ports, limits);
        assert!(world.delivery.set(delivery.clone()).is_ok());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = delivery.router();
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { world, delivery, address }
    }

    /// A socket of the n-th person, signed in.
    pub(crate) async fn socket(&self, n: u8) -> Client {
        let mut client = self.stranger("").await.unwrap();
        client.send(json!({ "id": "auth", "type": "authenticate", "access_token": token(n) })).await;
        assert_eq!(client.next().await["ok"], true);
        client
    }

    /// A socket that has not said who it is.
    pub(crate) async fn stranger(&self, query: &str) -> Result<Client, tungstenite::Error> {
        let url = format!("ws://{}/v1/events{query}", self.address);
        let (socket, _) = tokio_tungstenite::connect_async(url).await?;
        Ok(Client { socket })
    }

    /// A socket of S3's, before anything was read from it.
    pub(crate) async fn live_at(&self, query: &str) -> Result<Client, tungstenite::Error> {
        let url = format!("ws://{}/ws/live/{}{query}", self.address, session());
        let (socket, _) = tokio_tungstenite::connect_async(url).await?;
        Ok(Client { socket })
    }

    /// A socket of S3's of the n-th person that has read its first frame and all history.
    pub(crate) async fn live(&self, n: u8) -> Client {
        let mut client = self.live_at(&format!("?token={}&username=whoever", token(n))).await.unwrap();
        assert_eq!(client.next().await["type"], "current_participants");
        let messages = self.world.state.lock().unwrap().messages.len();
        for _ in 0..messages {
            assert_eq!(client.next().await["history"], true);
        }
        self.until(|| self.world.presence().contains(&(samples::user(n), true))).await;
        client
    }

    /// A socket of the n-th person that listens to the session, from its snapshot.
    pub(crate) async fn listener(&self, n: u8) -> Client {
        let mut client = self.socket(n).await;
        client.subscribe(session(), None).await;
        assert!(client.next().await["snapshot"].is_object());
        client
    }

    /// Waits until this many sockets are open.
    pub(crate) async fn until_connections(&self, count: usize) {
        self.until(|| self.delivery.connections() == count).await;
    }

    /// Waits until something is true.
    pub(crate) async fn until(&self, is_true: impl Fn() -> bool) {
        let turns = async {
            while !is_true() {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(PATIENCE, turns).await.unwrap();
    }
}

impl World {
    pub(crate) fn set_role(&self, n: u8, role: Role) {
        self.state.lock().unwrap().roles.insert(samples::user(n), role);
    }

    pub(crate) fn block(&self, n: u8) {
        self.state.lock().unwrap().blocked.insert(samples::user(n));
    }

    pub(crate) fn forget_before(&self, seq: i64) {
        self.state.lock().unwrap().oldest = seq;
    }

    pub(crate) fn presence(&self) -> Vec<(UserId, bool)> {
        self.state.lock().unwrap().present.clone()
    }

    pub(crate) fn commands(&self) -> Vec<Command> {
        self.state.lock().unwrap().commands.clone()
    }

    /// From now on each reading of log or state finds that more has happened meanwhile.
    pub(crate) fn run_away(&self, runs: bool) {
        self.runs_away.store(runs, Ordering::Relaxed);
    }

    /// So many people come while the next one looks at who is there: the first of them are listed already.
    pub(crate) fn arrive(&self, count: u8) {
        self.arrivals.store(count, Ordering::Relaxed);
    }

    /// From now on arrivals are announced and words are told.
    pub(crate) fn answer(&self) {
        self.answers.store(true, Ordering::Relaxed);
    }

    pub(crate) fn hang(&self) {
        self.hangs.store(true, Ordering::Relaxed);
    }

    pub(crate) fn set_requests(&self, requests: Vec<RequestView>) {
        self.state.lock().unwrap().requests = requests;
    }

    /// People who watch, as the first frame names them.
    pub(crate) fn set_viewers(&self, viewers: Vec<ParticipantView>) {
        self.state.lock().unwrap().viewers = viewers;
    }

    /// Somebody on stage, as a snapshot has them.
    pub(crate) fn stage(&self, n: u8, role: Role) {
        self.set_role(n, role);
        let participant = ParticipantView { user_id: samples::user(n), role, ..samples::viewer() };
        self.state.lock().unwrap().staged.push(participant);
    }

    /// The last messages, as a snapshot has them.
    pub(crate) fn set_messages(&self, messages: Vec<MessageView>) {
        self.state.lock().unwrap().messages = messages;
    }

    /// Every command is refused.
    pub(crate) fn refuse(&self, problem: Problem) {
        self.state.lock().unwrap().refuses = Some(problem);
    }

    /// The session is over.
    pub(crate) fn end(&self) {
        self.state.lock().unwrap().ended = true;
        let ended = samples::samples().into_iter().find(|event| event.name() == "session.ended").unwrap();
        self.publish(ended);
    }

    pub(crate) fn last_seq(&self) -> i64 {
        self.state.lock().unwrap().log.get(&session()).map_or(0, |log| i64::try_from(log.len()).unwrap())
    }

    /// Commits without telling: what another node, or a full queue, does.
    pub(crate) fn commit(&self, event: Event) -> Envelope {
        let mut state = self.state.lock().unwrap();
        let log = state.log.entry(session()).or_default();
        let seq = (event.keep() == Keep::Kept).then(|| Seq(i64::try_from(log.len()).unwrap() + 1));
        let envelope = Envelope {
            id: EventId::new(session().uuid()),
            version: EVENT_VERSION,
            session: session(),
            seq,
            at: samples::SAMPLE_AT,
            data: event,
        };
        if seq.is_some() {
            log.push(envelope.clone());
        }
        envelope
    }

    /// Commits, and tells when [`Self::tell_late`] is called.
    pub(crate) fn commit_for_later(&self, event: Event) {
        let envelope = self.commit(event);
        self.state.lock().unwrap().untold.push(envelope);
    }

    /// Tells what was committed for later, whatever else was told meanwhile.
    pub(crate) fn tell_late(&self) {
        let untold = std::mem::take(&mut self.state.lock().unwrap().untold);
        self.delivery.get().unwrap().publish(untold);
    }

    /// The kept events, as names by `seq`.
    pub(crate) fn kept(&self) -> Vec<(i64, &'static str)> {
        let state = self.state.lock().unwrap();
        let log = state.log.get(&session()).into_iter().flatten();
        log.map(|envelope| (envelope.seq.unwrap().0, envelope.data.name())).collect()
    }

    /// More happens after a reading was made and before its reader has it.
    fn meanwhile(&self) {
        if self.runs_away.load(Ordering::Relaxed) {
            for _ in 0..3 {
                self.chat("meanwhile");
            }
        }
        for n in 0..self.arrivals.swap(0, Ordering::Relaxed) {
            let participant = ParticipantView { user_id: samples::user(100 + n), ..samples::viewer() };
            let viewer_count = u32::from(n) + 1;
            self.publish(Event::Session(sessions::Event::ViewerJoined { participant, viewer_count }));
        }
    }

    /// Commits and tells.
    pub(crate) fn publish(&self, event: Event) -> Envelope {
        let envelope = self.commit(event);
        self.delivery.get().unwrap().publish(vec![envelope.clone()]);
        envelope
    }

    /// Says something that everybody may hear.
    pub(crate) fn chat(&self, text: impl Into<String>) -> i64 {
        self.publish(said(text)).seq.unwrap().0
    }
}

/// A chat message as an event.
pub(crate) fn said(text: impl Into<String>) -> Event {
    Event::Chat(Chat::Sent { message: message(text) })
}

/// A chat message.
pub(crate) fn message(text: impl Into<String>) -> MessageView {
    MessageView {
        id: MessageId::new(session().uuid()),
        session_id: session(),
        user_id: Some(samples::user(0)),
        handle: Some("ada".into()),
        display_name: Some("Ada".into()),
        text: text.into(),
        kind: MessageKind::Text,
        created_at: At(0),
    }
}

/// An event by its name.
pub(crate) fn named(name: &str) -> Event {
    samples::samples().into_iter().find(|event| event.name() == name).unwrap()
}

impl Authenticate for World {
    fn authenticate<'a>(&'a self, credential: Credential<'a>) -> Pending<'a, Result<Actor, Problem>> {
        let (Credential::Token(text) | Credential::Ticket(text) | Credential::Either(text)) = credential;
        Box::pin(std::future::ready(person(text).ok_or_else(|| Problem::new(Code::Unauthenticated))))
    }
}

impl Ask for World {
    fn ask<'a>(&'a self, _: &'a Actor, query: Query) -> Pending<'a, Result<Reply, Problem>> {
        let items = self.state.lock().unwrap().viewers.clone();
        let answer = match query {
            Query::People(..) => Ok(Reply::People(Listed { items, next_cursor: None, total: None })),
            other => panic!("{other:?}"),
        };
        Box::pin(std::future::ready(answer))
    }
}

impl Execute for World {
    fn execute<'a>(
        &'a self,
        _: &'a Actor,
        command: Command,
        _: Option<IdempotencyKey>,
    ) -> Pending<'a, Result<Reply, Problem>> {
        if let (true, Command::Chat(onstage_domain::chat::Command::Send { text, .. })) =
            (self.answers.load(Ordering::Relaxed), &command)
        {
            self.chat(text.as_str());
        }
        self.state.lock().unwrap().commands.push(command);
        if let Some(problem) = self.state.lock().unwrap().refuses.clone() {
            return Box::pin(std::future::ready(Err(problem)));
        }
        if self.hangs.load(Ordering::Relaxed) {
            return Box::pin(std::future::pending());
        }
        Box::pin(std::future::ready(Ok(Reply::Done)))
    }
}

impl ReadLog for World {
    fn read_log(
        &self,
        session: SessionId,
        since: Seq,
        limit: u32,
    ) -> Pending<'_, Result<Option<Vec<Envelope>>, Problem>> {
        let state = self.state.lock().unwrap();
        if since.0 + 1 < state.oldest {
            return Box::pin(std::future::ready(Ok(None)));
        }
        let log = state.log.get(&session).cloned().unwrap_or_default();
        let page = log.into_iter().filter(|envelope| envelope.seq > Some(since));
        let page = page.take(usize::try_from(limit).unwrap()).collect();
        drop(state);
        self.meanwhile();
        Box::pin(std::future::ready(Ok(Some(page))))
    }
}

impl TakeSnapshot for World {
    fn take_snapshot<'a>(
        &'a self,
        actor: &'a Actor,
        session: SessionId,
    ) -> Pending<'a, Result<(Snapshot, Place), Problem>> {
        let state = self.state.lock().unwrap();
        if state.blocked.contains(&actor.user_id) {
            return Box::pin(std::future::ready(Err(Problem::new(Code::Blocked))));
        }
        let role = state.roles.get(&actor.user_id).copied().unwrap_or(Role::Viewer);
        let manages = matches!(role, Role::Owner | Role::Cohost);
        let place = Place { user_id: actor.user_id, role, manages, operator: false };
        let length = state.log.get(&session).map_or(0, Vec::len);
        let snapshot = Snapshot {
            session: onstage_domain::sessions::SessionView {
                id: session,
                status: if state.ended { Status::Ended } else { Status::Live },
                ..samples::session_view()
            },
            participants: state.staged.clone(),
            me: Me {
                user_id: actor.user_id,
                role,
                participant: None,
                may_manage: manages,
                may_moderate_chat: manages,
            },
            requests: if manages { state.requests.clone() } else { Vec::new() },
            invitations: Vec::new(),
            messages: state.messages.clone(),
            viewer_count: u32::try_from(state.viewers.len()).unwrap(),
            seq: Seq(i64::try_from(length).unwrap()),
        };
        drop(state);
        self.meanwhile();
        Box::pin(std::future::ready(Ok((snapshot, place))))
    }
}

impl ObservePresence for World {
    fn observe_presence<'a>(&'a self, _: SessionId, actor: &'a Actor, present: bool) -> Pending<'a, ()> {
        let count = {
            let mut state = self.state.lock().unwrap();
            state.present.push((actor.user_id, present));
            state.present.len()
        };
        if self.answers.load(Ordering::Relaxed) {
            let participant = ParticipantView { user_id: actor.user_id, ..samples::viewer() };
            let viewer_count = u32::try_from(count).unwrap();
            self.publish(Event::Session(sessions::Event::ViewerJoined { participant, viewer_count }));
        }
        Box::pin(std::future::ready(()))
    }
}

/// A socket in the hands of a test.
pub(crate) struct Client {
    pub(crate) socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

impl Client {
    pub(crate) async fn send(&mut self, frame: Value) {
        self.socket.send(Message::text(frame.to_string())).await.unwrap();
    }

    pub(crate) async fn subscribe(&mut self, session: SessionId, since: Option<i64>) {
        let mut frame = json!({ "id": "sub", "type": "subscribe", "session_id": session });
        if let Some(since) = since {
            frame["since"] = json!(since);
        }
        self.send(frame).await;
        let answer = self.next().await;
        assert_eq!(answer, json!({ "reply_to": "sub", "ok": true }));
    }

    /// The next frame with words in it.
    pub(crate) async fn next(&mut self) -> Value {
        match self.message().await {
            Ok(value) => value,
            Err(code) => panic!("closed with {code} instead of a frame"),
        }
    }

    /// The next frame with words, or the code the socket was closed with.
    pub(crate) async fn message(&mut self) -> Result<Value, u16> {
        loop {
            let message = tokio::time::timeout(PATIENCE, self.socket.next()).await.expect("a frame in time");
            match message {
                Some(Ok(Message::Text(text))) => return Ok(serde_json::from_str(&text).unwrap()),
                Some(Ok(Message::Close(frame))) => return Err(frame.map_or(1005, |frame| frame.code.into())),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Err(1006),
            }
        }
    }

    /// Reads on until the socket is closed.
    pub(crate) async fn close_code(&mut self) -> u16 {
        loop {
            if let Err(code) = self.message().await {
                return code;
            }
        }
    }

    /// The next event, whichever frame it comes in.
    pub(crate) async fn events(&mut self, count: usize) -> Vec<Value> {
        let mut events = Vec::new();
        while events.len() < count {
            let frame = self.next().await;
            events.extend(frame["events"].as_array().cloned().unwrap_or_default());
        }
        events
    }
}

/// The texts of chat events.
pub(crate) fn texts(events: &[Value]) -> Vec<&str> {
    events.iter().filter_map(|event| event["data"]["message"]["text"].as_str()).collect()
}
