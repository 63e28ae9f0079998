//! Offers, answers and candidates on their way from a client to the shard.

use livekit_protocol as proto;
use livekit_protocol::SignalTarget;
use onstage_sfu::{Control, FeedbackProfile, IceMode, PeerKey, PeerOptions, PeerRole};
use serde::Deserialize;

use super::{EARLY_CANDIDATES_MAX, MemberKey, Room};

/// The part of an `RTCIceCandidateInit` that we read.
#[derive(Deserialize)]
struct CandidateInit {
    #[serde(default)]
    candidate: String,
}

impl Room {
    /// An offer for the publisher (or the only connection), which is opened by it if need be.
    pub(super) fn publisher_offer(&mut self, key: MemberKey, offer: proto::SessionDescription) {
        let Some(peer) = self.open_publisher(key) else { return };
        self.control(Control::AcceptOffer { peer, offer_id: offer.id, sdp: offer.sdp });
        let early = self.members.get_mut(&key).map(|member| std::mem::take(&mut member.early_candidates));
        for candidate in early.unwrap_or_default() {
            self.control(Control::RemoteCandidate { peer, candidate });
        }
    }

    /// The publisher's PeerConnection, made at its first use. In the single layout it is there already.
    pub(super) fn open_publisher(&mut self, key: MemberKey) -> Option<PeerKey> {
        let peer = PeerKey(self.next_key());
        let room = self.key;
        let member = self.members.get_mut(&key)?;
        if let Some(open) = member.publisher {
            return Some(open);
        }
        if member.query.single {
            member.publisher = Some(member.subscriber);
            return member.publisher;
        }
        member.publisher = Some(peer);
        let ice = if member.query.full_ice { IceMode::Full } else { IceMode::Lite };
        self.peers.insert(peer, key);
        let options = PeerOptions { ice, feedback: FeedbackProfile::Stage, may_pause: false };
        self.control(Control::OpenPeer { peer, room, role: PeerRole::Publisher, options });
        Some(peer)
    }

    /// The client's answer to our offer. In the single layout we never make one.
    pub(super) fn subscriber_answer(&mut self, key: MemberKey, answer: proto::SessionDescription) {
        if let Some(peer) = self.offered_by_us(key) {
            self.control(Control::AcceptAnswer { peer, offer_id: answer.id, sdp: answer.sdp });
        }
    }

    /// A candidate. Those of a publisher that has not offered yet wait for its offer.
    pub(super) fn trickle(&mut self, key: MemberKey, trickle: &proto::TrickleRequest) {
        let Ok(init) = serde_json::from_str::<CandidateInit>(&trickle.candidate_init) else { return };
        if init.candidate.is_empty() {
            return;
        }
        let Some(member) = self.members.get_mut(&key) else { return };
        let peer = match SignalTarget::try_from(trickle.target) {
            Ok(SignalTarget::Subscriber) if !member.query.single => Some(member.subscriber),
            Ok(SignalTarget::Subscriber | SignalTarget::Publisher) => member.publisher,
            Err(_) => return,
        };
        match peer {
            Some(peer) => self.control(Control::RemoteCandidate { peer, candidate: init.candidate }),
            None if member.early_candidates.len() < EARLY_CANDIDATES_MAX => {
                member.early_candidates.push(init.candidate)
            }
            None => {}
        }
    }

    /// Makes the subscriber's offer now.
    pub(super) fn negotiate(&mut self, key: MemberKey) {
        if let Some(peer) = self.offered_by_us(key) {
            self.control(Control::Negotiate { peer });
        }
    }

    /// The connection for which we make the offers, in the dual layout.
    pub(super) fn offered_by_us(&self, key: MemberKey) -> Option<PeerKey> {
        self.members.get(&key).filter(|member| !member.query.single).map(|member| member.subscriber)
    }
}
