//! People who watch: some with an account, who write and react, the others without.

use crate::Fault;
use crate::api::{Door, Person};
use crate::events::Follower;

use super::VIEWERS_MAX;
use super::guest::sign_up;

/// Viewers with an account; the others are anonymous.
const NAMES: [&str; 4] = ["Bela", "Noor", "Ines", "Tomo"];

/// One viewer.
#[derive(Debug)]
pub(super) struct Viewer {
    pub(super) person: Person,
    pub(super) follower: Follower,
}

/// Whoever can get in of so many; a server that lets nobody more in is no reason to stop.
pub(super) async fn gather(door: &Door, session: &str, count: usize) -> Vec<Viewer> {
    let mut viewers = Vec::new();
    for place in 0..count.min(VIEWERS_MAX) {
        match come(door, session, place).await {
            Ok(viewer) => viewers.push(viewer),
            Err(fault) => {
                tracing::info!(%fault, "no more viewers");
                break;
            }
        }
    }
    viewers
}

async fn come(door: &Door, session: &str, place: usize) -> Result<Viewer, Fault> {
    let person = match NAMES.get(place) {
        Some(name) => sign_up(door, name, None).await?,
        None => door.anonymous("Guest").await?,
    };
    person.join(session).await?;
    let follower = Follower::open(&person, session, None).await?;
    Ok(Viewer { person, follower })
}
