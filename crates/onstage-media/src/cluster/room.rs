//! Who sees to one room of the cluster: takes what is due, asks until the cluster obeys, and looks in from time to time.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use livekit_protocol as proto;
use onstage_domain::media::{MediaFact, Seen};
use onstage_domain::{SessionId, UserId};
use tokio::sync::{Notify, oneshot};
use tokio_util::sync::CancellationToken;

use super::api::{CallFault, RoomService};
use super::enforce::{Step, steps};
use super::known::{Known, News};
use crate::clock::{Dice, SystemDice, now};
use crate::facts::Facts;
use crate::orders::Person;
use crate::tasks::spawn_named;

/// A webhook may be lost: the room is looked at this often.
const LOOK_EVERY: Duration = Duration::from_secs(10);
/// First wait after a call that failed; doubled up to the longest.
const AGAIN_AFTER: Duration = Duration::from_millis(500);
const AGAIN_AFTER_MAX: Duration = Duration::from_secs(15);
/// The cluster keeps an empty room so long; a later look makes it again.
const EMPTY_TIMEOUT_S: u32 = 3_600;

/// What there is to do; the greatest comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Due {
    /// A person has to be as ordered.
    Person(UserId),
    /// The room has to be there.
    Room,
    /// The room has to be gone.
    End,
}

/// What a room is seen to with.
pub(super) struct Workshop {
    pub(super) session: SessionId,
    pub(super) name: String,
    pub(super) service: Arc<RoomService>,
    pub(super) facts: Facts,
    /// Told whether the cluster answered.
    pub(super) heard: Box<dyn Fn(bool) + Send + Sync>,
    pub(super) stop: CancellationToken,
}

/// How it stands with a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Room {
    Goes,
    Ended,
}

#[derive(Default)]
struct State {
    people: HashMap<UserId, Person>,
    due: BTreeSet<Due>,
    waiting: Vec<oneshot::Sender<()>>,
    known: Known,
}

/// The near end of a room.
#[derive(Clone)]
pub(super) struct RoomHandle {
    state: Arc<Mutex<State>>,
    wake: Arc<Notify>,
    workshop: Arc<Workshop>,
}

impl RoomHandle {
    /// Starts the task that sees to a room.
    pub(super) fn start(workshop: Workshop) -> Self {
        let handle = Self { state: Arc::default(), wake: Arc::default(), workshop: Arc::new(workshop) };
        let room = handle.clone();
        spawn_named("cluster room", async move { room.run().await });
        handle
    }

    /// The order for a person.
    pub(super) fn person(&self, user: UserId, person: Person) {
        self.lock().people.insert(user, person);
    }

    /// Marks things as due; the answer comes once nothing is.
    pub(super) fn due(&self, things: impl IntoIterator<Item = Due>) -> oneshot::Receiver<()> {
        let (done, waits) = oneshot::channel();
        {
            let mut state = self.lock();
            state.due.extend(things);
            state.waiting.push(done);
        }
        self.wake.notify_one();
        waits
    }

    /// How many people are in it.
    pub(super) fn present(&self) -> usize {
        self.lock().known.present()
    }

    /// A webhook: facts follow at once, and whoever comes or publishes is made to fit their order.
    pub(super) fn hear(&self, event: &proto::WebhookEvent) {
        let news = self.lock().known.hear(event);
        self.tell(news);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Facts to the stage; who came or published has to be looked at.
    fn tell(&self, news: News) {
        let mut due = BTreeSet::new();
        for (user, seen) in news {
            if matches!(seen, Seen::Connected | Seen::Published { .. } | Seen::SelfMuted { .. }) {
                due.insert(Due::Person(user));
            }
            let id = SystemDice.fact_id();
            let session = self.workshop.session;
            self.workshop.facts.tell(MediaFact { id, session, user, at: now(), seen });
        }
        if !due.is_empty() {
            self.lock().due.append(&mut due);
            self.wake.notify_one();
        }
    }

    async fn run(&self) {
        let stop = &self.workshop.stop;
        let mut patience = AGAIN_AFTER;
        let mut looks = tokio::time::interval(LOOK_EVERY);
        looks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            let outcome = tokio::select! {
                () = stop.cancelled() => return,
                () = self.wake.notified() => self.work().await,
                _ = looks.tick() => self.work_and_look().await,
            };
            match outcome {
                Ok(Room::Goes) => patience = AGAIN_AFTER,
                Ok(Room::Ended) => return,
                Err(fault) => {
                    self.wait(&fault, patience).await;
                    patience = longer(patience);
                }
            }
        }
    }

    /// After a fault: some time later everything that is due is asked for again.
    async fn wait(&self, fault: &CallFault, patience: Duration) {
        // That the whole cluster is away is said once, not for each room.
        if fault.is_answer() {
            tracing::warn!(room = self.workshop.name, %fault, "the cluster has not obeyed yet");
        }
        tokio::select! {
            () = self.workshop.stop.cancelled() => {}
            () = tokio::time::sleep(patience) => self.wake.notify_one(),
        }
    }

    /// Says whether the call was answered, before anybody hears that their order was obeyed.
    fn heard(&self, outcome: Result<(), CallFault>) -> Result<(), CallFault> {
        (self.workshop.heard)(outcome.as_ref().err().is_none_or(CallFault::is_answer));
        outcome
    }

    async fn work_and_look(&self) -> Result<Room, CallFault> {
        let room = self.work().await?;
        if room == Room::Goes {
            self.heard(self.look().await)?;
        }
        Ok(room)
    }

    /// Everything that is due. What was not obeyed stays due.
    async fn work(&self) -> Result<Room, CallFault> {
        loop {
            let next = self.lock().due.pop_last();
            let Some(due) = next else { break };
            if let Err(fault) = self.heard(self.enforce(due).await) {
                self.lock().due.insert(due);
                return Err(fault);
            }
            if due == Due::End {
                self.answer_all();
                return Ok(Room::Ended);
            }
        }
        self.answer_all();
        Ok(Room::Goes)
    }

    /// Nothing is due: everybody who asked is told, unless something has become due meanwhile.
    fn answer_all(&self) {
        let mut state = self.lock();
        if state.due.is_empty() {
            state.waiting.drain(..).for_each(answer);
        }
    }

    async fn enforce(&self, due: Due) -> Result<(), CallFault> {
        let Workshop { service, name, .. } = self.workshop.as_ref();
        match due {
            Due::Room => service.create_room(name, EMPTY_TIMEOUT_S).await,
            Due::End => gone_is_fine(service.delete_room(name).await),
            Due::Person(user) => match service.get(name, &user.to_string()).await {
                Ok(info) => self.fit(user, &info).await,
                fault => gone_is_fine(fault.map(drop)),
            },
        }
    }

    /// Makes a participant fit their order. People without one may watch, which is what their token says.
    async fn fit(&self, user: UserId, info: &proto::ParticipantInfo) -> Result<(), CallFault> {
        let Some(order) = self.lock().people.get(&user).copied() else { return Ok(()) };
        let Workshop { service, name, .. } = self.workshop.as_ref();
        for step in steps(&order, info) {
            let asked = match step {
                Step::Remove => service.remove(name, &info.identity).await,
                Step::Permit(permission) => service.permit(name, &info.identity, *permission).await,
                Step::Mute(track) => {
                    self.lock().known.note_muted(user, &track);
                    service.mute(name, &info.identity, &track).await
                }
            };
            gone_is_fine(asked)?;
        }
        Ok(())
    }

    /// Compares the room with what is known and ordered: a lost webhook is made up for here.
    async fn look(&self) -> Result<(), CallFault> {
        let Workshop { service, name, .. } = self.workshop.as_ref();
        let listed = match service.list(name).await {
            Err(CallFault::NotFound) => Vec::new(),
            listed => listed?,
        };
        let news = self.lock().known.look(&listed);
        self.tell(news);
        for info in &listed {
            if let Ok(user) = info.identity.parse() {
                self.fit(user, info).await?;
            }
        }
        Ok(())
    }
}

/// The wait after one more fault.
fn longer(patience: Duration) -> Duration {
    patience.saturating_mul(2).min(AGAIN_AFTER_MAX)
}

fn answer(waiting: oneshot::Sender<()>) {
    // Whoever asked may have stopped waiting.
    let _ = waiting.send(());
}

fn gone_is_fine(asked: Result<(), CallFault>) -> Result<(), CallFault> {
    match asked {
        Err(CallFault::NotFound) => Ok(()),
        asked => asked,
    }
}

#[cfg(test)]
mod tests;
