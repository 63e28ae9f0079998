//! The task around a room: hands in what comes, carries out what follows, ticks once a second.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use onstage_domain::SessionId;
use onstage_sfu::Control;
use tokio::sync::{mpsc, oneshot};
use tokio::time::MissedTickBehavior;

use super::room::{Ending, Room, RoomInput};
use super::webhooks::Webhooks;
use crate::clock::Moment;
use crate::facts::Facts;
use crate::net::{ShardHandle, Task};

/// Inputs that wait for one room.
pub(crate) const INPUTS_WAITING_MAX: usize = 4_096;
/// How often a room looks at its deadlines.
const TICK_EVERY: Duration = Duration::from_secs(1);

/// What a room's task is told.
#[derive(Debug)]
pub(crate) enum RoomWork {
    /// One input.
    Input(RoomInput),
    /// One input, answered once the shard has carried out what follows from it.
    Enforce(RoomInput, oneshot::Sender<()>),
    /// The end of the room.
    End(Ending, oneshot::Sender<()>),
}

/// How full a room is.
#[derive(Debug, Default)]
pub(crate) struct Crowd {
    /// Media sessions, which have a bound.
    pub(crate) members: AtomicUsize,
    /// People, for the figures.
    pub(crate) participants: AtomicUsize,
}

/// The near end of a room.
#[derive(Debug, Clone)]
pub(crate) struct RoomHandle {
    pub(crate) session: Option<SessionId>,
    pub(crate) work: mpsc::Sender<RoomWork>,
    pub(crate) present: Arc<Crowd>,
}

impl RoomHandle {
    /// Hands an input over. False: the room is gone.
    pub(crate) async fn send(&self, input: RoomInput) -> bool {
        self.work.send(RoomWork::Input(input)).await.is_ok()
    }

    /// Resolves once what follows from the input is enforced. A room that is gone enforces everything.
    pub(crate) async fn enforce(&self, input: RoomInput) {
        let (done, wait) = oneshot::channel();
        if self.work.send(RoomWork::Enforce(input, done)).await.is_ok() {
            let _ = wait.await;
        }
    }

    /// Resolves once the room has ended.
    pub(crate) async fn end(&self, ending: Ending) {
        let (done, wait) = oneshot::channel();
        if self.work.send(RoomWork::End(ending, done)).await.is_ok() {
            let _ = wait.await;
        }
    }
}

/// A room and its way to the world.
pub(crate) struct RoomTask {
    pub(crate) room: Room,
    pub(crate) work: mpsc::Receiver<RoomWork>,
    pub(crate) present: Arc<Crowd>,
    pub(crate) shard: ShardHandle,
    pub(crate) facts: Facts,
    pub(crate) webhooks: Webhooks,
    /// Counts gate tasks.
    pub(crate) turns: u64,
    /// It said goodbye by itself.
    pub(crate) ended: bool,
}

impl RoomTask {
    /// Runs until the room has ended or nobody needs it.
    pub(crate) async fn run(mut self) {
        if self.webhooks.is_on() {
            self.room.watch();
        }
        self.carry_out().await;
        let mut ticks = tokio::time::interval(TICK_EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                work = self.work.recv() => match work {
                    Some(RoomWork::Input(input)) => self.take(input).await,
                    Some(RoomWork::Enforce(input, done)) => {
                        self.take(input).await;
                        self.shard.barrier().await;
                        // Whoever asked may have gone on.
                        let _ = done.send(());
                    }
                    Some(RoomWork::End(ending, done)) => return self.end(ending, Some(done)).await,
                    None => return self.end(Ending::Deleted, None).await,
                },
                _ = ticks.tick() => {
                    self.take(RoomInput::Tick).await;
                    if self.room.is_abandoned(Moment::now()) {
                        return self.end(Ending::Deleted, None).await;
                    }
                }
            }
        }
    }

    async fn take(&mut self, input: RoomInput) {
        self.room.handle(Moment::now(), input);
        self.carry_out().await;
    }

    /// What ends something goes by the urgent way first; then everything in order, then facts.
    async fn carry_out(&mut self) {
        let effects = self.room.take_effects();
        self.count();
        for control in effects.controls.iter().filter(|control| ends_something(control)) {
            let turn = self.turn();
            self.shard.send_urgent(task(control.clone(), turn)).await;
        }
        for control in effects.controls {
            let turn = self.turn();
            self.shard.send(task(control, turn)).await;
        }
        for fact in effects.facts {
            self.facts.tell(fact);
        }
        for event in effects.webhooks {
            self.webhooks.tell(event);
        }
    }

    /// Nobody comes or goes without a change in how many sessions there are, and counting thousands at each word is dear.
    fn count(&self) {
        let members = self.room.present();
        if self.present.members.swap(members, Ordering::AcqRel) != members {
            self.present.participants.store(self.room.people(), Ordering::Relaxed);
        }
    }

    fn turn(&mut self) -> u64 {
        self.turns = self.turns.saturating_add(1);
        self.turns
    }

    async fn end(mut self, ending: Ending, done: Option<oneshot::Sender<()>>) {
        self.work.close();
        self.ended = true;
        self.room.tell_finished(Moment::now(), ending);
        self.room.end(ending);
        self.carry_out().await;
        self.shard.barrier().await;
        if let Some(done) = done {
            let _ = done.send(());
        }
    }
}

fn task(control: Control, turn: u64) -> Task {
    if let Control::SetGate { track, open } = control {
        Task::Gate { track, open, turn }
    } else {
        Task::Control(control)
    }
}

/// Whether an instruction takes something away. It may come twice: the second finds nothing left to take.
fn ends_something(control: &Control) -> bool {
    match control {
        Control::SetGate { open, .. } => !open,
        Control::ClosePeer { .. } | Control::RemoveTrack { .. } | Control::CloseRoom { .. } => true,
        Control::OpenRoom { .. }
        | Control::OpenPeer { .. }
        | Control::AcceptOffer { .. }
        | Control::AcceptAnswer { .. }
        | Control::Negotiate { .. }
        | Control::RemoteCandidate { .. }
        | Control::RestartIce { .. }
        | Control::ExpectTrack { .. }
        | Control::SetLayerSizes { .. }
        | Control::Subscribe { .. }
        | Control::Unsubscribe { .. }
        | Control::SetWish { .. }
        | Control::LimitFrames { .. }
        | Control::FixLines { .. }
        | Control::LimitPeer { .. }
        | Control::SendData { .. } => false,
    }
}

/// A room that ends by a fault leaves nothing behind on its shard; its people come back to a new one.
impl Drop for RoomTask {
    fn drop(&mut self) {
        if !self.ended {
            self.shard.try_send_urgent(Task::Control(Control::CloseRoom { room: self.room.key() }));
        }
    }
}

#[cfg(test)]
mod tests;
