//! Words and hearts.

pub(crate) mod listeners;
pub(crate) mod routes;
pub(crate) mod service;
mod store;
