//! Datagrams that can wait while sound and pictures cannot: handshakes, which take long, and messages.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Instant;

use onstage_sfu::{Input, Shard, Transport};

/// Datagrams that wait; above it they are not put off.
pub(crate) const LATER_WAITING_MAX: usize = 1_024;

/// A datagram, and how it came.
#[derive(Debug)]
pub(super) struct Arrival<C> {
    pub(super) transport: Transport,
    pub(super) source: SocketAddr,
    pub(super) destination: SocketAddr,
    pub(super) contents: C,
}

impl<C: AsRef<[u8]>> Arrival<C> {
    /// Gives it to the shard.
    pub(super) fn hand_in(&self, shard: &mut Shard, now: Instant) {
        let Self { transport, source, destination, ref contents } = *self;
        let contents = contents.as_ref();
        // Datagrams are never refused.
        let _ = shard.handle(now, Input::Datagram { transport, source, destination, contents });
    }
}

/// What came, in its order.
#[derive(Debug, Default)]
pub(super) struct Later(VecDeque<Arrival<Vec<u8>>>);

impl Later {
    /// Gives a datagram to the shard, or puts it off if it can wait. It has to come from somebody known for that: what
    /// strangers send is thrown away at once, and takes nobody's room.
    pub(super) fn hand_in<C: AsRef<[u8]> + Into<Vec<u8>>>(
        &mut self,
        shard: &mut Shard,
        now: Instant,
        arrival: Arrival<C>,
    ) {
        if self.takes(arrival.contents.as_ref()) && shard.knows(arrival.transport, arrival.source) {
            self.put(arrival);
        } else {
            arrival.hand_in(shard, now);
        }
    }

    /// Whether a datagram can wait and finds room.
    fn takes(&self, contents: &[u8]) -> bool {
        is_dtls(contents) && self.0.len() < LATER_WAITING_MAX
    }

    fn put<C: Into<Vec<u8>>>(&mut self, Arrival { transport, source, destination, contents }: Arrival<C>) {
        self.0.push_back(Arrival { transport, source, destination, contents: contents.into() });
    }

    /// The next one, when there is time.
    pub(super) fn next(&mut self) -> Option<Arrival<Vec<u8>>> {
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
