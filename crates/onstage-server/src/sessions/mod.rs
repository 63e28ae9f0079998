//! Shows: going live, coming in, the host's grace, the end.

pub(crate) mod alarms;
pub(crate) mod routes;
pub(crate) mod service;
mod store;
