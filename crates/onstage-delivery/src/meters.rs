//! Figures of sockets: how many are open, what is written to them, and why they close.

use metrics::{Counter, counter, gauge};
use onstage_domain::meters;

use crate::line::Closing;

/// The figures one socket adds to.
pub(crate) struct SocketMeter {
    dialect: &'static str,
    frames: Counter,
}

impl SocketMeter {
    /// A socket opens.
    pub(crate) fn open(dialect: &'static str) -> Self {
        gauge!(meters::SOCKETS_OPEN.name, "dialect" => dialect).increment(1.0);
        Self { dialect, frames: counter!(meters::SOCKET_FRAMES.name, "dialect" => dialect) }
    }

    /// So many frames were written.
    pub(crate) fn wrote(&self, frames: usize) {
        self.frames.increment(u64::try_from(frames).unwrap_or(u64::MAX));
    }

    /// It is closed.
    pub(crate) fn closed(&self, closing: Closing) {
        let labels = [("dialect", self.dialect), ("reason", word(closing))];
        counter!(meters::SOCKETS_CLOSED.name, &labels).increment(1);
        gauge!(meters::SOCKETS_OPEN.name, "dialect" => self.dialect).decrement(1.0);
    }
}

/// One word a close code; seed dialects have codes of their own for the same reasons.
const fn word(closing: Closing) -> &'static str {
    match closing.code {
        1000 | 1001 => "normal",
        1008 => "policy",
        1009 => "too_large",
        1011 => "fault",
        1012 => "restart",
        1013 => "slow",
        4401 => "token",
        4403 => "kicked",
        4404 => "not_found",
        4408 => "silent",
        4410 => "ended",
        _ => "other",
    }
}
