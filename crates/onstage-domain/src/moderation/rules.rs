//! What can be asked of moderation.

use crate::ids::{SessionId, UserId};
use crate::text::Note;

/// Shortest timeout, seconds.
pub const TIMEOUT_S_MIN: i64 = 1;
/// Longest timeout, seconds: fourteen days.
pub const TIMEOUT_S_MAX: i64 = 14 * 24 * 3600;

/// Sanctions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// No chat, reactions or requests for a while; messages of the last while are hidden by their deletion only.
    Timeout {
        /// Where.
        session: SessionId,
        /// Whom.
        user: UserId,
        /// How long, seconds.
        duration_s: i64,
        /// Why.
        reason: Option<Note>,
    },
}
