//! Words and hearts.

pub(crate) mod routes;
pub(crate) mod service;
mod store;
