//! What every use case is handed: database, clock, dice, outbox, media, limits.

use std::sync::Arc;

use onstage_domain::ports::{CarryOut, Credential, Publish};
use onstage_domain::problem::Problem;
use onstage_domain::{Actor, At, Event, SessionId};
use uuid::Uuid;

use crate::accounts::service::{self, Keyring, Passwords, Tickets};
use crate::alarm_clock::{Alarm, AlarmClock};
use crate::attendance::{self, Book};
use crate::clock::Clock;
use crate::db::{Db, Tx};
use crate::dice::{Dice, Ids};
use crate::engine::{Engine, is_enforced};
use crate::fault::Fault;
use crate::listeners;
use crate::outbox::{Outbox, Recorded, log};
use crate::rates::Rates;
use crate::settings::Settings;

/// The world as the server sees it; each part can be another one in a test.
pub struct World {
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Ids and secrets.
    pub dice: Arc<dyn Dice>,
    /// Who hears of committed events.
    pub publish: Arc<dyn Publish>,
    /// Who carries out media orders.
    pub media: Arc<dyn CarryOut>,
}

/// Everything a use case needs.
pub(crate) struct App {
    pub(crate) settings: Settings,
    pub(crate) db: Db,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) dice: Arc<dyn Dice>,
    pub(crate) media: Arc<dyn CarryOut>,
    pub(crate) engine: Engine,
    pub(crate) outbox: Outbox,
    pub(crate) alarms: AlarmClock,
    pub(crate) rates: Rates,
    pub(crate) keyring: Keyring,
    pub(crate) passwords: Passwords,
    pub(crate) tickets: Tickets,
    pub(crate) attendance: Book,
    ids: Arc<Ids>,
}

impl App {
    pub(crate) fn new(settings: Settings, db: Db, world: World) -> Self {
        let engine = Engine::start(Arc::clone(&world.media));
        let ids = Arc::<Ids>::default();
        Self {
            db,
            outbox: Outbox::new(Arc::clone(&world.dice), Arc::clone(&ids), world.publish, engine.clone()),
            engine,
            clock: world.clock,
            dice: world.dice,
            media: world.media,
            alarms: AlarmClock::default(),
            rates: Rates::new(settings.limits_enabled),
            keyring: Keyring::new(&settings.public_url),
            passwords: Passwords::new(settings.password_cost),
            tickets: Tickets::default(),
            attendance: Book::default(),
            ids,
            settings,
        }
    }

    /// A fresh id, ordered as they are drawn.
    pub(crate) fn uuid(&self) -> Uuid {
        self.ids.draw(&*self.dice, self.clock.now())
    }

    pub(crate) async fn authenticate(&self, credential: Credential<'_>) -> Result<Actor, Problem> {
        service::authenticate(self, credential).await
    }

    /// Writes events into the log, and what slices write down about each other's facts in the same transaction.
    pub(crate) async fn record(
        &self,
        tx: &Tx,
        session: SessionId,
        at: At,
        events: Vec<Event>,
    ) -> Result<Recorded, Fault> {
        let recorded = self.outbox.record(tx, session, at, events).await?;
        listeners::write_down(tx, recorded.envelopes()).await?;
        Ok(recorded)
    }

    /// After the commit: tells the events; answers whether the media engine obeys already.
    pub(crate) async fn tell(&self, recorded: Recorded) -> bool {
        let session = recorded.session();
        let shifts = self.attendance.learn(session, recorded.envelopes());
        self.alarms.set(Alarm::Attendance(session), self.attendance.deadline(session));
        let heard: Vec<_> =
            recorded.envelopes().iter().filter(|told| listeners::is_end(told)).cloned().collect();
        let acknowledged = self.outbox.tell(recorded);
        noted(self.close_gap(session).await, "events wait for the ones before them");
        noted(
            attendance::shifted(self, session, &shifts).await,
            "the audience is counted anew with the next one",
        );
        noted(listeners::hear(self, &heard).await, "a listener hears again after a restart");
        match acknowledged {
            Some(acknowledged) => is_enforced(acknowledged).await,
            None => true,
        }
    }

    /// Reads from the log what another node, or a call that broke off after its commit, did not tell here.
    async fn close_gap(&self, session: SessionId) -> Result<(), Fault> {
        while let Some((since, missing)) = self.outbox.gap(session) {
            let envelopes = log::after(self.db.reader(), session, since, missing).await?;
            if envelopes.is_empty() {
                break;
            }
            self.outbox.fill(session, envelopes);
        }
        Ok(())
    }
}

/// The change is committed: what follows from it may fail without undoing it.
fn noted(followed: Result<(), Fault>, consequence: &str) {
    if let Err(fault) = followed {
        tracing::warn!(%fault, "{consequence}");
    }
}
