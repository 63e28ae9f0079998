//! Use cases of the stage.

mod act;
mod answer;
mod hear;
mod load;
mod look;

pub(crate) use act::execute;
pub(crate) use hear::hear;
pub(crate) use look::{invitations, pending_invitations, pending_requests, requests};
