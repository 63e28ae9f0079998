//! People: accounts, sign-ins, tokens, tickets; who stands behind a call.

pub(crate) mod alarms;
pub(crate) mod routes;
pub(crate) mod service;
mod store;
