//! From a place in the log, or from a snapshot, to hearing everything: without a gap and without a repeat.
//!
//! The room is held open before anything is read, so that whatever is published meanwhile is in its memory; then the
//! client is told the log (or a snapshot) up to some place, and the room goes on from exactly there.

use std::sync::Arc;

use onstage_dialects::v1::Position;
use onstage_domain::problem::{Code, Problem};
use onstage_domain::reply::{PAGE_LIMIT_MAX, Page};
use onstage_domain::stage::{ParticipantView, Role};
use onstage_domain::{Actor, Envelope, Query, Reply, Seq, SessionId};

use super::reader::Reader;
use crate::language::{Language, Opening, Telling, VIEWERS_NAMED_MAX};
use crate::limits::{CATCH_UP_ROUNDS_MAX, LOG_PAGE_MAX, ROOM_TURN_MAX};
use crate::line::Closing;
use crate::place;
use crate::room::Standing;

/// How far a reader has been told, and where the person stands by then.
struct Told {
    session: SessionId,
    language: Language,
    standing: Standing,
    /// Place and switch are true up to here; later events move them.
    place_as_of: Seq,
    /// Kicked since then.
    put_out: bool,
    /// The session ended.
    over: bool,
}

impl Told {
    fn from(since: Seq, opening: &Opening, language: Language) -> Self {
        let session = &opening.snapshot.session;
        let standing = Standing {
            place: opening.place,
            read: since,
            last: since,
            cohosts_manage: session.settings.cohosts_manage_guests,
            viewer_count: opening.snapshot.viewer_count,
            knows: Arc::clone(&opening.viewers),
            arrivals: opening.arrivals,
        };
        let place_as_of = opening.snapshot.seq;
        Self { session: session.id, language, standing, place_as_of, put_out: false, over: false }
    }

    /// The event and its position, if this person is told it.
    fn take(&mut self, envelope: &Envelope) -> Option<(Position, Telling)> {
        let seq = envelope.seq?;
        let standing = &mut self.standing;
        standing.read = seq;
        self.over |= place::is_end(&envelope.data);
        if seq > self.place_as_of {
            self.put_out |= place::put_out(&envelope.data) == Some(standing.place.user_id);
            standing.cohosts_manage = place::switch(&envelope.data).unwrap_or(standing.cohosts_manage);
            standing.place = place::after(standing.place, &envelope.data, standing.cohosts_manage);
        }
        if !envelope.data.audience().includes(&standing.place) {
            return None;
        }
        let telling = Telling::new(envelope.clone(), standing.cohosts_manage, standing.viewer_count);
        if !self.language.tells(&telling, &standing.place) {
            return None;
        }
        let prev = std::mem::replace(&mut standing.last, seq);
        Some((Position::Kept { seq, prev }, telling))
    }
}

impl Reader {
    /// Holds the room open, and looks at what a subscriber starts from.
    pub(super) async fn enter(&mut self, actor: &Actor, session: SessionId) -> Result<Opening, Problem> {
        self.pause(session).await;
        let arrivals = self.subscriptions.get(&session).map_or(0, |held| held.room.line.arrivals());
        let (snapshot, place) = self.hub.ports.snapshot.take_snapshot(actor, session).await?;
        let viewers = match self.line.language() {
            Language::V1 => Arc::default(),
            Language::Socket => self.viewers(actor, session).await?,
        };
        Ok(Opening { snapshot, place, viewers, arrivals })
    }

    /// The first hundred; in a large session they are looked up once a window, and counted in between.
    async fn viewers(&self, actor: &Actor, session: SessionId) -> Result<Arc<[ParticipantView]>, Problem> {
        let look = self.look_at_viewers(actor, session);
        match self.subscriptions.get(&session).filter(|subscription| subscription.room.is_crowded) {
            None => look.await,
            Some(subscription) => {
                subscription.room.viewers.within(self.hub.limits.presence_window, look).await
            }
        }
    }

    async fn look_at_viewers(
        &self,
        actor: &Actor,
        session: SessionId,
    ) -> Result<Arc<[ParticipantView]>, Problem> {
        let page = Page { cursor: None, limit: PAGE_LIMIT_MAX };
        let Reply::People(people) = self.hub.ports.ask.ask(actor, Query::People(session, page)).await? else {
            return Ok(Arc::default());
        };
        let viewers = people.items.into_iter().filter(|person| person.role == Role::Viewer);
        Ok(viewers.take(VIEWERS_NAMED_MAX).collect())
    }

    /// From the place the client has, or from the start.
    pub(super) async fn catch_up(
        &mut self,
        actor: &Actor,
        opening: Opening,
        since: Option<Seq>,
    ) -> Result<(), Problem> {
        match since {
            None => self.begin(actor, opening).await,
            Some(since) => self.resume(actor, since, opening).await,
        }
    }

    /// Starts over from a fresh snapshot.
    pub(super) async fn start_from_snapshot(
        &mut self,
        actor: &Actor,
        session: SessionId,
    ) -> Result<(), Problem> {
        let opening = self.enter(actor, session).await?;
        self.begin(actor, opening).await
    }

    /// Holds the room open, and hears nothing more of it until activated.
    async fn pause(&mut self, session: SessionId) {
        self.hold(session);
        if let Some(subscription) = self.subscriptions.get(&session) {
            subscription.room.line.leave(self.line.id()).await;
        }
    }

    async fn begin(&mut self, actor: &Actor, opening: Opening) -> Result<(), Problem> {
        let language = self.line.language();
        let told = Told::from(opening.snapshot.seq, &opening, language);
        let session = told.session;
        for frame in language.opening(opening) {
            self.line.answer(frame).await;
        }
        self.go_live(told).await?;
        self.present(session, actor);
        Ok(())
    }

    async fn resume(&mut self, actor: &Actor, since: Seq, opening: Opening) -> Result<(), Problem> {
        let language = self.line.language();
        let mut told = Told::from(since, &opening, language);
        let session = told.session;
        let reaches = since <= opening.snapshot.seq;
        if !reaches || !self.tell_log(&mut told, language.resuming(since, opening)).await? {
            if let Some(frame) = language.resync(session) {
                self.line.answer(frame).await;
            }
            return self.start_from_snapshot(actor, session).await;
        }
        self.caught_up(&mut told).await;
        self.go_live(told).await?;
        self.present(session, actor);
        Ok(())
    }

    /// Where the language says how far it told, the chain goes on from there, also where the last events were not
    /// for this person.
    async fn caught_up(&self, told: &mut Told) {
        if let Some(frame) = told.language.caught_up(told.session, told.standing.read) {
            told.standing.last = told.standing.read;
            self.line.answer(frame).await;
        }
    }

    /// Tells the log after `told`, as far as it goes; false when it does not reach back or is too long. `first` is
    /// told before it, once it is known to reach back.
    async fn tell_log(&self, told: &mut Told, mut first: Option<String>) -> Result<bool, Problem> {
        let mut count = 0_usize;
        loop {
            let page = self.hub.ports.log.read_log(told.session, told.standing.read, LOG_PAGE_MAX).await?;
            let Some(page) = page else { return Ok(false) };
            count = count.saturating_add(page.len());
            if count > self.hub.limits.catch_up_events {
                return Ok(false);
            }
            if let Some(first) = first.take() {
                self.line.answer(first).await;
            }
            for part in page.chunks(ROOM_TURN_MAX) {
                self.tell_part(part, told).await;
            }
            self.may_go_on(told).await?;
            let full = u32::try_from(page.len()).is_ok_and(|length| length >= LOG_PAGE_MAX);
            if !full || self.line.is_closed() {
                return Ok(true);
            }
        }
    }

    /// Not after a kick, and not after the end of the only session.
    async fn may_go_on(&self, told: &Told) -> Result<(), Problem> {
        if told.put_out {
            match told.language.removed(told.session) {
                Some(frame) => drop(self.line.answer(frame).await),
                None => self.line.close(Closing::KICKED),
            }
            return Err(Problem::new(Code::Blocked));
        }
        if told.over && told.language.has_one_session() {
            self.line.close(Closing::ENDED);
            return Err(Problem::new(Code::SessionEnded));
        }
        Ok(())
    }

    async fn tell_part(&self, part: &[Envelope], told: &mut Told) {
        let heard: Vec<(Position, Telling)> =
            part.iter().filter_map(|envelope| told.take(envelope)).collect();
        if !heard.is_empty() {
            let heard = heard.iter().map(|(position, telling)| (*position, telling));
            self.line.answer_all(told.language.wire(told.session, &told.standing.place, heard)).await;
        }
    }

    /// Hands over to the room; where the room has run ahead of its memory, reads on.
    async fn go_live(&mut self, mut told: Told) -> Result<(), Problem> {
        for _ in 0..CATCH_UP_ROUNDS_MAX {
            let Some(subscription) = self.subscriptions.get(&told.session) else { break };
            let room = subscription.room.line.clone();
            if room.activate(&self.line, told.standing.clone()).await {
                return Ok(());
            }
            if !self.tell_log(&mut told, None).await? {
                break;
            }
            self.caught_up(&mut told).await;
        }
        // It was told an `ok` already: closing is what makes it resume.
        self.line.close(Closing::SLOW);
        Err(Problem::new(Code::TryLater))
    }
}
