//! Delivery through real sockets, on a server of a few lines: what a client hears, and what closes it.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    clippy::wildcard_enum_match_arm,
    reason = "tests"
)]

mod audience;
mod closing;
mod counting;
mod crowd;
mod engine;
mod frames;
mod limits;
mod live;
mod resume;
mod signals;
mod slow;
mod world;
