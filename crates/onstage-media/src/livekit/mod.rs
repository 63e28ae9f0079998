//! LiveKit signalling: tokens, admission, sockets and rooms (protocol v0, two PeerConnections).

pub(crate) mod admission;
pub(crate) mod messages;
pub(crate) mod outgoing;
pub(crate) mod packet;
pub(crate) mod permission;
pub(crate) mod query;
pub(crate) mod room;
pub(crate) mod room_task;
pub(crate) mod routes;
pub(crate) mod socket;
pub(crate) mod tokens;
