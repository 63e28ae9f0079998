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

/// Every language sockets speak, and every word for a close: the plots begin at nought, not at the first one.
const DIALECTS: [&str; 2] = ["v1", "socket"];
const REASONS: [&str; 12] = [
    "normal",
    "protocol",
    "policy",
    "too_large",
    "fault",
    "restart",
    "slow",
    "token",
    "kicked",
    "not_found",
    "silent",
    "ended",
];

/// Before the first socket.
pub(crate) fn begin() {
    for dialect in DIALECTS {
        gauge!(meters::SOCKETS_OPEN.name, "dialect" => dialect).increment(0.0);
        for reason in REASONS {
            counter!(meters::SOCKETS_CLOSED.name, "dialect" => dialect, "reason" => reason).increment(0);
        }
    }
}

/// One word a close code; seed dialects have codes of their own for the same reasons.
const fn word(closing: Closing) -> &'static str {
    match closing.code {
        1000 | 1001 => "normal",
        1002 | 1007 => "protocol",
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
