//! Bots against the real media engine over real UDP: what only a receiver can tell.
//!
//! Catches layers that are switched away from a key frame, numbers with holes, pictures sent twice, and media that
//! goes on after a mute or a kick.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    reason = "tests"
)]

mod house;
mod layers;
mod lifecycle;
mod mute_and_kick;
mod networks;
mod single;
