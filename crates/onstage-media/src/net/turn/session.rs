//! One client of the relay: its allocation, what it may send to, and what comes back. No socket and no clock of its own.

use std::collections::{BTreeSet, HashMap};
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use onstage_domain::At;
use turn_types::attribute::{
    ChannelNumber, Data, Lifetime, RequestedAddressFamily, RequestedTransport, XorPeerAddress,
    XorRelayedAddress,
};
use turn_types::channel::ChannelData;
use turn_types::message::{ALLOCATE, CHANNEL_BIND, CREATE_PERMISSION, DATA, REFRESH, SEND};
use turn_types::stun::attribute::{
    AttributeType, ErrorCode, MessageIntegrity, Nonce, Realm, UnknownAttributes, Username, XorMappedAddress,
};
use turn_types::stun::message::{
    BINDING, IntegrityAlgorithm, IntegrityKey, LongTermKeyCredentials, Message, MessageClass,
    MessageWrite as _, MessageWriteExt as _, MessageWriteVec, TransactionId,
};
use turn_types::stun::prelude::{Attribute as _, AttributeFromRaw as _, AttributeStaticType as _};

use super::allocation::{Allocation, Granted, PERMISSION_FOR, channel_bytes, later};
use super::credentials::Credentials;
use super::quota::{Meter, Quota};
use super::reply::{REALM, Request};
use crate::places::NoPlace;

/// Longest life of an allocation without a refresh.
pub(crate) const LIFETIME_MAX: Duration = Duration::from_secs(3_600);
/// Its life when nothing else is asked for (RFC 8656 §3.2).
pub(crate) const LIFETIME: Duration = Duration::from_secs(600);
/// UDP, the only thing that is relayed (RFC 8656 §18.7).
const UDP: u8 = 17;

/// What all clients of one relay share.
#[derive(Debug)]
pub(crate) struct Relay {
    /// Names and passwords.
    pub(crate) credentials: Credentials,
    /// Our own candidates, each with the shard it belongs to: the only places anything is ever relayed to.
    pub(crate) peers: HashMap<SocketAddr, usize>,
    /// Places for allocations.
    pub(crate) quota: Quota,
    /// Where relayed addresses come from.
    pub(crate) relayed_from: IpAddr,
}

/// A moment on both clocks, and where the client is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Heard {
    pub(super) now: Instant,
    pub(super) at: At,
    pub(super) remote: SocketAddr,
}

/// What follows from a message of the client.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Nothing,
    Reply(Vec<u8>),
    /// Hand this to the shard of that candidate.
    Relay {
        peer: SocketAddr,
        contents: Vec<u8>,
    },
}

/// One client, with or without an allocation.
#[derive(Debug, Default)]
pub(super) struct Session {
    allocation: Option<Allocation>,
}

impl Session {
    /// The relayed address, while there is one.
    pub(super) fn relayed(&self) -> Option<SocketAddr> {
        self.allocation.as_ref().map(|allocation| allocation.relayed)
    }

    /// When the allocation ends.
    pub(super) fn until(&self) -> Option<Instant> {
        self.allocation.as_ref().map(|allocation| allocation.until)
    }

    /// Notes that a shard knows the way back; true the first time.
    pub(super) fn opens(&mut self, shard: usize) -> bool {
        self.allocation.as_mut().is_some_and(|allocation| allocation.opened.insert(shard))
    }

    /// Takes back what [`Self::opens`] noted.
    pub(super) fn opened_not(&mut self, shard: usize) {
        if let Some(allocation) = &mut self.allocation {
            allocation.opened.remove(&shard);
        }
    }

    /// Ends the allocation when its time is over; true while there is one.
    pub(super) fn lives(&mut self, now: Instant) -> bool {
        self.allocation = self.allocation.take().filter(|allocation| allocation.until > now);
        self.allocation.is_some()
    }

    /// Takes one message of the client.
    pub(super) fn hear(&mut self, relay: &Relay, heard: Heard, bytes: &[u8]) -> Outcome {
        self.lives(heard.now);
        if bytes.first().is_some_and(|first| (0x40..=0x4f).contains(first)) {
            return self.channel_data(relay, heard, bytes).unwrap_or(Outcome::Nothing);
        }
        let Ok(message) = Message::from_bytes(bytes) else { return Outcome::Nothing };
        if message.has_class(MessageClass::Indication) && message.has_method(SEND) {
            return self.send(relay, heard, &message).unwrap_or(Outcome::Nothing);
        }
        let Some(request) = Request::of(&message) else { return Outcome::Nothing };
        self.request(relay, heard, request).map_or(Outcome::Nothing, Outcome::Reply)
    }

    /// What came from a shard, as the client wants it; `None` when it may not pass.
    pub(super) fn hear_peer(&mut self, now: Instant, peer: SocketAddr, contents: &[u8]) -> Option<Vec<u8>> {
        let allocation = self.allocation.as_mut().filter(|allocation| allocation.until > now)?;
        if !allocation.permits(peer.ip(), now) || !allocation.meter.takes(now, contents.len()) {
            return None;
        }
        if let Some(number) = allocation.channel_of(peer, now) {
            return channel_bytes(number, contents);
        }
        let transaction = TransactionId::generate();
        let mut message = Message::builder(
            turn_types::stun::message::MessageType::from_class_method(MessageClass::Indication, DATA),
            transaction,
            MessageWriteVec::new(),
        );
        message.add_attribute(&XorPeerAddress::new(peer, transaction)).ok()?;
        message.add_attribute(&Data::new(contents)).ok()?;
        Some(message.finish())
    }

    fn request(&mut self, relay: &Relay, heard: Heard, request: Request<'_>) -> Option<Vec<u8>> {
        let message = request.message();
        if message.has_method(BINDING) {
            let mapped = XorMappedAddress::new(heard.remote, message.transaction_id());
            return request.granted(&[&mapped], None);
        }
        let is_known = [ALLOCATE, REFRESH, CREATE_PERMISSION, CHANNEL_BIND].contains(&message.method());
        if !is_known {
            return request.refused(ErrorCode::BAD_REQUEST, None);
        }
        let (username, key) = match self.signed(relay, heard, request) {
            Ok(signed) => signed,
            Err(reply) => return reply,
        };
        if let Some(unknown) = unknown(message) {
            return request.unknown(&unknown, Some(&key));
        }
        let answer = if message.has_method(ALLOCATE) {
            self.allocate(relay, heard, message, (&username, &key))
        } else {
            self.change(relay, heard, message, &username)
        };
        match answer {
            Ok(Granted::Allocation { lifetime, relayed }) => {
                let transaction = message.transaction_id();
                let relayed = XorRelayedAddress::new(relayed, transaction);
                let mapped = XorMappedAddress::new(heard.remote, transaction);
                request.granted(&[&relayed, &Lifetime::new(lifetime), &mapped], Some(&key))
            }
            Ok(Granted::Life(lifetime)) => request.granted(&[&Lifetime::new(lifetime)], Some(&key)),
            Ok(Granted::Plain) => request.granted(&[], Some(&key)),
            Err(code) => request.refused(code, Some(&key)),
        }
    }

    /// Name and key of a request that is signed as it has to be; else the reply that says how.
    fn signed(
        &self,
        relay: &Relay,
        heard: Heard,
        request: Request<'_>,
    ) -> Result<(String, IntegrityKey), Option<Vec<u8>>> {
        let message = request.message();
        let challenge =
            |code| Err(request.challenged(code, &relay.credentials.nonce(heard.remote, heard.at)));
        let (Ok(username), Ok(nonce), Ok(_)) = (
            message.attribute::<Username>(),
            message.attribute::<Nonce>(),
            message.attribute::<MessageIntegrity>(),
        ) else {
            return challenge(ErrorCode::UNAUTHORIZED);
        };
        if !relay.credentials.is_fresh(nonce.nonce(), heard.remote, heard.at) {
            return challenge(ErrorCode::STALE_NONCE);
        }
        let username = username.username().to_owned();
        // A long show must not end because the name under which it began has run out.
        let own = self.allocation.as_ref().filter(|allocation| allocation.user == username);
        let key = match (own, relay.credentials.current(&username, heard.at)) {
            (Some(allocation), _) => allocation.key.clone(),
            (None, Some(password)) => {
                LongTermKeyCredentials::new(username.clone(), password, REALM.to_owned())
                    .make_key(IntegrityAlgorithm::Sha1)
            }
            (None, None) => return challenge(ErrorCode::UNAUTHORIZED),
        };
        match message.validate_integrity_with_key(&key) {
            Ok(_) => Ok((username, key)),
            Err(_) => challenge(ErrorCode::UNAUTHORIZED),
        }
    }

    fn allocate(
        &mut self,
        relay: &Relay,
        heard: Heard,
        message: &Message<'_>,
        (username, key): (&str, &IntegrityKey),
    ) -> Result<Granted, u16> {
        if let Some(allocation) = &self.allocation {
            // The reply was lost and the request comes again (RFC 8656 §7.2).
            let again = allocation.transaction == message.transaction_id() && allocation.user == username;
            let left = seconds(allocation.until.saturating_duration_since(heard.now));
            let granted = Granted::Allocation { lifetime: left, relayed: allocation.relayed };
            return again.then_some(granted).ok_or(ErrorCode::ALLOCATION_MISMATCH);
        }
        let transport = message.attribute::<RequestedTransport>().map_err(|_| ErrorCode::BAD_REQUEST)?;
        if transport.protocol() != UDP {
            return Err(ErrorCode::UNSUPPORTED_TRANSPORT_PROTOCOL);
        }
        let wants_v6 = message
            .attribute::<RequestedAddressFamily>()
            .is_ok_and(|wanted| wanted.family() == turn_types::AddressFamily::IPV6);
        if wants_v6 != relay.relayed_from.is_ipv6() {
            return Err(ErrorCode::ADDRESS_FAMILY_NOT_SUPPORTED);
        }
        let place = relay.quota.enter(Credentials::user(username).to_owned()).map_err(|full| match full {
            NoPlace::Own => ErrorCode::ALLOCATION_QUOTA_REACHED,
            NoPlace::Total => ErrorCode::INSUFFICIENT_CAPACITY,
        })?;
        let port = std::net::UdpSocket::bind((relay.relayed_from, 0))
            .map_err(|_| ErrorCode::INSUFFICIENT_CAPACITY)?;
        let relayed = port.local_addr().map_err(|_| ErrorCode::INSUFFICIENT_CAPACITY)?;
        let lifetime = lifetime(message).max(LIFETIME);
        self.allocation = Some(Allocation {
            user: username.to_owned(),
            key: key.clone(),
            transaction: message.transaction_id(),
            relayed,
            _port: port,
            _place: place,
            until: later(heard.now, lifetime),
            permissions: HashMap::new(),
            channels: HashMap::new(),
            meter: Meter::new(heard.now),
            opened: BTreeSet::new(),
        });
        Ok(Granted::Allocation { lifetime: seconds(lifetime), relayed })
    }

    /// What needs an allocation of the same user.
    fn change(
        &mut self,
        relay: &Relay,
        heard: Heard,
        message: &Message<'_>,
        username: &str,
    ) -> Result<Granted, u16> {
        let allocation = self.allocation.as_mut().ok_or(ErrorCode::ALLOCATION_MISMATCH)?;
        if allocation.user != username {
            return Err(ErrorCode::WRONG_CREDENTIALS);
        }
        if message.has_method(REFRESH) {
            let lifetime = lifetime(message);
            if lifetime.is_zero() {
                self.allocation = None;
            } else {
                allocation.until = later(heard.now, lifetime);
            }
            return Ok(Granted::Life(seconds(lifetime)));
        }
        let peers = peers_of(message);
        if peers.is_empty() {
            return Err(ErrorCode::BAD_REQUEST);
        }
        if message.has_method(CHANNEL_BIND) {
            let [peer] = peers.as_slice() else { return Err(ErrorCode::BAD_REQUEST) };
            return allocation.bind(relay, heard.now, message, *peer);
        }
        // All or nothing (RFC 8656 §10.2).
        if !peers.iter().all(|peer| relay.peers.keys().any(|own| own.ip() == peer.ip())) {
            return Err(ErrorCode::FORBIDDEN);
        }
        for peer in peers {
            allocation.permissions.insert(peer.ip(), later(heard.now, PERMISSION_FOR));
        }
        Ok(Granted::Plain)
    }

    fn send(&mut self, relay: &Relay, heard: Heard, message: &Message<'_>) -> Option<Outcome> {
        let peer = message.attribute::<XorPeerAddress>().ok()?.addr(message.transaction_id());
        let data = message.attribute::<Data<'_>>().ok()?;
        self.relay(relay, heard, peer, data.data())
    }

    fn channel_data(&mut self, relay: &Relay, heard: Heard, bytes: &[u8]) -> Option<Outcome> {
        let data = ChannelData::parse(bytes).ok()?;
        let allocation = self.allocation.as_ref()?;
        let (peer, until) = allocation.channels.get(&data.id())?;
        let peer = (*until > heard.now).then_some(*peer)?;
        self.relay(relay, heard, peer, data.data())
    }

    fn relay(&mut self, relay: &Relay, heard: Heard, peer: SocketAddr, contents: &[u8]) -> Option<Outcome> {
        let allocation = self.allocation.as_mut()?;
        let may = relay.peers.contains_key(&peer)
            && allocation.permits(peer.ip(), heard.now)
            && allocation.meter.takes(heard.now, contents.len());
        may.then(|| Outcome::Relay { peer, contents: contents.to_vec() })
    }
}

/// What was asked for, at most the longest; zero ends.
fn lifetime(message: &Message<'_>) -> Duration {
    let wanted =
        message.attribute::<Lifetime>().map(|lifetime| Duration::from_secs(lifetime.seconds().into()));
    wanted.unwrap_or(LIFETIME).min(LIFETIME_MAX)
}

fn seconds(duration: Duration) -> u32 {
    u32::try_from(duration.as_secs()).unwrap_or(u32::MAX)
}

/// Every peer that a request names, as plain addresses.
fn peers_of(message: &Message<'_>) -> Vec<SocketAddr> {
    message
        .iter_attributes()
        .filter(|(_, raw)| raw.get_type() == XorPeerAddress::TYPE)
        .filter_map(|(_, raw)| XorPeerAddress::from_raw_ref(&raw).ok())
        .map(|address| address.addr(message.transaction_id()))
        .collect()
}

/// Attributes that have to be understood and are not.
fn unknown(message: &Message<'_>) -> Option<UnknownAttributes> {
    let known = [
        Username::TYPE,
        Realm::TYPE,
        Nonce::TYPE,
        MessageIntegrity::TYPE,
        RequestedTransport::TYPE,
        RequestedAddressFamily::TYPE,
        Lifetime::TYPE,
        XorPeerAddress::TYPE,
        ChannelNumber::TYPE,
        Data::TYPE,
    ];
    let unknown: Vec<AttributeType> = message
        .iter_attributes()
        .map(|(_, raw)| raw.get_type())
        .filter(|kind| kind.comprehension_required() && !known.contains(kind))
        .collect();
    (!unknown.is_empty()).then(|| UnknownAttributes::new(&unknown))
}

#[cfg(test)]
mod tests;
