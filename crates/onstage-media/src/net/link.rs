//! The socket side of a shard's thread: reads whole bursts, sends, and parks what the system has no room for.

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;

use onstage_sfu::Transmit;

use super::socket::{Bound, for_socket, plain};

/// Longest datagram that is read; longer ones are cut and fail their own checks.
pub(crate) const DATAGRAM_BYTES_MAX: usize = 2_048;
/// Datagrams that wait for the system's send buffer; the oldest go first.
pub(crate) const PARKED_MAX: usize = 16_384;

/// A socket and what waits to leave by it.
#[derive(Debug)]
pub(super) struct Link {
    bound: Bound,
    parked: VecDeque<Transmit>,
    buffer: Box<[u8; DATAGRAM_BYTES_MAX]>,
    dropped: u64,
    bytes_in: u64,
    bytes_out: u64,
}

impl Link {
    pub(super) fn new(bound: Bound) -> Self {
        let buffer = Box::new([0; DATAGRAM_BYTES_MAX]);
        Self { bound, parked: VecDeque::new(), buffer, dropped: 0, bytes_in: 0, bytes_out: 0 }
    }

    pub(super) fn source(&mut self) -> &mut mio::net::UdpSocket {
        &mut self.bound.socket
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.bound.address
    }

    /// The next datagram, or `None` when the socket is drained.
    pub(super) fn receive(&mut self) -> Option<(SocketAddr, &[u8])> {
        loop {
            match self.bound.socket.recv_from(self.buffer.as_mut_slice()) {
                Ok((length, from)) => {
                    self.bytes_in = self.bytes_in.saturating_add(count(length));
                    return Some((plain(from), self.buffer.get(..length).unwrap_or_default()));
                }
                // An ICMP answer to an earlier send: it says nothing about this socket.
                Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => return None,
            }
        }
    }

    /// Sends now, or parks behind what is parked already.
    pub(super) fn send(&mut self, transmit: Transmit) {
        if !self.parked.is_empty() || self.is_full(&transmit) {
            self.park(transmit);
        }
    }

    /// Sends what was parked, as far as the system takes it.
    pub(super) fn flush(&mut self) {
        while let Some(transmit) = self.parked.pop_front() {
            if self.is_full(&transmit) {
                self.parked.push_front(transmit);
                return;
            }
        }
    }

    /// Datagrams that never left.
    pub(super) fn dropped(&self) -> u64 {
        self.dropped
    }

    /// Bytes that came in and that went out.
    pub(super) fn bytes(&self) -> (u64, u64) {
        (self.bytes_in, self.bytes_out)
    }

    fn park(&mut self, transmit: Transmit) {
        if self.parked.len() >= PARKED_MAX {
            self.parked.pop_front();
            self.dropped = self.dropped.saturating_add(1);
        }
        self.parked.push_back(transmit);
    }

    /// True when the system has no room now; every other error is about this datagram alone.
    fn is_full(&mut self, transmit: &Transmit) -> bool {
        let to = for_socket(transmit.destination, self.bound.address.is_ipv6());
        match self.bound.socket.send_to(&transmit.contents, to) {
            Ok(length) => {
                self.bytes_out = self.bytes_out.saturating_add(count(length));
                false
            }
            Err(error) => {
                let full = error.kind() == io::ErrorKind::WouldBlock;
                self.dropped = self.dropped.saturating_add(u64::from(!full));
                full
            }
        }
    }
}

fn count(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
