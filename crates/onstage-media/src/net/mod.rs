//! UDP sockets and the threads that drive the shards: one socket, one thread, one shard.

mod batch;
mod handle;
mod lane;
mod later;
mod link;
mod listener;
mod socket;
pub(crate) mod tcp;
mod thread;
pub(crate) mod turn;

pub(crate) use handle::{About, Report, ShardFigures, ShardHandle, Task};
pub(crate) use listener::Connections;
pub(crate) use socket::own_address;
pub(crate) use thread::start;
