//! A small client of `/v1`: what a person can do from outside, by REST.

mod calls;
mod door;

pub use calls::{Joined, MediaKind};
pub use door::{Door, Person, SignUp};
