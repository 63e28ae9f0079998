//! Use cases of sessions.

mod change;
mod look;

pub(crate) use super::store::people;
pub(crate) use change::{create, execute, hear, raise_peak};
pub(crate) use look::{Found, by_of, count_live, find, live, live_ids, load_locked, place_of};
