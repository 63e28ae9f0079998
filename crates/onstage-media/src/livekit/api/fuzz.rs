//! Made-up calls: read as the service reads them, without its tokens and rooms.

use livekit_protocol as proto;

use super::json::Codec;
use super::methods::{Method, read_ask};
use crate::livekit::room::RoomAsk;

/// Reads a call: the highest bit of `what` says in which encoding, the rest which method. True: it could be read.
pub(crate) fn read(what: u8, bytes: &[u8]) -> (bool, Option<RoomAsk>) {
    let codec = if what & 0x80 == 0 { Codec::Json } else { Codec::Protobuf };
    let places = Method::ALL.iter().cycle().skip(usize::from(what & 0x7f));
    let Some((_, method)) = places.copied().next() else { return (false, None) };
    let is_read = match method {
        Method::CreateRoom => codec.read::<proto::CreateRoomRequest>(bytes).is_ok(),
        Method::ListRooms => codec.read::<proto::ListRoomsRequest>(bytes).is_ok(),
        Method::DeleteRoom => codec.read::<proto::DeleteRoomRequest>(bytes).is_ok(),
        Method::ListParticipants => codec.read::<proto::ListParticipantsRequest>(bytes).is_ok(),
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
            let ask = read_ask(method, codec, bytes).ok().map(|(_, ask)| ask);
            return (ask.is_some(), ask);
        }
    };
    (is_read, None)
}
