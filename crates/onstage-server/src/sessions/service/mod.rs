//! Use cases of sessions.

mod analytics;
mod change;
mod look;

pub(crate) use super::store::people;
pub(crate) use analytics::{analytics, beginning, beginning_without_past, forget_courses, write_attendance};
pub(crate) use change::{create, execute, hear};
pub(crate) use look::{Found, by_of, count_live, find, live, live_ids, load_locked, place_of};
