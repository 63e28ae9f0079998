//! UDP sockets and the threads that drive the shards: one socket, one thread, one shard.

mod batch;
mod handle;
mod link;
mod socket;
mod thread;

pub(crate) use handle::{About, Report, ShardFigures, ShardHandle, Task};
pub(crate) use thread::start;
