//! The whole engine over real sockets on loopback: catches what rooms, shards and sockets do wrong only together.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    clippy::wildcard_enum_match_arm,
    missing_docs,
    unreachable_pub,
    reason = "tests"
)]

mod abuse;
mod api;
mod cluster;
mod door;
mod flow;
mod network;
mod orders;
mod signals;
mod single;
mod sockets;
mod support;
mod webhooks;
mod whip;
