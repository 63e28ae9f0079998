//! The methods: their names, the grant that each needs, and their way to the rooms.

use livekit_protocol as proto;

use super::Api;
use super::error::{Code, TwirpError};
use super::grants::ApiGrant;
use super::json::Codec;
use super::shapes;
use crate::livekit::room::{RoomAnswer, RoomAsk};
use crate::livekit::tokens::{NAME_LENGTH_MAX, has_unseen};

/// Rooms that `ListRooms` may name.
pub(crate) const LISTED_NAMES_MAX: usize = 1_000;

/// `livekit.RoomService`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Method {
    CreateRoom,
    ListRooms,
    DeleteRoom,
    ListParticipants,
    GetParticipant,
    RemoveParticipant,
    MutePublishedTrack,
    UpdateParticipant,
    UpdateSubscriptions,
    SendData,
    UpdateRoomMetadata,
    ForwardParticipant,
    MoveParticipant,
    PerformRpc,
}

impl Method {
    /// Every method with its name on the wire.
    pub(crate) const ALL: [(&'static str, Self); 14] = [
        ("CreateRoom", Self::CreateRoom),
        ("ListRooms", Self::ListRooms),
        ("DeleteRoom", Self::DeleteRoom),
        ("ListParticipants", Self::ListParticipants),
        ("GetParticipant", Self::GetParticipant),
        ("RemoveParticipant", Self::RemoveParticipant),
        ("MutePublishedTrack", Self::MutePublishedTrack),
        ("UpdateParticipant", Self::UpdateParticipant),
        ("UpdateSubscriptions", Self::UpdateSubscriptions),
        ("SendData", Self::SendData),
        ("UpdateRoomMetadata", Self::UpdateRoomMetadata),
        ("ForwardParticipant", Self::ForwardParticipant),
        ("MoveParticipant", Self::MoveParticipant),
        ("PerformRpc", Self::PerformRpc),
    ];

    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, _)| *known == name).map(|(_, method)| *method)
    }

    /// Whether the grant is of the right kind; for which room it is, is seen once the request is read.
    pub(crate) fn may_be_called(self, grant: &ApiGrant) -> bool {
        match self {
            Self::CreateRoom | Self::DeleteRoom => grant.room_create,
            Self::ListRooms => grant.room_list,
            Self::ListParticipants
            | Self::GetParticipant
            | Self::RemoveParticipant
            | Self::MutePublishedTrack
            | Self::UpdateParticipant
            | Self::UpdateSubscriptions
            | Self::SendData
            | Self::UpdateRoomMetadata
            | Self::ForwardParticipant
            | Self::MoveParticipant
            | Self::PerformRpc => grant.room_admin,
        }
    }
}

type Answered = Result<Vec<u8>, TwirpError>;

impl Api {
    /// One call by somebody with the right kind of grant.
    pub(super) async fn carry_out(
        &self,
        method: Method,
        codec: Codec,
        body: &[u8],
        grant: &ApiGrant,
    ) -> Answered {
        match Call::read(method, codec, body)? {
            Call::Create(request) => self.create(codec, *request).await,
            Call::List(request) => self.list(codec, request).await,
            Call::Delete(request) => self.delete(codec, request).await,
            Call::People(request) => self.people(codec, request, grant).await,
            Call::Room(room, ask) => {
                if room != grant.room {
                    return Err(TwirpError::denied());
                }
                let room = self.room(&room)?;
                write(codec, &self.ask(&room, ask).await?)
            }
        }
    }

    async fn create(&self, codec: Codec, request: proto::CreateRoomRequest) -> Answered {
        if request.name.is_empty() || request.name.chars().count() > NAME_LENGTH_MAX {
            return Err(TwirpError::new(Code::InvalidArgument, "a room needs a name of 1 to 256 characters"));
        }
        if has_unseen(&request.name) {
            let why = "a room's name has no control characters and none that turn text around";
            return Err(TwirpError::new(Code::InvalidArgument, why));
        }
        let unknown =
            request.egress.is_some() || !request.agents.is_empty() || !request.room_preset.is_empty();
        if unknown {
            return Err(TwirpError::new(
                Code::Unimplemented,
                "egress, agents and room_preset are not offered here",
            ));
        }
        let room = self.make(&request.name)?;
        write(codec, &self.ask(&room, RoomAsk::Settle(Box::new(request))).await?)
    }

    async fn list(&self, codec: Codec, request: proto::ListRoomsRequest) -> Answered {
        if request.names.len() > LISTED_NAMES_MAX {
            return Err(TwirpError::new(Code::InvalidArgument, "too many names"));
        }
        let rooms = self.show_all(&request.names).await;
        codec.write(&proto::ListRoomsResponse { rooms }, shapes::ROOMS)
    }

    async fn delete(&self, codec: Codec, request: proto::DeleteRoomRequest) -> Answered {
        self.end(&request.room).await?;
        codec.write(&proto::DeleteRoomResponse {}, shapes::NOTHING)
    }

    /// A room that does not exist has nobody in it: callers poll for rooms that are about to be.
    async fn people(
        &self,
        codec: Codec,
        request: proto::ListParticipantsRequest,
        grant: &ApiGrant,
    ) -> Answered {
        if request.room != grant.room {
            return Err(TwirpError::denied());
        }
        let answer = match self.room(&request.room) {
            Ok(room) => self.ask(&room, RoomAsk::People).await?,
            Err(_) => RoomAnswer::People(Vec::new()),
        };
        write(codec, &answer)
    }
}

/// A call that was read.
#[derive(Debug)]
pub(super) enum Call {
    Create(Box<proto::CreateRoomRequest>),
    List(proto::ListRoomsRequest),
    Delete(proto::DeleteRoomRequest),
    People(proto::ListParticipantsRequest),
    /// The room that it is about, and what it asks of it.
    Room(String, RoomAsk),
}

impl Call {
    /// Reads the body of a call.
    pub(super) fn read(method: Method, codec: Codec, body: &[u8]) -> Result<Self, TwirpError> {
        Ok(match method {
            Method::CreateRoom => Self::Create(codec.read(body)?),
            Method::ListRooms => Self::List(codec.read(body)?),
            Method::DeleteRoom => Self::Delete(codec.read(body)?),
            Method::ListParticipants => Self::People(codec.read(body)?),
            Method::GetParticipant
            | Method::RemoveParticipant
            | Method::MutePublishedTrack
            | Method::UpdateParticipant
            | Method::UpdateSubscriptions
            | Method::SendData
            | Method::UpdateRoomMetadata
            | Method::ForwardParticipant
            | Method::MoveParticipant
            | Method::PerformRpc => {
                let (room, ask) = read_ask(method, codec, body)?;
                Self::Room(room, ask)
            }
        })
    }
}

/// The room that a request is about, and what it asks of it.
fn read_ask(method: Method, codec: Codec, body: &[u8]) -> Result<(String, RoomAsk), TwirpError> {
    Ok(match method {
        Method::GetParticipant => {
            let who: proto::RoomParticipantIdentity = codec.read(body)?;
            (who.room, RoomAsk::Person(who.identity))
        }
        Method::RemoveParticipant => {
            let who: proto::RoomParticipantIdentity = codec.read(body)?;
            if who.revoke_token_ts != 0 {
                return Err(TwirpError::new(Code::Unimplemented, "tokens cannot be revoked by time here"));
            }
            (who.room, RoomAsk::Remove(who.identity))
        }
        Method::MutePublishedTrack => {
            let request: proto::MuteRoomTrackRequest = codec.read(body)?;
            (request.room.clone(), RoomAsk::Mute(request))
        }
        Method::UpdateParticipant => {
            let request: proto::UpdateParticipantRequest = codec.read(body)?;
            (request.room.clone(), RoomAsk::Update(Box::new(request)))
        }
        Method::UpdateSubscriptions => {
            let request: proto::UpdateSubscriptionsRequest = codec.read(body)?;
            (request.room.clone(), RoomAsk::Subscribe(Box::new(request)))
        }
        Method::SendData => {
            let request: proto::SendDataRequest = codec.read(body)?;
            (request.room.clone(), RoomAsk::Send(Box::new(request)))
        }
        Method::UpdateRoomMetadata => {
            let request: proto::UpdateRoomMetadataRequest = codec.read(body)?;
            (request.room, RoomAsk::Describe(request.metadata))
        }
        Method::ForwardParticipant | Method::MoveParticipant | Method::PerformRpc => {
            return Err(TwirpError::new(Code::Unimplemented, "this method is not offered here"));
        }
        Method::CreateRoom | Method::ListRooms | Method::DeleteRoom | Method::ListParticipants => {
            return Err(TwirpError::new(Code::Internal, "not a question to one room"));
        }
    })
}

fn write(codec: Codec, answer: &RoomAnswer) -> Answered {
    match answer {
        RoomAnswer::Room(room) => codec.write(&**room, shapes::ROOM),
        RoomAnswer::Person(person) => codec.write(&**person, shapes::PARTICIPANT),
        RoomAnswer::People(people) => {
            let response = proto::ListParticipantsResponse { participants: people.clone() };
            codec.write(&response, shapes::PARTICIPANTS)
        }
        RoomAnswer::Track(track) => {
            let response = proto::MuteRoomTrackResponse { track: Some((**track).clone()) };
            codec.write(&response, shapes::MUTED)
        }
        // Every answer without content is the same empty message.
        RoomAnswer::Done => codec.write(&proto::SendDataResponse {}, shapes::NOTHING),
    }
}
