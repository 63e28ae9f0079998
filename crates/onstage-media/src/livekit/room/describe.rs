//! Name, metadata and attributes of participants, and the metadata of the room.

use livekit_protocol as proto;
use livekit_protocol::request_response::{Reason, Request};
use livekit_protocol::signal_response::Message;

use super::{MemberKey, Room};
use crate::clock::Moment;
use crate::livekit::description::{self, TooLong};
use crate::livekit::messages;
use crate::livekit::outgoing::encode;
use crate::livekit::tokens::NAME_LENGTH_MAX;

impl Room {
    /// `update_metadata` from the client itself: everybody hears of it, then the client gets its answer.
    pub(super) fn update_metadata(
        &mut self,
        now: Moment,
        key: MemberKey,
        update: proto::UpdateParticipantMetadata,
    ) {
        let may = self.members.get(&key).is_some_and(|member| member.permission.metadata);
        let reason = if may { self.describe(now, key, &update) } else { Err(Reason::NotAllowed) };
        let (id, echo) = (update.request_id, Request::UpdateMetadata(update));
        self.send_to(key, messages::request_response(id, reason.err().unwrap_or(Reason::Ok), Some(echo)));
    }

    /// Changes what is said of a participant, all of it or nothing. What is empty stays as it was.
    pub(super) fn describe(
        &mut self,
        now: Moment,
        key: MemberKey,
        update: &proto::UpdateParticipantMetadata,
    ) -> Result<(), Reason> {
        let member = self.members.get_mut(&key).ok_or(Reason::NotFound)?;
        let too_long = |_: TooLong| Reason::LimitExceeded;
        if update.name.chars().count() > NAME_LENGTH_MAX {
            return Err(Reason::LimitExceeded);
        }
        description::metadata_fits(&update.metadata).map_err(too_long)?;
        let changes = update.attributes.iter().map(|(name, value)| (name.clone(), value.clone()));
        member.attributes = description::changed(&member.attributes, changes).map_err(too_long)?;
        if !update.name.is_empty() {
            member.name.clone_from(&update.name);
        }
        if !update.metadata.is_empty() {
            member.metadata.clone_from(&update.metadata);
        }
        self.announce(key);
        self.refresh_token(now, key);
        Ok(())
    }

    /// The room's metadata, told to everybody at once.
    pub(super) fn describe_room(&mut self, metadata: String) -> Result<(), TooLong> {
        description::metadata_fits(&metadata)?;
        if self.metadata != metadata {
            self.metadata = metadata;
            self.send_to_all(&encode(Message::RoomUpdate(proto::RoomUpdate {
                room: Some(self.room_info()),
            })));
        }
        Ok(())
    }
}
