//! The socket side of a shard's thread: reads whole bursts, sends them, and parks what the system has no room for.

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::os::fd::AsFd as _;

use onstage_sfu::Transmit;

use super::batch::{Batch, CALL_DATAGRAMS_MAX, Outcome};
use super::socket::{Bound, plain};

/// Longest datagram that is read; longer ones are cut and fail their own checks.
pub(crate) const DATAGRAM_BYTES_MAX: usize = 2_048;
/// Datagrams that wait for the system's send buffer; the oldest go first.
pub(crate) const PARKED_MAX: usize = 16_384;

/// A socket and what waits to leave by it.
#[derive(Debug)]
pub(super) struct Link {
    bound: Bound,
    batch: Batch,
    parked: VecDeque<Transmit>,
    is_full: bool,
    buffer: Box<[u8; DATAGRAM_BYTES_MAX]>,
    dropped: u64,
    bytes_in: u64,
    bytes_out: u64,
}

impl Link {
    pub(super) fn new(bound: Bound) -> Self {
        Self {
            batch: Batch::new(bound.socket.as_fd(), bound.address.is_ipv6()),
            bound,
            parked: VecDeque::new(),
            is_full: false,
            buffer: Box::new([0; DATAGRAM_BYTES_MAX]),
            dropped: 0,
            bytes_in: 0,
            bytes_out: 0,
        }
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

    /// Sends with the next ones, at the latest with the next `flush`.
    pub(super) fn send(&mut self, transmit: Transmit) {
        self.park(transmit);
        if self.parked.len() >= CALL_DATAGRAMS_MAX && !self.is_full {
            self.flush();
        }
    }

    /// Sends everything, as far as the system takes it.
    pub(super) fn flush(&mut self) {
        self.is_full = false;
        while !self.parked.is_empty() && !self.is_full {
            match self.batch.send(self.bound.socket.as_fd(), self.parked.as_slices().0) {
                Outcome::Left(sent) => {
                    let left = self.parked.drain(..sent.min(self.parked.len()));
                    let bytes = left
                        .fold(0, |bytes: u64, transmit| bytes.saturating_add(count(transmit.contents.len())));
                    self.bytes_out = self.bytes_out.saturating_add(bytes);
                }
                Outcome::Full => self.is_full = true,
                Outcome::Refused => {
                    self.parked.pop_front();
                    self.dropped = self.dropped.saturating_add(1);
                }
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
}

fn count(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
