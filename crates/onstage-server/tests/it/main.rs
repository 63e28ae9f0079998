//! The server through its router, on SQLite and on PostgreSQL, with a clock that is wound by hand.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by a panic"
)]

mod accounts;
mod analytics;
mod chat;
mod coverage;
mod live;
mod malformed;
mod moderation;
mod restart;
mod row_security;
mod sessions;
mod stage;
mod support;
mod surroundings;
mod upkeep;
