//! Data packets between participants: allowed, measured, signed with the sender's name, passed on as bytes.

use std::sync::Arc;

use onstage_sfu::{Control, DataChannel, PeerKey};

use super::replay::{Addressees, Kept};
use super::{DATA_BYTES_PER_SECOND_MAX, DATA_MESSAGES_PER_SECOND_MAX, Member, MemberKey, NONCES_MAX, Room};
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
        if !packet.may_be_forwarded || packet.nonce.is_some_and(|nonce| !is_new(member, nonce)) {
            return;
        }
        // Who is hidden speaks without a name.
        let (sid, identity) =
            if member.announced { (member.sid.as_str(), member.identity.as_str()) } else { ("", "") };
        let lossy = channel == DataChannel::Lossy;
        let contents: Arc<[u8]> = packet.signed(&Sender { sid, identity, lossy }).into();
        let to = Addressees { identities: owned(&packet.identities), sids: owned(&packet.sids) };
        let kept = Kept {
            from: key,
            from_sid: sid.to_owned(),
            sequence: packet.sequence,
            to,
            contents: Arc::clone(&contents),
            at: now.instant,
        };
        let peers = self.receivers(key, &kept.to);
        // Receivers know a packet again by its sender's name and number; without both it is not said twice.
        if channel == DataChannel::Reliable && kept.sequence > 0 && !kept.from_sid.is_empty() {
            self.replay.keep(kept);
        }
        if !peers.is_empty() {
            self.control(Control::SendData { peers, channel, contents });
        }
    }

    /// Those who are named, or everybody but the sender.
    fn receivers(&self, from: MemberKey, to: &Addressees) -> Vec<PeerKey> {
        self.members
            .iter()
            .filter(|(key, member)| **key != from && member.was_active && member.permission.subscribe)
            .filter(|(_, member)| to.include(member))
            .map(|(_, member)| member.subscriber)
            .collect()
    }
}

fn owned(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// Whether a packet of this name was not seen yet.
fn is_new(member: &mut Member, nonce: &[u8]) -> bool {
    if member.nonces.iter().any(|known| known.as_ref() == nonce) {
        return false;
    }
    if member.nonces.len() >= NONCES_MAX {
        member.nonces.pop_front();
    }
    member.nonces.push_back(nonce.into());
    true
}
