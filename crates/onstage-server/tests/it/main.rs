//! The server through its router, on SQLite and on PostgreSQL, with a clock that is wound by hand.

mod accounts;
mod chat;
mod coverage;
mod malformed;
mod moderation;
mod restart;
mod sessions;
mod stage;
mod support;
