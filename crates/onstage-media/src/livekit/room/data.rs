//! Data packets between participants: allowed, measured, signed with the sender's name, passed on as bytes.

use std::sync::Arc;
use std::time::{Duration, Instant};

use onstage_sfu::{Control, DataChannel, PeerKey};

use super::{DATA_BYTES_PER_SECOND_MAX, DATA_MESSAGES_PER_SECOND_MAX, MemberKey, Room};
use crate::clock::Moment;
use crate::livekit::packet::{Envelope, Sender};

/// What one person sent in the running second.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DataMeter {
    from: Instant,
    bytes: usize,
    messages: usize,
}

impl DataMeter {
    pub(crate) fn new(now: Instant) -> Self {
        Self { from: now, bytes: 0, messages: 0 }
    }

    /// Counts a message; false when it is one too many.
    pub(crate) fn takes(&mut self, now: Instant, length: usize) -> bool {
        if now.saturating_duration_since(self.from) >= Duration::from_secs(1) {
            *self = Self::new(now);
        }
        self.bytes = self.bytes.saturating_add(length);
        self.messages = self.messages.saturating_add(1);
        self.bytes <= DATA_BYTES_PER_SECOND_MAX && self.messages <= DATA_MESSAGES_PER_SECOND_MAX
    }
}

impl Room {
    /// A message on a publisher's channel.
    pub(super) fn data_received(
        &mut self,
        now: Moment,
        peer: PeerKey,
        channel: DataChannel,
        contents: &[u8],
    ) {
        let Some(key) = self.peers.get(&peer).copied() else { return };
        let Some(member) = self.members.get_mut(&key).filter(|member| member.permission.data) else { return };
        if channel == DataChannel::DataTrack || !member.meter.takes(now.instant, contents.len()) {
            return;
        }
        let Some(packet) = Envelope::read(contents) else { return };
        if packet.sequence > 0 {
            // Said before: a client repeats what it is not sure of after a resume.
            if packet.sequence <= member.last_sequence {
                return;
            }
            member.last_sequence = packet.sequence;
        }
        if !packet.may_be_forwarded {
            return;
        }
        let sender =
            Sender { sid: &member.sid, identity: &member.identity, lossy: channel == DataChannel::Lossy };
        let contents: Arc<[u8]> = packet.signed(&sender).into();
        let peers = self.receivers(key, &packet);
        if !peers.is_empty() {
            self.control(Control::SendData { peers, channel, contents });
        }
    }

    /// Those who are named, or everybody but the sender.
    fn receivers(&self, from: MemberKey, packet: &Envelope<'_>) -> Vec<PeerKey> {
        let everybody = packet.identities.is_empty() && packet.sids.is_empty();
        self.members
            .iter()
            .filter(|(key, member)| **key != from && member.was_active && member.permission.subscribe)
            .filter(|(_, member)| {
                everybody
                    || packet.identities.contains(&member.identity.as_str())
                    || packet.sids.contains(&member.sid.as_str())
            })
            .map(|(_, member)| member.subscriber)
            .collect()
    }
}
