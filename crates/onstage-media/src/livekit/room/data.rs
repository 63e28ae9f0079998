//! Data packets between participants: allowed, measured, signed with the sender's name, passed on as bytes.

use std::sync::Arc;

use onstage_sfu::{Control, DataChannel, PeerKey};

use super::{DATA_BYTES_PER_SECOND_MAX, DATA_MESSAGES_PER_SECOND_MAX, MemberKey, Room};
use crate::clock::Moment;
use crate::livekit::packet::{Envelope, Sender};
use crate::pace::PerSecond;

/// What one person may send.
pub(super) const DATA_PACE: PerSecond =
    PerSecond { messages: DATA_MESSAGES_PER_SECOND_MAX, bytes: DATA_BYTES_PER_SECOND_MAX };

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
        if channel == DataChannel::DataTrack || !member.pace.takes(now.instant, contents.len()) {
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
