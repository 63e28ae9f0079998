//! The language of S3 (`/ws/live/{session_id}`): `action` in, `type` out, one person's words in several frames.

mod actions;
mod frames;
mod rest;
mod signals;
mod told;
mod words;

pub use actions::{Action, ActionError, SIGNAL_TYPE_LENGTH_MAX, Signal, SignalTarget, parse_action};
pub use frames::{
    Hearers, Word, error_frame, framed, history_frame, participants_frame, pong_frame, signal_frame,
    stand_in_frame,
};
pub use rest::{SessionStats, TokenQuery};
pub use signals::{Meaning, StandIn};
pub use words::words;

#[cfg(test)]
mod tests;
