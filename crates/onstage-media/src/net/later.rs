//! Datagrams that can wait while sound and pictures cannot: handshakes, which take long, and messages.

use std::collections::VecDeque;
use std::net::SocketAddr;

use onstage_sfu::Transport;

/// Datagrams that wait; above it they are not put off.
pub(crate) const LATER_WAITING_MAX: usize = 1_024;

/// A datagram, and how it came.
#[derive(Debug)]
pub(super) struct Late {
    pub(super) transport: Transport,
    pub(super) source: SocketAddr,
    pub(super) destination: SocketAddr,
    pub(super) contents: Vec<u8>,
}

/// What came, in its order.
#[derive(Debug, Default)]
pub(super) struct Later(VecDeque<Late>);

impl Later {
    /// Whether a datagram can wait and finds room. It has to come from somebody known: what strangers send is thrown away
    /// at once, and takes nobody's room.
    pub(super) fn takes(&self, contents: &[u8]) -> bool {
        is_dtls(contents) && self.0.len() < LATER_WAITING_MAX
    }

    /// Puts a datagram off.
    pub(super) fn put(&mut self, late: Late) {
        self.0.push_back(late);
    }

    /// The next one, when there is time.
    pub(super) fn next(&mut self) -> Option<Late> {
        self.0.pop_front()
    }

    /// Whether any wait.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// By its first byte (RFC 7983 §7).
fn is_dtls(contents: &[u8]) -> bool {
    matches!(contents, [20..=63, ..])
}

#[cfg(test)]
mod tests;
