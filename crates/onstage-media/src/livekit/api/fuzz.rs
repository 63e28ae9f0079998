//! Made-up calls: read as the service reads them, without its tokens and rooms.

use super::json::Codec;
use super::methods::{Call, Method};
use crate::livekit::room::RoomAsk;

/// Reads a call: the highest bit of `what` says in which encoding, the rest which method. True: it could be read.
pub(crate) fn read(what: u8, bytes: &[u8]) -> (bool, Option<RoomAsk>) {
    let codec = if what & 0x80 == 0 { Codec::Json } else { Codec::Protobuf };
    let mut places = Method::ALL.iter().cycle().skip(usize::from(what & 0x7f));
    let Some((_, method)) = places.next() else { return (false, None) };
    match Call::read(*method, codec, bytes) {
        Ok(Call::Room(_, ask)) => (true, Some(ask)),
        Ok(Call::Create(_) | Call::List(_) | Call::Delete(_) | Call::People(_)) => (true, None),
        Err(_) => (false, None),
    }
}
