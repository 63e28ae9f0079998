//! Offers of clients that would speak to people and not to a media server (S3's `webrtc_signal`), answered on those
//! people's behalf. Each is a member of the room that nobody sees: it gets what the one person sends, or everybody on stage.
//! The first of a person that sends something is that person in the room, as a session of WHIP would be, unless they are
//! there already.

mod line;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use onstage_domain::ports::{AnsweredSignal, Behalf, SignalOffer};
use onstage_domain::{Actor, Code, Problem, SessionId, UserId};
use onstage_sfu::MediaKind;
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

use self::line::Line;
use crate::directory::Directory;
use crate::livekit::admission::{self, Admission, Admitted};
use crate::livekit::permission::Permission;
use crate::livekit::query::{Aside, JoinQuery};
use crate::livekit::room_task::RoomHandle;
use crate::livekit::tokens::Bearer;
use crate::pace::{Allowance, Buckets};
use crate::places::{NoPlace, Place, Places};
use crate::whep::{Picks, Whom};
use crate::whip::description::Offer;
use crate::whip::refusal::Refusal;
use crate::whip::session::{self, Command, Entering, Way};

/// Connections that are answered for one person at once: one to each of the 49 others on a full stage, and one to all.
pub(crate) const ANSWERED_PER_PERSON_MAX: usize = 50;
/// Connections that are answered by one process at once.
pub(crate) const ANSWERED_MAX: usize = 4_096;
/// Connections that one person opens without a pause: as many as may stand at once.
pub(crate) const OPENED_AT_ONCE_PER_PERSON_MAX: u32 = 50;
/// Connections that one person opens in a second, once those are used up.
pub(crate) const OPENED_PER_SECOND_PER_PERSON_MAX: u32 = 4;
/// People who are remembered for that; above it those are forgotten who are allowed everything again, or all.
pub(crate) const OPENING_PEOPLE_MAX: usize = 10_000;
/// Candidates and offers that wait for one of them.
pub(crate) const LINE_COMMANDS_MAX: usize = 64;

/// Everything that is needed to answer.
#[derive(Debug)]
pub(crate) struct Answers {
    directory: Arc<Directory>,
    doors: watch::Receiver<bool>,
    places: Places<UserId>,
    openings: Buckets<UserId>,
}

impl Answers {
    /// Nothing is answered yet.
    pub(crate) fn new(directory: Arc<Directory>, doors: watch::Receiver<bool>) -> Self {
        Self { directory, doors, places: places(), openings: openings() }
    }

    /// Joins the room and waits for the answer.
    pub(crate) async fn answer(&self, offer: SignalOffer<'_>) -> Result<AnsweredSignal, Problem> {
        let SignalOffer { session, asker, behalf, sdp, on_end } = offer;
        let room = self.room(session, asker.user_id).await?;
        let sdp = Offer::of_either_way(sdp)?;
        let place = place(&self.places, asker.user_id)?;
        in_time(&self.openings, asker.user_id, Instant::now())?;
        let over = CancellationToken::new();
        let (way, commands) = way();
        let line = Line::new(way, over.clone(), sdp.origin());
        let entering = entering((asker.user_id, behalf), &sdp, on_end);
        let lease = (place, over.drop_guard());
        // Who asks here has a socket of its own, which is counted.
        let admitted = Admitted { room, bearer: bearer(asker), half_open: None };
        let opened = session::enter(admitted, sdp, entering, (commands, lease)).await?;
        Ok(AnsweredSignal { sdp: opened.answer, line: Box::new(line) })
    }

    async fn room(&self, session: SessionId, asker: UserId) -> Result<RoomHandle, Problem> {
        let admitted = async {
            admission::wait_for(self.doors.clone()).await?;
            Admission::through(self.directory.door_of(session, asker))
        };
        admitted.await.map_err(|refused| Refusal::from(refused).0)
    }
}

fn places() -> Places<UserId> {
    Places::new(ANSWERED_MAX, ANSWERED_PER_PERSON_MAX)
}

fn place(places: &Places<UserId>, asker: UserId) -> Result<Place<UserId>, Problem> {
    places.enter(asker).map_err(|no_place| match no_place {
        NoPlace::Own => Problem::because(Code::TooFast, "This person has too many answered connections."),
        NoPlace::Total => Problem::new(Code::TryLater),
    })
}

fn openings() -> Buckets<UserId> {
    Buckets::new(Allowance {
        at_once: OPENED_AT_ONCE_PER_PERSON_MAX,
        per_second: OPENED_PER_SECOND_PER_PERSON_MAX,
        remembered: OPENING_PEOPLE_MAX,
    })
}

/// Each costs an exchange of keys and a member of the room, also where it ends at once.
fn in_time(openings: &Buckets<UserId>, asker: UserId, now: Instant) -> Result<(), Problem> {
    openings.take(asker, now).map_err(|wait| {
        let wait_ms = i64::try_from(wait.as_millis()).unwrap_or(i64::MAX).saturating_add(1);
        Problem::because(Code::TooFast, "This person opens connections too fast.").retry_after_ms(wait_ms)
    })
}

/// The way to a connection, and what comes by it.
fn way() -> (Way, mpsc::Receiver<Command>) {
    let (told, commands) = mpsc::channel(LINE_COMMANDS_MAX);
    (Way::new(told), commands)
}

fn entering((asker, behalf): (UserId, Behalf), offer: &Offer, on_end: Box<dyn FnOnce() + Send>) -> Entering {
    let whom = match behalf {
        Behalf::Person(person) => Whom::Only(person.to_string()),
        Behalf::Stage => Whom::AllBut(asker.to_string()),
    };
    let lines = (offer.receiving(MediaKind::Audio), offer.receiving(MediaKind::Video));
    Entering {
        query: JoinQuery {
            single: true,
            fixes_lines: true,
            aside: Some(Aside { user: asker, is_held_back: false }),
            full_ice: offer.is_of_firefox(),
            ..JoinQuery::default()
        },
        tracks: offer.tracks(),
        picks: Some(Picks::new(lines.0, lines.1).of(whom)),
        needs_all: false,
        on_end: Some(on_end),
    }
}

/// Rooms of sessions go by orders: the token's own grants count for nothing there.
fn bearer(asker: &Actor) -> Bearer {
    Bearer {
        identity: asker.user_id.to_string(),
        name: asker.display_name.clone(),
        metadata: String::new(),
        attributes: BTreeMap::new(),
        grant: Permission::VIEWER.to_claim(""),
    }
}

#[cfg(test)]
mod tests;
