//! LiveKit signalling: tokens, admission, sockets and rooms (protocol v0 with two PeerConnections, v1 with one).

pub(crate) mod admission;
pub(crate) mod api;
pub(crate) mod description;
pub(crate) mod join_request;
pub(crate) mod knocks;
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
pub(crate) mod webhooks;
