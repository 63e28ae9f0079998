//! The binary as people start it: settings, secrets, restarts, crowds and nonsense, all from outside.
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

mod contract;
mod crowd;
mod demo;
mod live;
mod malformed;
mod operations;
mod restart;
mod running;
mod seeds_socket;
mod start;
mod strangers;
mod webhooks;
