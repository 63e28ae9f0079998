//! Seats: requests, invitations, mutes, kicks; and what follows from connections and time.

pub(crate) mod alarms;
pub(crate) mod listeners;
pub(crate) mod routes;
pub(crate) mod service;
mod store;
