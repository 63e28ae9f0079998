//! Sanctions: who is blocked or timed out where.

pub(crate) mod routes;
pub(crate) mod service;
mod store;
