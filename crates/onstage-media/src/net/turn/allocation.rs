//! One allocation: where it may send, by which numbers, and how much.

use std::collections::{BTreeSet, HashMap};
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use turn_types::attribute::ChannelNumber;
use turn_types::stun::attribute::ErrorCode;
use turn_types::stun::message::{IntegrityKey, Message, TransactionId};

use super::quota::Meter;
use super::session::Relay;
use crate::places::Place;

/// Life of a permission, and of a channel (RFC 8656 §9, §12); a channel refreshes its permission.
pub(super) const PERMISSION_FOR: Duration = Duration::from_secs(300);
const CHANNEL_FOR: Duration = Duration::from_secs(600);
/// Channels of one allocation: one for each candidate of ours, and some to spare.
pub(crate) const CHANNELS_MAX: usize = 256;
/// Numbers of channels (RFC 8656 §12).
const CHANNELS: std::ops::RangeInclusive<u16> = 0x4000..=0x4fff;

#[derive(Debug)]
pub(super) struct Allocation {
    pub(super) user: String,
    pub(super) key: IntegrityKey,
    pub(super) transaction: TransactionId,
    pub(super) relayed: SocketAddr,
    /// Holds the port of the relayed address, so that nobody else on this machine has it. Never read.
    pub(super) _port: std::net::UdpSocket,
    pub(super) _place: Place<String>,
    pub(super) until: Instant,
    pub(super) permissions: HashMap<IpAddr, Instant>,
    pub(super) channels: HashMap<u16, (SocketAddr, Instant)>,
    pub(super) meter: Meter,
    pub(super) opened: BTreeSet<usize>,
}

impl Allocation {
    pub(super) fn permits(&self, peer: IpAddr, now: Instant) -> bool {
        self.permissions.get(&peer).is_some_and(|until| *until > now)
    }

    pub(super) fn channel_of(&self, peer: SocketAddr, now: Instant) -> Option<u16> {
        let bound = |(_, (to, until)): &(&u16, &(SocketAddr, Instant))| *to == peer && *until > now;
        self.channels.iter().find(bound).map(|(number, _)| *number)
    }

    pub(super) fn bind(
        &mut self,
        relay: &Relay,
        now: Instant,
        message: &Message<'_>,
        peer: SocketAddr,
    ) -> Result<Granted, u16> {
        let number = message.attribute::<ChannelNumber>().map_err(|_| ErrorCode::BAD_REQUEST)?.channel();
        if !relay.peers.contains_key(&peer) {
            return Err(ErrorCode::FORBIDDEN);
        }
        self.channels.retain(|_, (_, until)| *until > now);
        let is_other = self.channels.get(&number).is_some_and(|(to, _)| *to != peer)
            || self.channel_of(peer, now).is_some_and(|bound| bound != number);
        if !CHANNELS.contains(&number) || is_other {
            return Err(ErrorCode::BAD_REQUEST);
        }
        if self.channels.len() >= CHANNELS_MAX && !self.channels.contains_key(&number) {
            return Err(ErrorCode::INSUFFICIENT_CAPACITY);
        }
        self.channels.insert(number, (peer, later(now, CHANNEL_FOR)));
        self.permissions.insert(peer.ip(), later(now, PERMISSION_FOR));
        Ok(Granted::Plain)
    }
}

/// What a request was granted.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Granted {
    Allocation { lifetime: u32, relayed: SocketAddr },
    Life(u32),
    Plain,
}

pub(super) fn later(now: Instant, by: Duration) -> Instant {
    now.checked_add(by).unwrap_or(now)
}

/// Channel data (RFC 8656 §12.4).
pub(super) fn channel_bytes(number: u16, contents: &[u8]) -> Option<Vec<u8>> {
    let length = u16::try_from(contents.len()).ok()?;
    Some([&number.to_be_bytes()[..], &length.to_be_bytes(), contents].concat())
}
