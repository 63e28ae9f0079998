//! Who comes and goes: above the slices, because coming in touches sessions, moderation, stage and chat at once.

mod book;
mod closed;
mod enter;
mod facts;
mod leave;
mod presence;
mod restart;
mod snapshot;

pub(crate) use book::Book;
pub(crate) use closed::{follow, turned};
pub(crate) use enter::{create, join};
pub(crate) use facts::media_fact;
pub(crate) use leave::leave;
pub(crate) use presence::{observe, ring, shifted};
pub(crate) use restart::bring_back;
pub(crate) use snapshot::{events, look, people, snapshot};
