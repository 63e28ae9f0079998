//! Synthetic people: bots that reach Onstage only from outside, by REST, event sockets and real media.
//!
//! Nothing here runs in a server. `onstage demo` plays [`demo`], `make bench` and the tests use the rest.

pub mod api;
pub mod demo;
pub mod events;
mod fault;
pub mod media;
pub mod network;
pub mod rtc;

pub use fault::Fault;
