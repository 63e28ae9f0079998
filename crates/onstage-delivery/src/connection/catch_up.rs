//! From a place in the log, or from a snapshot, to hearing everything: without a gap and without a repeat.
//!
//! The room is held open before anything is read, so that whatever is published meanwhile is in its memory; then the
//! client is told the log (or a snapshot) up to some place, and the room goes on from exactly there.

use onstage_dialects::v1::{
    Position, caught_up_frame, event_tail, events_frame, ok_frame, removed_frame, resync_frame,
    snapshot_frame,
};
use onstage_domain::problem::{Code, Problem};
use onstage_domain::reply::Snapshot;
use onstage_domain::{Actor, Envelope, Place, Seq, SessionId};
use serde_json::Value;

use super::reader::Reader;
use crate::limits::{CATCH_UP_ROUNDS_MAX, LOG_PAGE_MAX, ROOM_TURN_MAX};
use crate::line::Closing;
use crate::place;

/// How far a reader has been told, and where the person stands by then.
struct Told {
    session: SessionId,
    /// The log was read up to here.
    read: Seq,
    /// The last event this person was entitled to.
    last: Seq,
    place: Place,
    cohosts_manage: bool,
    /// Place and switch are true up to here; later events move them.
    place_as_of: Seq,
    /// Kicked since then.
    put_out: bool,
}

impl Told {
    fn from(since: Seq, snapshot: &Snapshot, place: Place) -> Self {
        Self {
            session: snapshot.session.id,
            read: since,
            last: since,
            place,
            cohosts_manage: snapshot.session.settings.cohosts_manage_guests,
            place_as_of: snapshot.seq,
            put_out: false,
        }
    }

    /// The event's position and tail, if this person may hear it.
    fn take(&mut self, envelope: &Envelope) -> Option<(Position, String)> {
        let seq = envelope.seq?;
        self.read = seq;
        if seq > self.place_as_of {
            self.put_out |= place::put_out(&envelope.data) == Some(self.place.user_id);
            self.cohosts_manage = place::switch(&envelope.data).unwrap_or(self.cohosts_manage);
            self.place = place::after(self.place, &envelope.data, self.cohosts_manage);
        }
        if !envelope.data.audience().includes(&self.place) {
            return None;
        }
        let prev = std::mem::replace(&mut self.last, seq);
        Some((Position::Kept { seq, prev }, event_tail(envelope)))
    }
}

impl Reader {
    /// Answers a subscription and everything that belongs to it.
    pub(super) async fn catch_up(
        &mut self,
        id: Option<&Value>,
        actor: &Actor,
        (session, since): (SessionId, Option<Seq>),
    ) -> Result<(), Problem> {
        self.pause(session).await;
        let (snapshot, place) = self.hub.ports.snapshot.take_snapshot(actor, session).await?;
        self.line.answer(ok_frame(id, Value::Bool(true))).await;
        match since {
            None => self.begin(actor, (snapshot, place)).await,
            Some(since) => self.resume(actor, since, (snapshot, place)).await,
        }
    }

    /// Starts over from a fresh snapshot.
    pub(super) async fn start_from_snapshot(
        &mut self,
        actor: &Actor,
        session: SessionId,
    ) -> Result<(), Problem> {
        self.pause(session).await;
        let state = self.hub.ports.snapshot.take_snapshot(actor, session).await?;
        self.begin(actor, state).await
    }

    /// Holds the room open, and hears nothing more of it until activated.
    async fn pause(&mut self, session: SessionId) {
        self.hold(session);
        if let Some(subscription) = self.subscriptions.get(&session) {
            subscription.room.line.leave(self.line.id()).await;
        }
    }

    async fn begin(&mut self, actor: &Actor, (snapshot, place): (Snapshot, Place)) -> Result<(), Problem> {
        let told = Told::from(snapshot.seq, &snapshot, place);
        let session = told.session;
        self.line.answer(snapshot_frame(session, snapshot)).await;
        self.go_live(told).await?;
        self.present(session, actor);
        Ok(())
    }

    async fn resume(
        &mut self,
        actor: &Actor,
        since: Seq,
        (snapshot, place): (Snapshot, Place),
    ) -> Result<(), Problem> {
        let mut told = Told::from(since, &snapshot, place);
        let session = told.session;
        if since > snapshot.seq || !self.tell_log(&mut told).await? {
            self.line.answer(resync_frame(session)).await;
            return self.start_from_snapshot(actor, session).await;
        }
        self.caught_up(&mut told).await;
        self.go_live(told).await?;
        self.present(session, actor);
        Ok(())
    }

    /// From here the chain goes on from what was read, also where the last events were not for this person.
    async fn caught_up(&self, told: &mut Told) {
        told.last = told.read;
        self.line.answer(caught_up_frame(told.session, told.read)).await;
    }

    /// Tells the log after `told`, as far as it goes; false when it does not reach back or is too long.
    async fn tell_log(&self, told: &mut Told) -> Result<bool, Problem> {
        let mut count = 0_usize;
        loop {
            let page = self.hub.ports.log.read_log(told.session, told.read, LOG_PAGE_MAX).await?;
            let Some(page) = page else { return Ok(false) };
            count = count.saturating_add(page.len());
            if count > self.hub.limits.catch_up_events {
                return Ok(false);
            }
            for part in page.chunks(ROOM_TURN_MAX) {
                self.tell_part(part, told).await;
            }
            if told.put_out {
                self.line.answer(removed_frame(told.session, &Problem::new(Code::Blocked))).await;
                return Err(Problem::new(Code::Blocked));
            }
            let full = u32::try_from(page.len()).is_ok_and(|length| length >= LOG_PAGE_MAX);
            if !full || self.line.is_closed() {
                return Ok(true);
            }
        }
    }

    async fn tell_part(&self, part: &[Envelope], told: &mut Told) {
        let events: Vec<(Position, String)> =
            part.iter().filter_map(|envelope| told.take(envelope)).collect();
        if !events.is_empty() {
            let tails = events.iter().map(|(position, tail)| (*position, tail.as_str()));
            self.line.answer(events_frame(told.session, tails)).await;
        }
    }

    /// Hands over to the room; where the room has run ahead of its memory, reads on.
    async fn go_live(&mut self, mut told: Told) -> Result<(), Problem> {
        for _ in 0..CATCH_UP_ROUNDS_MAX {
            let Some(subscription) = self.subscriptions.get(&told.session) else { break };
            let room = subscription.room.line.clone();
            if room.activate(&self.line, told.place, told.read, told.cohosts_manage).await {
                return Ok(());
            }
            if !self.tell_log(&mut told).await? {
                break;
            }
            self.caught_up(&mut told).await;
        }
        // It was told an `ok` already: closing is what makes it resume.
        self.line.close(Closing::SLOW);
        Err(Problem::new(Code::TryLater))
    }
}
