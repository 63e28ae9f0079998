//! From a room's name to its answer.

use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use livekit_protocol as proto;
use tokio::sync::oneshot;

use super::Api;
use super::error::{Code, TwirpError};
use crate::directory::{Door, Removed};
use crate::livekit::room::{Ending, RoomAnswer, RoomAsk, RoomCall, RoomInput};
use crate::livekit::room_task::RoomHandle;

/// How long a room may take to answer.
pub(crate) const ROOM_ANSWERS_WITHIN: Duration = Duration::from_secs(5);

impl Api {
    /// The room of that name, if it is there.
    pub(super) fn room(&self, name: &str) -> Result<RoomHandle, TwirpError> {
        self.admission.directory.room_named(name).ok_or_else(TwirpError::no_room)
    }

    /// The room of that name, made if need be: a caller who may create rooms needs no setting for it.
    pub(super) fn make(&self, name: &str) -> Result<RoomHandle, TwirpError> {
        match self.admission.directory.door(name, None, true) {
            Door::Open(room) => Ok(room),
            Door::Full => Err(TwirpError::new(Code::ResourceExhausted, "no more rooms")),
            Door::Missing | Door::Denied => Err(unanswered()),
        }
    }

    /// Ends a room that no session needs.
    pub(super) async fn end(&self, name: &str) -> Result<(), TwirpError> {
        match self.admission.directory.remove_named(name) {
            Removed::Room(room) => {
                room.end(Ending::Deleted).await;
                Ok(())
            }
            Removed::OfSession => Err(TwirpError::new(
                Code::FailedPrecondition,
                "this room belongs to a session: it ends with it",
            )),
            Removed::Missing => Err(TwirpError::no_room()),
        }
    }

    /// Every room, or those named. A room that ends meanwhile is left out.
    pub(super) async fn show_all(&self, names: &[String]) -> Vec<proto::Room> {
        let rooms = self.admission.directory.rooms_named(names);
        let mut answers: FuturesUnordered<_> =
            rooms.iter().map(|room| self.ask(room, RoomAsk::Show)).collect();
        let mut shown = Vec::new();
        while let Some(answer) = answers.next().await {
            if let Ok(RoomAnswer::Room(room)) = answer {
                shown.push(*room);
            }
        }
        shown.sort_by(|one, other| {
            (one.creation_time_ms, &one.sid).cmp(&(other.creation_time_ms, &other.sid))
        });
        shown
    }

    /// One question to one room.
    pub(super) async fn ask(&self, room: &RoomHandle, ask: RoomAsk) -> Result<RoomAnswer, TwirpError> {
        let (answer, answered) = oneshot::channel();
        let asked = async {
            room.send(RoomInput::Called(RoomCall { ask, answer })).await;
            answered.await
        };
        match tokio::time::timeout(ROOM_ANSWERS_WITHIN, asked).await {
            Ok(Ok(answer)) => answer.map_err(TwirpError::from),
            Ok(Err(_)) => Err(TwirpError::no_room()),
            Err(_) => Err(unanswered()),
        }
    }
}

fn unanswered() -> TwirpError {
    TwirpError::new(Code::Unavailable, "the room does not answer")
}
