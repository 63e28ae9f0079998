//! Whose datagram is it: checks by the name in them, everything else by an address that proved itself.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::Instant;

use str0m::ice::StunMessage;

use crate::keys::PeerKey;
use crate::limits::{ADDRESS_HELD_FOR, ADDRESSES_PER_PEER_MAX, UFRAGS_PER_PEER_MAX};
use crate::notice::{Transmit, Transport};
use crate::peer::Peer;
use crate::shard::Shard;
use crate::time::passed;

/// The two maps by which a datagram finds its peer.
#[derive(Debug, Default)]
pub(super) struct Addresses {
    by_ufrag: HashMap<String, PeerKey>,
    /// The same address by UDP and by TCP is two places.
    by_address: HashMap<(Transport, SocketAddr), (PeerKey, Instant)>,
}

/// What the first byte says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    Stun,
    Other,
}

fn class(contents: &[u8]) -> Option<Class> {
    match contents.first()? {
        0..=1 => Some(Class::Stun),
        20..=63 | 128..=191 => Some(Class::Other),
        _ => None,
    }
}

impl Addresses {
    /// Whose datagram it is.
    fn owner(&self, source: (Transport, SocketAddr), contents: &[u8]) -> Option<PeerKey> {
        match class(contents)? {
            Class::Stun => self.owner_of_check(source, contents),
            Class::Other => self.by_address.get(&source).map(|(peer, _)| *peer),
        }
    }

    fn owner_of_check(&self, source: (Transport, SocketAddr), contents: &[u8]) -> Option<PeerKey> {
        let message = StunMessage::parse(contents).ok()?;
        match message.split_username() {
            Some((ours, _)) => self.by_ufrag.get(ours).copied(),
            // A response names nobody; it comes from an address that was checked before.
            None => self.by_address.get(&source).map(|(peer, _)| *peer),
        }
    }

    /// Notes that `peer` proved to be at `address`. An address that lately proved to be another's stays with it:
    /// whoever can forge a source address must not be able to take over the session behind it.
    fn prove(&mut self, address: (Transport, SocketAddr), peer: &mut Peer, now: Instant) {
        if let Some((owner, proved)) = self.by_address.get(&address)
            && *owner != peer.key
            && !passed(*proved, ADDRESS_HELD_FOR, now)
        {
            return;
        }
        let before = self.by_address.insert(address, (peer.key, now));
        if before.is_some_and(|(owner, _)| owner == peer.key) {
            return;
        }
        peer.addresses.push_back(address);
        if peer.addresses.len() > ADDRESSES_PER_PEER_MAX
            && let Some(oldest) = peer.addresses.pop_front()
        {
            self.forget_address(oldest, peer.key);
        }
    }

    /// Notes the name by which checks find a peer now.
    pub(super) fn name(&mut self, peer: &mut Peer) {
        let ufrag = peer.ufrag();
        if peer.ufrags.back() == Some(&ufrag) {
            return;
        }
        self.by_ufrag.insert(ufrag.clone(), peer.key);
        peer.ufrags.push_back(ufrag);
        if peer.ufrags.len() > UFRAGS_PER_PEER_MAX
            && let Some(oldest) = peer.ufrags.pop_front()
        {
            self.by_ufrag.remove(&oldest);
        }
    }

    /// Forgets a peer.
    pub(super) fn forget(&mut self, peer: &Peer) {
        for ufrag in &peer.ufrags {
            self.by_ufrag.remove(ufrag);
        }
        for address in &peer.addresses {
            self.forget_address(*address, peer.key);
        }
    }

    /// Whether nobody is known.
    #[cfg(test)]
    pub(super) fn is_empty(&self) -> bool {
        self.by_ufrag.is_empty() && self.by_address.is_empty()
    }

    fn forget_address(&mut self, address: (Transport, SocketAddr), peer: PeerKey) {
        if self.by_address.get(&address).is_some_and(|(owner, _)| *owner == peer) {
            self.by_address.remove(&address);
        }
    }
}

impl Shard {
    /// Whether a datagram is a connectivity check that names one of its peers: by this a connection finds its shard.
    #[must_use]
    pub fn awaits(&self, contents: &[u8]) -> bool {
        let message = StunMessage::parse(contents).ok();
        let ours = message.as_ref().and_then(StunMessage::split_username).map(|(ours, _)| ours);
        class(contents) == Some(Class::Stun)
            && ours.is_some_and(|ours| self.addresses.by_ufrag.contains_key(ours))
    }

    /// Whether this is the proved address of one of its peers.
    #[must_use]
    pub fn knows(&self, transport: Transport, source: SocketAddr) -> bool {
        self.addresses.by_address.contains_key(&(transport, source))
    }

    /// Hands a datagram to the session it belongs to.
    pub(super) fn datagram(
        &mut self,
        transport: Transport,
        (source, destination): (SocketAddr, SocketAddr),
        contents: &[u8],
    ) {
        self.counters.datagrams_in = self.counters.datagrams_in.saturating_add(1);
        let Some(owner) = self.addresses.owner((transport, source), contents) else {
            self.counters.datagrams_unknown = self.counters.datagrams_unknown.saturating_add(1);
            return;
        };
        let destination = self.foundry.advertised(transport, destination);
        let now = self.now;
        if let (Transport::Udp, Some(peer)) = (transport, self.peers.get_mut(&owner)) {
            peer.route.hear(source, contents, now);
        }
        self.with_session(owner, |peer| peer.receive(now, transport, (source, destination), contents));
        let Some(peer) = self.peers.get_mut(&owner) else { return };
        let (has_moved, has_waiting) = (peer.route.take_move(now), peer.channels.has_waiting());
        if has_moved {
            self.renew_pictures(owner);
        }
        if has_waiting {
            self.mark_dirty(owner);
        }
    }

    /// A success response of ours proves that its receiver knew the password of this peer.
    pub(super) fn note_proof(&mut self, key: PeerKey, transmit: &Transmit) {
        let is_success = transmit.contents.starts_with(&[0x01, 0x01]);
        let is_request = transmit.contents.starts_with(&[0x00, 0x01]);
        if !is_success && !is_request {
            return;
        }
        // Our own request (full ICE) goes to a candidate that came by signalling; its response has to find back.
        let address = (transmit.transport, transmit.destination);
        let is_free = !self.addresses.by_address.contains_key(&address);
        if (is_success || is_free)
            && let Some(peer) = self.peers.get_mut(&key)
        {
            peer.route.answer(transmit.destination, &transmit.contents);
            self.addresses.prove(address, peer, self.now);
        }
    }
}
