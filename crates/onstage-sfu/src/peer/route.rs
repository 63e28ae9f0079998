//! Where a peer is now. A network that changes under a client (a new NAT binding, another cell) shows as checks from
//! another address; the engine stays with the old one until that has timed out, a quarter of a minute later.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use str0m::ice::StunMessage;

use crate::time::passed;

/// An address that nothing came from for so long is left for the one that the client names.
const SILENT_AFTER: Duration = Duration::from_millis(500);

/// A check as one tells it from others: its transaction id.
type Transaction = [u8; 12];

/// What is known of the addresses of one peer.
#[derive(Debug, Default)]
pub(crate) struct Route {
    newest: Option<(SocketAddr, Instant)>,
    before: Option<(SocketAddr, Instant)>,
    asked: Option<(Transaction, SocketAddr)>,
    named: Option<SocketAddr>,
    /// Whether it has moved, and what was under way to its old address is lost.
    has_moved: bool,
}

impl Route {
    /// Notes a datagram that came; a check may name its address as the one to use (RFC 8445 §7.1.2).
    pub(crate) fn hear(&mut self, source: SocketAddr, contents: &[u8], now: Instant) {
        if self.newest.is_some_and(|(newest, _)| newest != source) {
            self.before = self.newest;
        }
        self.newest = Some((source, now));
        if let Some(transaction) = transaction(contents, 0x00)
            && StunMessage::parse(contents).is_ok_and(|message| message.use_candidate())
        {
            self.asked = Some((transaction, source));
        }
    }

    /// Notes a datagram that leaves: the answer to a check proves that its sender knew the password.
    pub(crate) fn answer(&mut self, destination: SocketAddr, contents: &[u8]) {
        let Some(transaction) = transaction(contents, 0x01) else { return };
        if self.asked == Some((transaction, destination)) {
            self.has_moved |= self.named.replace(destination).is_some_and(|named| named != destination);
        }
    }

    /// Whether it has moved and is sent to its new address from now on: asked once, and then forgotten.
    pub(crate) fn take_move(&mut self, now: Instant) -> bool {
        let is_there = self.before.is_none_or(|(_, heard)| passed(heard, SILENT_AFTER, now));
        is_there && std::mem::take(&mut self.has_moved)
    }

    /// Where a datagram should go that the engine would send to `destination`.
    pub(crate) fn now(&self, destination: SocketAddr, now: Instant) -> SocketAddr {
        let Some(named) = self.named.filter(|named| *named != destination) else { return destination };
        let is_at_named = self.newest.is_some_and(|(newest, _)| newest == named);
        let is_silent = self
            .before
            .is_none_or(|(before, heard)| before != destination || passed(heard, SILENT_AFTER, now));
        if is_at_named && is_silent { named } else { destination }
    }
}

/// The transaction of a binding request (`class` 0) or success response (1).
fn transaction(contents: &[u8], class: u8) -> Option<Transaction> {
    let (head, rest) = contents.split_first_chunk::<8>()?;
    (head.first_chunk::<2>() == Some(&[class, 0x01])).then(|| rest.first_chunk::<12>().copied())?
}

#[cfg(test)]
mod tests;
