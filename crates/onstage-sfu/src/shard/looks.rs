//! What statistics say about the way to a peer, gathered by interval and told as a word when that changes.

use std::time::{Duration, Instant};

use str0m::media::Mid;

use crate::control::MediaKind;
use crate::keys::{PeerKey, TrackKey};
use crate::notice::Notice;
use crate::quality::{Look, score_tenths};
use crate::shard::Shard;
use crate::shard::budget::Flow;
use crate::time::passed;

/// Statistics that come more often than this are gathered for so long before a word is made of them.
const GATHERED_FOR: Duration = Duration::from_millis(1_900);

/// What the statistics of one interval said so far.
#[derive(Debug)]
pub(crate) struct Gathered {
    since: Instant,
    round_trip: Option<Duration>,
    to_it: Lost,
    from_it: Lost,
}

/// What got lost one way.
#[derive(Debug, Default)]
struct Lost {
    video: Option<f32>,
    sound: Option<f32>,
}

impl Lost {
    /// Pictures send enough packets for a share to mean something; sound alone has to do without them.
    fn share(&self) -> Option<f32> {
        self.video.or(self.sound)
    }
}

/// Which way a stream goes, seen from the peer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    ToIt,
    FromIt,
}

impl Gathered {
    fn new(since: Instant) -> Self {
        Self { since, round_trip: None, to_it: Lost::default(), from_it: Lost::default() }
    }

    fn note(&mut self, (way, kind): (Way, MediaKind), lost: Option<f32>, round_trip: Option<Duration>) {
        let of_way = match way {
            Way::ToIt => &mut self.to_it,
            Way::FromIt => &mut self.from_it,
        };
        let worst = match kind {
            MediaKind::Audio => &mut of_way.sound,
            MediaKind::Video => &mut of_way.video,
        };
        if let Some(lost) = lost {
            *worst = Some(worst.map_or(lost, |worst| worst.max(lost)));
        }
        if let Some(round_trip) = round_trip {
            self.round_trip = Some(self.round_trip.map_or(round_trip, |known| known.min(round_trip)));
        }
    }
}

impl Shard {
    /// Statistics of a peer begin; those of its streams follow at once, and then the look at them.
    pub(super) fn begin_look(
        &mut self,
        key: PeerKey,
        (to_it, from_it): (Option<f32>, Option<f32>),
        round_trip: Option<Duration>,
    ) {
        let now = self.now;
        let Some(peer) = self.peers.get_mut(&key) else { return };
        let look = peer.budget.look.get_or_insert_with(|| Gathered::new(now));
        look.note((Way::ToIt, MediaKind::Video), to_it, round_trip);
        look.note((Way::FromIt, MediaKind::Video), from_it, round_trip);
        self.mark_budget(key);
    }

    /// Statistics of one stream of a peer.
    pub(super) fn note_stream(
        &mut self,
        key: PeerKey,
        (way, mid): (Way, Mid),
        lost: Option<f32>,
        round_trip: Option<Duration>,
    ) {
        let kind = self.kind_at(key, mid);
        let look = self.peers.get_mut(&key).and_then(|peer| peer.budget.look.as_mut());
        if let (Some(kind), Some(look)) = (kind, look) {
            look.note((way, kind), lost, round_trip);
        }
    }

    fn kind_at(&self, key: PeerKey, mid: Mid) -> Option<MediaKind> {
        let peer = self.peers.get(&key)?;
        let received = peer.offering.slots.iter().find(|slot| slot.is_at(mid)).and_then(|slot| slot.track);
        let sent = || {
            let is_at = |track: &&TrackKey| {
                let binding = self.tracks.get(track).and_then(|track| track.binding.as_ref());
                binding.is_some_and(|binding| binding.mid == mid)
            };
            peer.tracks.iter().find(is_at).copied()
        };
        Some(self.tracks.get(&received.or_else(sent)?)?.kind())
    }

    /// Draws the sum of what an interval's statistics said.
    pub(super) fn end_look(&mut self, key: PeerKey, flow: Flow) {
        let now = self.now;
        let sent_short = self.sent_short(key);
        let Some(peer) = self.peers.get_mut(&key) else { return };
        let is_measured = peer.budget.is_estimated;
        let is_over = |look: &mut Gathered| !is_measured || passed(look.since, GATHERED_FOR, now);
        let Some(gathered) = peer.budget.look.take_if(is_over) else { return };
        let (mut to_it, from_it) = (gathered.to_it.share(), gathered.from_it.share());
        let is_excused = peer.budget.excused_until.is_some_and(|until| until > now);
        let counts = peer.role.receives() && !is_measured && !is_excused;
        if let Some(reported) = to_it.filter(|_| counts) {
            let lost = peer.note_loss(percent(reported));
            peer.budget.capacity.note_loss(lost.of_way, flow.all(), now);
            to_it = Some(reported.max(share(lost.told)));
        }
        let lost_share = to_it.into_iter().chain(from_it).reduce(f32::max);
        let received_short = peer.budget.is_short().then_some(flow.all());
        let short_bits = received_short.into_iter().chain(sent_short).min();
        let look = Look { short_bits, round_trip: gathered.round_trip, lost_share };
        if let Some(quality) = peer.budget.verdict.note(&look) {
            self.tell(Notice::Quality { peer: key, quality, score_tenths: score_tenths(quality) });
        }
    }

    /// What a publisher sends, if a layer that somebody wishes and that it has sent before does not come any more.
    fn sent_short(&self, key: PeerKey) -> Option<u64> {
        let peer = self.peers.get(&key)?;
        let tracks = || peer.tracks.iter().filter_map(|track| self.tracks.get(track));
        let is_short = tracks().any(|track| track.is_short_of_layers());
        is_short.then(|| tracks().map(|track| track.arriving_bits(self.now)).fold(0, u64::saturating_add))
    }
}

/// A share as whole percent.
pub(super) fn percent(share: f32) -> u64 {
    (0..=100_u8).rev().find(|percent| f32::from(*percent) <= share * 100.0).map_or(0, u64::from)
}

/// Whole percent as a share.
fn share(percent: u64) -> f32 {
    f32::from(u8::try_from(percent.min(100)).unwrap_or(100)) / 100.0
}
