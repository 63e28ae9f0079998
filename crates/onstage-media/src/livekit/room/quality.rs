//! How good everybody's connection is: a person's ways together, told when the word changes, to the person and to who receives them.

use livekit_protocol as proto;
use livekit_protocol::signal_response::Message;
use onstage_domain::media::Seen;
use onstage_sfu::{ConnectionQuality, PeerKey};

use super::{Member, MemberKey, Room};
use crate::clock::Moment;
use crate::livekit::outgoing::encode;

/// What is known of one person's connection.
#[derive(Debug, Default)]
pub(crate) struct Known {
    /// By PeerConnection: the word, and from 1 to 5 in tenths.
    ways: Vec<(PeerKey, ConnectionQuality, u8)>,
    told: Option<ConnectionQuality>,
}

/// Who hears of it beside the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Others {
    All,
    Receivers,
}

/// Best and worst of what LiveKit's clients show.
const SCORE_BEST_TENTHS: u8 = 45;
const SCORE_LOST_TENTHS: u8 = 10;

impl Room {
    /// The word for one of a person's ways changed; the worst of them is what is told.
    pub(super) fn quality(
        &mut self,
        now: Moment,
        (peer, quality, score_tenths): (PeerKey, ConnectionQuality, u8),
    ) {
        let Some(key) = self.peers.get(&peer).copied() else { return };
        let peers = &self.peers;
        let Some(member) = self.members.get_mut(&key) else { return };
        let ways = &mut member.quality.ways;
        ways.retain(|(known, ..)| *known != peer && peers.contains_key(known));
        ways.push((peer, quality, score_tenths));
        if member.media_lost.is_none() && member.was_active {
            self.tell_worst(now, key, Others::Receivers);
        }
    }

    /// The connection is there, or there again.
    pub(super) fn quality_begins(&mut self, now: Moment, key: MemberKey) {
        if let Some(member) = self.members.get_mut(&key) {
            member.quality.told = None;
        }
        self.tell_worst(now, key, Others::All);
    }

    /// Nothing comes. Nobody is told of their own loss: livekit-client would start anew while ICE is still coming back.
    pub(super) fn quality_is_lost(&mut self, now: Moment, key: MemberKey) {
        let Some(member) = self.members.get_mut(&key) else { return };
        member.quality.told = None;
        let user = member.user;
        let message = connection_quality(member, proto::ConnectionQuality::Lost, SCORE_LOST_TENTHS);
        self.tell_others(key, &message, Others::All);
        self.fact(now, user, Seen::Quality { score: 3 });
    }

    fn tell_worst(&mut self, now: Moment, key: MemberKey, others: Others) {
        let Some(member) = self.members.get_mut(&key) else { return };
        let worst = member.quality.ways.iter().min_by_key(|(_, quality, _)| *quality);
        let (quality, score_tenths) = worst
            .map_or((ConnectionQuality::Excellent, SCORE_BEST_TENTHS), |(_, quality, score)| {
                (*quality, *score)
            });
        if member.quality.told.replace(quality) == Some(quality) {
            return;
        }
        let user = member.user;
        let (word, score) = words(quality);
        let message = connection_quality(member, word, score_tenths);
        if let Some(own) = member.outgoing() {
            own.send_encoded(message.clone());
        }
        self.tell_others(key, &message, others);
        self.fact(now, user, Seen::Quality { score });
    }

    fn tell_others(&self, key: MemberKey, message: &axum::body::Bytes, whom: Others) {
        let Some(member) = self.members.get(&key).filter(|member| member.announced) else { return };
        let receives =
            |other: &Member| member.tracks.iter().any(|track| other.subscribed.contains(&track.key));
        let others = self.members.iter().filter(|(other, _)| **other != key).map(|(_, other)| other);
        let hearing = others.filter(|other| whom == Others::All || receives(other));
        hearing.filter_map(Member::outgoing).for_each(|out| out.send_encoded(message.clone()));
    }
}

/// LiveKit's word (which has no *fair*) and the stage's.
fn words(quality: ConnectionQuality) -> (proto::ConnectionQuality, u8) {
    match quality {
        ConnectionQuality::Excellent => (proto::ConnectionQuality::Excellent, 2),
        ConnectionQuality::Good | ConnectionQuality::Fair => (proto::ConnectionQuality::Good, 1),
        ConnectionQuality::Poor => (proto::ConnectionQuality::Poor, 0),
    }
}

fn connection_quality(
    member: &Member,
    quality: proto::ConnectionQuality,
    score_tenths: u8,
) -> axum::body::Bytes {
    let info = proto::ConnectionQualityInfo {
        participant_sid: member.sid.clone(),
        quality: quality.into(),
        score: f32::from(score_tenths) / 10.0,
    };
    encode(Message::ConnectionQuality(proto::ConnectionQualityUpdate { updates: vec![info] }))
}
