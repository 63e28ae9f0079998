//! Who gets in: not too many at once, signature, session, denial; what they may do there is the room's to know.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use http::StatusCode;
use tokio::sync::watch;

use super::knocks::{CalledFrom, HalfOpen, Knocks};
use super::room::{MEMBERS_MAX, Surroundings};
use super::room_task::RoomHandle;
use super::tokens::Bearer;
use crate::clock::now;
use crate::directory::{Directory, Door};

/// How long a caller waits for a server that is starting.
pub(crate) const DOORS_WAIT: Duration = Duration::from_millis(2_500);

/// Everything that is asked at the door.
#[derive(Debug, Clone)]
pub(crate) struct Admission {
    pub(crate) directory: Arc<Directory>,
    pub(crate) surroundings: Arc<Surroundings>,
    pub(crate) auto_create_rooms: bool,
    pub(crate) doors: watch::Receiver<bool>,
    pub(crate) knocks: Arc<Knocks>,
}

/// Somebody who may come in.
#[derive(Debug)]
pub(crate) struct Admitted {
    pub(crate) room: RoomHandle,
    pub(crate) bearer: Bearer,
    pub(crate) half_open: HalfOpen,
}

/// A refusal at the door: plain text, because clients look for a sentence in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refused {
    pub(crate) status: StatusCode,
    pub(crate) text: &'static str,
}

/// The exact sentence by which clients tell "no such room" from "no such endpoint".
pub(crate) const NO_SUCH_ROOM: &str = "requested room does not exist";

impl Admission {
    /// The same checks for a join and for `validate`, the cheapest first.
    pub(crate) async fn admit(&self, from: CalledFrom, token: Option<&str>) -> Result<Admitted, Refused> {
        let half_open = self.knocks.knock(from, Instant::now())?;
        self.wait_for_doors().await?;
        let bearer = self
            .surroundings
            .tokens
            .verify(token.unwrap_or_default(), now())
            .map_err(|refusal| Refused { status: refusal.status(), text: refusal_text(refusal) })?;
        let user = bearer.identity.parse().ok();
        let room = Self::through(self.directory.door(&bearer.grant.room, user, self.auto_create_rooms))?;
        Ok(Admitted { room, bearer, half_open })
    }

    /// The room behind a door that stands open.
    pub(crate) fn through(door: Door) -> Result<RoomHandle, Refused> {
        match door {
            Door::Open(room) if room.present.members.load(Ordering::Acquire) >= MEMBERS_MAX => {
                Err(Refused { status: StatusCode::SERVICE_UNAVAILABLE, text: "the room is full" })
            }
            Door::Open(room) => Ok(room),
            Door::Denied => Err(Refused { status: StatusCode::FORBIDDEN, text: "removed from this room" }),
            Door::Missing => Err(Refused { status: StatusCode::NOT_FOUND, text: NO_SUCH_ROOM }),
            Door::Full => Err(Refused { status: StatusCode::SERVICE_UNAVAILABLE, text: "no more rooms" }),
        }
    }

    pub(crate) async fn wait_for_doors(&self) -> Result<(), Refused> {
        wait_for(self.doors.clone()).await
    }
}

/// Waits for a server that is starting.
pub(crate) async fn wait_for(mut doors: watch::Receiver<bool>) -> Result<(), Refused> {
    match tokio::time::timeout(DOORS_WAIT, doors.wait_for(|open| *open)).await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(_)) | Err(_) => Err(Refused { status: StatusCode::SERVICE_UNAVAILABLE, text: "not ready" }),
    }
}

fn refusal_text(refusal: super::tokens::TokenRefusal) -> &'static str {
    use super::tokens::TokenRefusal;
    match refusal {
        TokenRefusal::Missing => "no access token",
        TokenRefusal::Invalid => "invalid token",
        TokenRefusal::Expired => "invalid token: it has expired",
        TokenRefusal::Early => "invalid token: it is not valid yet",
        TokenRefusal::NoJoin => "permissions denied",
        TokenRefusal::NoIdentity => "identity is required",
        TokenRefusal::NoRoom => "room is required",
        TokenRefusal::TooLong => "a name in the token is too long",
        TokenRefusal::Unseen => "the room's name has characters that nobody sees",
    }
}
