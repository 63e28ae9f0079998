//! One session's fan-out: its own task, which is told what happened and tells everybody who may hear it.

mod counted;
mod member;

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use onstage_domain::ports::ReadLog;
use onstage_domain::stage::ParticipantView;
use onstage_domain::{Envelope, Place, Seq, SessionId, UserId};
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, sleep, sleep_until};

use crate::language::{Language, Telling};
use crate::limits::{ARRIVALS_REMEMBERED_MAX, BATCH_TICK_MS, LOG_PAGE_MAX, Limits, ROOM_TURN_MAX};
use crate::line::{Closing, ConnectionId, Line};
use crate::place;
use crate::room::counted::Counted;
use crate::room::member::{Frames, Heard, Member};
use crate::tasks::{from_now, spawn_named};
use crate::wire::Wire;

/// What a room is told.
pub(crate) enum ToRoom {
    /// Something happened.
    Publish(Box<Envelope>),
    /// A subscriber has caught up and wants to hear what comes next.
    Activate(Box<Activate>),
    /// A subscriber wants to hear no more; answered when nothing more comes.
    Leave(ConnectionId, oneshot::Sender<()>),
    /// A person was kicked.
    Remove(UserId),
    /// A signal from one person on stage to another; answered with what came of it.
    Relay(Relay, oneshot::Sender<Result<Relayed, &'static str>>),
}

/// A signal on its way.
pub(crate) struct Relay {
    pub(crate) from: ConnectionId,
    /// A person; nobody in particular otherwise.
    pub(crate) to: Option<UserId>,
    pub(crate) frame: Wire,
}

/// What became of a signal from somebody on stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Relayed {
    /// Its receiver has it.
    Told,
    /// Its receiver has no socket of this kind here.
    NobodyThere,
}

/// Where a subscriber stands when the room takes over.
#[derive(Clone, Debug)]
pub(crate) struct Standing {
    pub(crate) place: Place,
    /// The log was read up to here.
    pub(crate) read: Seq,
    /// The last kept event this person was told.
    pub(crate) last: Seq,
    pub(crate) cohosts_manage: bool,
    pub(crate) viewer_count: u32,
    /// Viewers it was told by name, and how many arrivals had been told by then.
    pub(crate) knows: Arc<[ParticipantView]>,
    pub(crate) arrivals: u64,
}

/// A subscriber that has told its client everything up to where it stands.
pub(crate) struct Activate {
    pub(crate) line: Line,
    pub(crate) standing: Standing,
    /// False: the room no longer knows what came right after that place; read the log again.
    pub(crate) done: oneshot::Sender<bool>,
}

/// The way to a room.
#[derive(Clone)]
pub(crate) struct RoomLine {
    inbox: mpsc::Sender<ToRoom>,
    /// Set when the inbox was full: the room reads from the log what it was not told.
    behind: Arc<AtomicBool>,
    /// How many arrivals were told one by one.
    arrivals: Arc<AtomicU64>,
}

impl RoomLine {
    /// How many arrivals were told one by one so far.
    pub(crate) fn arrivals(&self) -> u64 {
        self.arrivals.load(Ordering::Acquire)
    }

    /// Never waits.
    pub(crate) fn publish(&self, envelope: Envelope) {
        if self.inbox.try_send(ToRoom::Publish(Box::new(envelope))).is_err() {
            self.behind.store(true, Ordering::Release);
        }
    }

    /// Waits for room in the inbox.
    pub(crate) async fn send(&self, message: ToRoom) {
        if self.inbox.send(message).await.is_err() {
            tracing::debug!("a room was told something after its end");
        }
    }

    /// Returns once nothing more comes from this room.
    pub(crate) async fn leave(&self, connection: ConnectionId) {
        let (done, left) = oneshot::channel();
        self.send(ToRoom::Leave(connection, done)).await;
        let _the_room_is_gone_too = left.await;
    }

    /// Hands a signal on, or says why not.
    pub(crate) async fn relay(&self, relay: Relay) -> Result<Relayed, &'static str> {
        let (done, relayed) = oneshot::channel();
        self.send(ToRoom::Relay(relay, done)).await;
        relayed.await.unwrap_or(Err("the session is not open here"))
    }

    /// True once the subscriber hears everything after where it stands.
    pub(crate) async fn activate(&self, line: &Line, standing: Standing) -> bool {
        let (done, activated) = oneshot::channel();
        let line = line.clone();
        self.send(ToRoom::Activate(Box::new(Activate { line, standing, done }))).await;
        activated.await.unwrap_or(false)
    }
}

/// Starts a room.
pub(crate) fn open(session: SessionId, log: Arc<dyn ReadLog>, limits: Limits) -> RoomLine {
    let (inbox, messages) = mpsc::channel(limits.room_queue);
    let behind = Arc::new(AtomicBool::new(false));
    let arrivals = Arc::new(AtomicU64::new(0));
    let room = Room {
        session,
        log,
        limits,
        behind: Arc::clone(&behind),
        members: HashMap::new(),
        recent: VecDeque::new(),
        arrived: VecDeque::new(),
        arrivals: Arc::clone(&arrivals),
        last: None,
        cohosts_manage: true,
        viewer_count: 0,
        counted: Counted::default(),
    };
    spawn_named("room", room.run(messages));
    RoomLine { inbox, behind, arrivals }
}

struct Room {
    session: SessionId,
    log: Arc<dyn ReadLog>,
    limits: Limits,
    behind: Arc<AtomicBool>,
    members: HashMap<ConnectionId, Member>,
    recent: VecDeque<Arc<Telling>>,
    arrived: VecDeque<(u64, Arc<Telling>)>,
    arrivals: Arc<AtomicU64>,
    last: Option<Seq>,
    cohosts_manage: bool,
    viewer_count: u32,
    counted: Counted,
}

type Batch = Vec<Arc<Telling>>;

impl Room {
    async fn run(mut self, mut inbox: mpsc::Receiver<ToRoom>) {
        let mut turn = Vec::with_capacity(ROOM_TURN_MAX);
        loop {
            tokio::select! {
                taken = inbox.recv_many(&mut turn, ROOM_TURN_MAX) => {
                    if taken == 0 {
                        return;
                    }
                    self.gather(&mut turn, &mut inbox).await;
                    self.take(&mut turn).await;
                }
                () = at(self.counted.ends_at()) => self.close_window(),
            }
        }
    }

    /// In a large session what happens within a tick shares a frame.
    async fn gather(&self, turn: &mut Vec<ToRoom>, inbox: &mut mpsc::Receiver<ToRoom>) {
        let only_events = turn.iter().all(|message| matches!(message, ToRoom::Publish(_)));
        if !self.is_large() || !only_events || turn.len() >= ROOM_TURN_MAX {
            return;
        }
        sleep(Duration::from_millis(BATCH_TICK_MS)).await;
        while turn.len() < ROOM_TURN_MAX {
            match inbox.try_recv() {
                Ok(message) => turn.push(message),
                Err(_) => return,
            }
        }
    }

    fn is_large(&self) -> bool {
        self.members.len() > self.limits.batch_above
    }

    async fn take(&mut self, turn: &mut Vec<ToRoom>) {
        let mut batch = Batch::new();
        for message in turn.drain(..) {
            if let ToRoom::Publish(envelope) = message {
                self.admit(*envelope, &mut batch).await;
            } else {
                self.fan_out(&std::mem::take(&mut batch));
                self.control(message).await;
            }
        }
        if self.behind.swap(false, Ordering::AcqRel) {
            self.fill_from_log(None, &mut batch).await;
        }
        self.fan_out(&batch);
    }

    async fn control(&mut self, message: ToRoom) {
        match message {
            ToRoom::Publish(_) => {}
            ToRoom::Activate(activate) => self.activate(*activate),
            ToRoom::Leave(connection, done) => {
                self.members.remove(&connection);
                let _nobody_waits = done.send(());
            }
            ToRoom::Remove(user) => self.remove(user).await,
            ToRoom::Relay(relay, done) => {
                let _nobody_waits = done.send(self.relay(&relay));
            }
        }
    }

    /// Takes an event into the batch: kept ones in order and without gaps, countable ones counted.
    async fn admit(&mut self, envelope: Envelope, batch: &mut Batch) {
        self.viewer_count = place::viewer_count(&envelope.data).unwrap_or(self.viewer_count);
        let Some(seq) = envelope.seq else {
            let window = self.limits.presence_window;
            if !self.counted.take(&envelope, self.is_large(), from_now(window)) {
                let telling = self.prepare(envelope);
                self.remember_arrival(&telling);
                batch.push(telling);
            }
            return;
        };
        if self.last.is_some_and(|last| seq <= last) {
            return;
        }
        if self.last.is_some_and(|last| seq.0 > last.0.saturating_add(1)) {
            self.fill_from_log(Some(seq), batch).await;
        }
        if self.last.is_none_or(|last| seq > last) {
            self.keep(seq, envelope, batch);
        }
    }

    fn keep(&mut self, seq: Seq, envelope: Envelope, batch: &mut Batch) {
        self.last = Some(seq);
        if let Some(switch) = place::switch(&envelope.data) {
            self.cohosts_manage = switch;
        }
        let told = self.prepare(envelope);
        self.recent.push_back(Arc::clone(&told));
        while self.recent.len() > self.limits.recent_events {
            self.recent.pop_front();
        }
        batch.push(told);
    }

    /// It is in no log: whoever looked at the audience a moment ago is told it when they come in.
    fn remember_arrival(&mut self, telling: &Arc<Telling>) {
        if telling.arrival().is_none() {
            return;
        }
        let number = self.arrivals.load(Ordering::Acquire).saturating_add(1);
        self.arrived.push_back((number, Arc::clone(telling)));
        while self.arrived.len() > ARRIVALS_REMEMBERED_MAX {
            self.arrived.pop_front();
        }
        self.arrivals.store(number, Ordering::Release);
    }

    /// Who came and went since a newcomer looked, as far as the newcomer does not know.
    fn arrived_since(&self, standing: &Standing) -> Batch {
        let mut known: HashSet<UserId> = standing.knows.iter().map(|viewer| viewer.user_id).collect();
        let news = self.arrived.iter().filter(|(number, _)| *number > standing.arrivals);
        let unknown = news.filter(|(_, telling)| match telling.arrival() {
            Some((user, true)) => known.insert(user),
            Some((user, false)) => known.remove(&user),
            None => false,
        });
        unknown.map(|(_, telling)| Arc::clone(telling)).collect()
    }

    fn prepare(&self, envelope: Envelope) -> Arc<Telling> {
        Arc::new(Telling::new(envelope, self.cohosts_manage, self.viewer_count))
    }

    /// Reads what was not told, up to `before`; when the log cannot say, everybody has to resume.
    async fn fill_from_log(&mut self, before: Option<Seq>, batch: &mut Batch) {
        loop {
            let Some(last) = self.last else { return };
            let Ok(Some(page)) = self.log.read_log(self.session, last, LOG_PAGE_MAX).await else {
                return self.give_up();
            };
            let more = u32::try_from(page.len()).is_ok_and(|length| length >= LOG_PAGE_MAX);
            for envelope in page {
                match envelope.seq {
                    Some(seq) if before.is_some_and(|before| seq >= before) => return,
                    Some(seq) if self.last.is_none_or(|last| seq > last) => self.keep(seq, envelope, batch),
                    Some(_) | None => {}
                }
            }
            if !more || self.last == Some(last) {
                return;
            }
        }
    }

    fn give_up(&mut self) {
        tracing::warn!(session = %self.session, "the log could not be read: subscribers are told to resume");
        for (_, member) in self.members.drain() {
            member.line().close(Closing::SLOW);
        }
        self.recent.clear();
        self.last = None;
    }

    fn fan_out(&mut self, batch: &[Arc<Telling>]) {
        for chunk in batch.chunks(ROOM_TURN_MAX) {
            let mut frames = Frames::new(self.session);
            self.members.retain(|_, member| member.hear(chunk, &mut frames) == Heard::Stays);
        }
    }

    fn activate(&mut self, activate: Activate) {
        let Activate { line, standing, done } = activate;
        let from = standing.read;
        if !self.reaches_back_to(from) {
            let _nobody_waits = done.send(false);
            return;
        }
        if self.last.is_none() {
            self.last = Some(from);
            self.cohosts_manage = standing.cohosts_manage;
            self.viewer_count = standing.viewer_count;
        }
        let mut missed: Batch =
            self.recent.iter().filter(|told| told.envelope.seq > Some(from)).cloned().collect();
        if line.language().has_one_session() {
            missed.extend(self.arrived_since(&standing));
        }
        let (id, mut member) = (line.id(), Member::new(line, &standing));
        let stays = missed
            .chunks(ROOM_TURN_MAX)
            .all(|chunk| member.hear(chunk, &mut Frames::new(self.session)) == Heard::Stays);
        if stays {
            self.members.insert(id, member);
        }
        let _nobody_waits = done.send(true);
    }

    /// Whether everything after `from` that was ever told is still here.
    fn reaches_back_to(&self, from: Seq) -> bool {
        let Some(last) = self.last else { return true };
        let oldest = self.recent.front().and_then(|told| told.envelope.seq);
        from >= last || oldest.is_some_and(|oldest| oldest.0 <= from.0.saturating_add(1))
    }

    /// The kick is in the log: what was not told of it yet is told first.
    async fn remove(&mut self, user: UserId) {
        let mut batch = Batch::new();
        self.fill_from_log(None, &mut batch).await;
        self.fan_out(&batch);
        let session = self.session;
        for (_, member) in self.members.extract_if(|_, member| member.user() == user) {
            member.put_out(session);
        }
    }

    /// To every socket of its dialect that the receiver has open, if both are on stage.
    fn relay(&self, relay: &Relay) -> Result<Relayed, &'static str> {
        if !self.members.get(&relay.from).is_some_and(Member::is_on_stage) {
            return Err("only people on stage signal each other");
        }
        let mut found = Relayed::NobodyThere;
        for receiver in self.members.values().filter(|member| Some(member.user()) == relay.to) {
            if !receiver.is_on_stage() {
                return Err("this person is not on stage");
            }
            if receiver.line().language() == Language::Socket {
                receiver.line().tell(relay.frame.clone());
                found = Relayed::Told;
            }
        }
        Ok(found)
    }

    fn close_window(&mut self) {
        let batch: Batch =
            self.counted.close(self.session).into_iter().map(|envelope| self.prepare(envelope)).collect();
        self.fan_out(&batch);
    }
}

/// Resolves at that moment, or never.
async fn at(moment: Option<Instant>) {
    match moment {
        Some(moment) => sleep_until(moment).await,
        None => std::future::pending().await,
    }
}
