//! Datagrams that can wait while sound and pictures cannot: handshakes, which take long, and messages.

use std::collections::VecDeque;
use std::net::SocketAddr;

/// Datagrams that wait; above it they are not put off.
pub(crate) const LATER_WAITING_MAX: usize = 1_024;

/// What came, in its order.
#[derive(Debug, Default)]
pub(super) struct Later(VecDeque<(SocketAddr, Vec<u8>)>);

impl Later {
    /// Puts a datagram off; `false`: it is one that cannot wait, or too many wait already.
    pub(super) fn puts_off(&mut self, source: SocketAddr, contents: &[u8]) -> bool {
        let puts_off = is_dtls(contents) && self.0.len() < LATER_WAITING_MAX;
        if puts_off {
            self.0.push_back((source, contents.to_vec()));
        }
        puts_off
    }

    /// The next one, when there is time.
    pub(super) fn next(&mut self) -> Option<(SocketAddr, Vec<u8>)> {
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
