//! Delivery through real sockets, on a server of a few lines: what a client hears, and what closes it.
#![allow(clippy::arithmetic_side_effects, clippy::indexing_slicing, reason = "tests")]

mod audience;
mod closing;
mod counting;
mod frames;
mod limits;
mod resume;
mod slow;
mod world;
