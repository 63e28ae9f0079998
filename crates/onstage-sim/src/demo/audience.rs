//! People who watch: some with an account, who write and react, the others without. They come and go.

use crate::Fault;
use crate::api::{Door, Person};
use crate::events::Follower;

use super::account::sign_up;
use super::lines::NAMES;
use super::{VIEWERS_MAX, below};

/// Of so many viewers one may be away at a time.
const AWAY_ONE_OF: usize = 8;

/// One viewer; present while there is a follower.
#[derive(Debug)]
struct Viewer {
    person: Person,
    follower: Option<Follower>,
}

/// Everybody who watches.
#[derive(Debug)]
pub(super) struct Audience {
    viewers: Vec<Viewer>,
    wanted: usize,
}

impl Audience {
    pub(super) fn new(wanted: usize) -> Self {
        Self { viewers: Vec::new(), wanted: wanted.min(VIEWERS_MAX) }
    }

    /// Somebody comes for the first time, until all are there. A server that lets nobody more in is no reason to stop.
    pub(super) async fn arrive(&mut self, door: &Door, session: &str) {
        if self.viewers.len() >= self.wanted {
            return;
        }
        match come(door, session, self.viewers.len()).await {
            Ok(viewer) => self.viewers.push(viewer),
            Err(fault) => {
                tracing::info!(%fault, "no more viewers");
                self.wanted = self.viewers.len();
            }
        }
    }

    #[cfg(test)]
    pub(super) fn wanted(&self) -> usize {
        self.wanted
    }

    /// Whether all have come.
    pub(super) fn is_full(&self) -> bool {
        self.viewers.len() >= self.wanted
    }

    /// One who was away comes back, or one who is there goes.
    pub(super) async fn stir(&mut self, session: &str) {
        let away = self.viewers.iter().filter(|viewer| viewer.follower.is_none()).count();
        let many = away >= self.viewers.len().checked_div(AWAY_ONE_OF).unwrap_or_default();
        let comes = many || (away > 0 && below(2) == 0);
        let fits = |viewer: &&mut Viewer| viewer.follower.is_none() == comes;
        let candidates = self.viewers.iter().filter(|viewer| viewer.follower.is_none() == comes).count();
        let Some(viewer) = self.viewers.iter_mut().filter(fits).nth(below(candidates)) else { return };
        if !comes {
            viewer.follower = None;
            let _left = viewer.person.leave(session).await;
        } else if viewer.person.join(session).await.is_ok() {
            viewer.follower = Follower::open(&viewer.person, session, None).await.ok();
        }
    }

    /// Somebody who is there and may write.
    pub(super) fn anyone(&self) -> Option<&Person> {
        let writes = |viewer: &&Viewer| viewer.follower.is_some() && !viewer.person.id.is_empty();
        let count = self.viewers.iter().filter(writes).count();
        self.viewers.iter().filter(writes).nth(below(count)).map(|viewer| &viewer.person)
    }
}

async fn come(door: &Door, session: &str, place: usize) -> Result<Viewer, Fault> {
    // Names are spread among those without, so that the first who come are not all known.
    let name = place.is_multiple_of(3).then(|| NAMES.get(place / 3)).flatten();
    let person = match name {
        Some(name) => sign_up(door, name).await?,
        None => door.anonymous("Guest").await?,
    };
    person.join(session).await?;
    let follower = Some(Follower::open(&person, session, None).await?);
    Ok(Viewer { person, follower })
}
