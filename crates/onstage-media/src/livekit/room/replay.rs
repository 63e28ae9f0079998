//! Reliable packets of the last seconds, given again to those whose connection was away or not yet there.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Instant;

use livekit_protocol as proto;
use onstage_sfu::{Control, DataChannel, PeerKey};

use super::{CHOICES_MAX, Member, MemberKey, REPLAY_BYTES_MAX, REPLAY_FOR, REPLAY_PACKETS_MAX, Room};
use crate::clock::Moment;

/// One packet as it was sent.
#[derive(Debug, Clone)]
pub(super) struct Kept {
    pub(super) from: MemberKey,
    pub(super) from_sid: String,
    pub(super) sequence: u32,
    pub(super) to: Addressees,
    pub(super) contents: Arc<[u8]>,
    pub(super) at: Instant,
}

/// Those who are named, or, when nobody is, everybody but the sender.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Addressees {
    pub(super) identities: Vec<String>,
    pub(super) sids: Vec<String>,
}

impl Addressees {
    pub(super) fn include(&self, member: &Member) -> bool {
        (self.identities.is_empty() && self.sids.is_empty())
            || self.identities.contains(&member.identity)
            || self.sids.contains(&member.sid)
    }
}

/// The packets, oldest first.
#[derive(Debug, Default)]
pub(super) struct Replay {
    packets: VecDeque<Kept>,
    bytes: usize,
}

impl Replay {
    /// Remembers a packet; the oldest give way.
    pub(super) fn keep(&mut self, kept: Kept) {
        let now = kept.at;
        self.bytes = self.bytes.saturating_add(kept.contents.len());
        self.packets.push_back(kept);
        self.forget_old(now);
        while self.packets.len() > REPLAY_PACKETS_MAX || self.bytes > REPLAY_BYTES_MAX {
            self.drop_oldest();
        }
    }

    fn forget_old(&mut self, now: Instant) {
        let old = |kept: &Kept| now.saturating_duration_since(kept.at) > REPLAY_FOR;
        while self.packets.front().is_some_and(old) {
            self.drop_oldest();
        }
    }

    fn drop_oldest(&mut self) {
        if let Some(kept) = self.packets.pop_front() {
            self.bytes = self.bytes.saturating_sub(kept.contents.len());
        }
    }

    /// What a participant missed, in the order in which it was said; `heard` has the last number of each sender's sid.
    fn missed(&self, key: MemberKey, member: &Member, heard: &HashMap<&str, u32>) -> Vec<Arc<[u8]>> {
        self.packets
            .iter()
            .filter(|kept| kept.from != key && kept.at >= member.joined_instant && kept.to.include(member))
            .filter(|kept| heard.get(kept.from_sid.as_str()).is_none_or(|last| kept.sequence > *last))
            .map(|kept| Arc::clone(&kept.contents))
            .collect()
    }
}

impl Room {
    /// The channel of a newcomer opens: what was said since it joined follows.
    pub(super) fn data_open(&mut self, now: Moment, peer: PeerKey) {
        let Some(key) = self.peers.get(&peer).copied() else { return };
        let Some(member) = self.members.get_mut(&key).filter(|member| member.subscriber == peer) else {
            return;
        };
        if !std::mem::replace(&mut member.hears_data, true) {
            self.replay_missed(now, key, &[]);
        }
    }

    /// After a resume: what came after the last that the client heard of each sender. Clients drop what they know by its
    /// number, so that a packet too many does no harm.
    pub(super) fn replay_missed(
        &mut self,
        now: Moment,
        key: MemberKey,
        heard: &[proto::DataChannelReceiveState],
    ) {
        self.replay.forget_old(now.instant);
        let heard: HashMap<&str, u32> = heard
            .iter()
            .take(CHOICES_MAX)
            .map(|state| (state.publisher_sid.as_str(), state.last_seq))
            .collect();
        let Some(member) = self.members.get(&key).filter(|member| member.permission.subscribe) else {
            return;
        };
        let peer = member.subscriber;
        for contents in self.replay.missed(key, member, &heard) {
            self.control(Control::SendData { peers: vec![peer], channel: DataChannel::Reliable, contents });
        }
    }
}
