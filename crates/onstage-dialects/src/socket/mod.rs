//! The language of S3 (`/ws/live/{session_id}`): `action` in, `type` out, one person's words in several frames.

mod actions;
mod frames;

pub use actions::{Action, ActionError, Signal, SignalTarget, parse_action};
pub use frames::{
    Hearers, Word, error_frame, framed, history_frame, participants_frame, pong_frame, signal_frame, words,
};
