//! What one peer is sent: reports about its way come in, bounds for its pictures go out, at most every `BUDGET_EVERY`.

use std::time::{Duration, Instant};

use str0m::bwe::{Bitrate, BweKind};

use crate::alarms::Alarm;
use crate::allocate::capacity::Capacity;
use crate::allocate::signs::{Signs, Way};
use crate::allocate::{Allocation, Ask, Grant, Means, Reason, allocate};
use crate::control::{MediaKind, Quality, TrackSource};
use crate::forward::selector::Bound;
use crate::keys::{PeerKey, TrackKey};
use crate::layers::{QUALITIES, best_for};
use crate::limits::{BUDGET_EVERY, COLLAPSE_DRAINS_FOR, COLLAPSE_EVERY};
use crate::notice::Notice;
use crate::peer::Peer;
use crate::quality::Verdict;
use crate::shard::Shard;
use crate::shard::looks::Gathered;
use crate::time::{after, passed};
use crate::track::{Receiver, Track};

/// What a sending estimator starts from; an estimate that is still this says nothing.
pub(crate) const ESTIMATE_START_BITS: u64 = 2_500_000;
/// Percent of what is wished that an estimator is asked to find.
const DESIRED_PERCENT: u64 = 125;
/// Change in percent of what is wished before the estimator is told.
const DESIRED_CHANGE_PERCENT: u64 = 5;
/// While less flows than is wished, the estimator is made to look for more so often: it probes when it is asked for more
/// than before, so it is asked for less first.
const PROBE_EVERY: Duration = Duration::from_millis(1_500);
/// Percent of what is wished that it is asked for then.
const PROBE_FROM_PERCENT: u64 = 50;

/// What is known of the way to one peer, and what was decided.
#[derive(Debug, Default)]
pub(crate) struct Budget {
    /// Whether the session estimates the way itself (people on stage).
    pub(crate) is_estimated: bool,
    /// Whether pictures may be held back.
    pub(crate) may_pause: bool,
    pub(super) capacity: Capacity,
    grants: Vec<Grant>,
    looked: Option<Instant>,
    has_estimate: bool,
    desired_bits: u64,
    signs: Signs,
    /// Whether the way showed lately that it is full.
    is_full: bool,
    /// Until then losses say nothing of the way: the peer was elsewhere.
    pub(super) excused_until: Option<Instant>,
    probed: Option<Instant>,
    pub(super) look: Option<Gathered>,
    pub(super) verdict: Verdict,
}

impl Budget {
    /// Whether its way holds pictures back.
    pub(crate) fn is_short(&self) -> bool {
        self.grants.iter().any(|grant| matches!(grant.reason, Reason::Capacity | Reason::Paused))
    }

    /// Pictures that are not sent at all for lack of capacity.
    pub(crate) fn paused(&self) -> usize {
        self.grants.iter().filter(|grant| grant.reason == Reason::Paused).count()
    }

    fn granted(&self, track: TrackKey) -> Option<Grant> {
        self.grants.iter().find(|grant| grant.track == track).copied()
    }

    /// What was granted of a track before; a picture that was not there or not wished starts at its lowest layer.
    fn held(&self, track: TrackKey, best: Option<Quality>) -> Option<Quality> {
        match self.granted(track) {
            None => best,
            Some(Grant { layer: None, reason: Reason::Unwished | Reason::NotSent, .. }) => Some(Quality::Low),
            Some(grant) => grant.layer,
        }
    }
}

/// What a session measured of its way.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Measure {
    /// What it carries, in bits a second.
    pub(super) estimate: Option<u64>,
    /// There and back.
    pub(super) round_trip: Option<Duration>,
    /// What was lost of the last second.
    pub(super) lost_percent: u64,
}

/// What flows to a peer, in bits a second.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Flow {
    sound: u64,
    pictures: u64,
}

impl Flow {
    /// Everything.
    pub(super) fn all(self) -> u64 {
        self.sound.saturating_add(self.pictures)
    }
}

impl Shard {
    /// Has a peer looked at soon, if anything may bound it.
    pub(super) fn mark_budget(&mut self, key: PeerKey) {
        let Some(peer) = self.peers.get(&key) else { return };
        let budget = &peer.budget;
        let is_bounded = budget.is_estimated
            || budget.capacity.bits().is_some()
            || peer.bits_per_second_max.is_some()
            || !budget.grants.is_empty()
            || budget.look.is_some();
        if is_bounded {
            let every = if budget.capacity.has_collapsed() { COLLAPSE_EVERY } else { BUDGET_EVERY };
            let soonest = budget.looked.map_or(self.now, |looked| after(looked, every));
            self.alarms.arm(soonest.max(self.now), Alarm::Budget(key));
        }
    }

    /// Everybody who receives a track is looked at soon.
    pub(super) fn mark_receivers(&mut self, key: TrackKey) {
        let receivers = self.tracks.get(&key).map(|track| track.receivers.clone()).unwrap_or_default();
        for receiver in receivers {
            self.mark_budget(receiver.peer);
        }
    }

    /// An estimate of the way to a peer.
    pub(super) fn estimated(&mut self, key: PeerKey, kind: &BweKind) {
        let now = self.now;
        let sent = self.flow(key).all();
        let Some(peer) = self.peers.get_mut(&key) else { return };
        let budget = &mut peer.budget;
        let is_news = match kind {
            BweKind::Remb { estimate, .. } => {
                // Who is asked for transport-wide feedback has a better estimate than its own.
                !budget.is_estimated && budget.capacity.note_estimate(estimate.as_u64(), sent, now)
            }
            // What it says here is the mean of three seconds; statistics have the newest.
            BweKind::Twcc { can_probe, .. } => {
                budget.has_estimate |= *can_probe;
                false
            }
            _ => false,
        };
        if is_news || budget.capacity.bits().is_some() || budget.is_estimated {
            self.mark_budget(key);
        }
    }

    /// What the session of a peer measured of its way.
    pub(super) fn measured(&mut self, key: PeerKey, measure: &Measure) {
        let now = self.now;
        let sent = self.flow(key).all();
        let Some(peer) = self.peers.get_mut(&key).filter(|peer| peer.budget.is_estimated) else { return };
        let Budget { capacity, signs, .. } = &mut peer.budget;
        let way = signs.note(measure.round_trip, measure.lost_percent, now);
        let estimate = measure.estimate.filter(|estimate| *estimate != ESTIMATE_START_BITS);
        if let Some(estimate) = estimate {
            capacity.note_measured(estimate, sent, way, now);
        }
        peer.budget.is_full = way != Way::Free;
        peer.note_loss(measure.lost_percent);
        self.mark_budget(key);
    }

    /// Looks at what a peer is sent, and decides anew.
    pub(super) fn look_at_budget(&mut self, key: PeerKey) {
        let now = self.now;
        let flow = self.flow(key);
        self.end_look(key, flow);
        let asks = self.asks(key);
        let Some(peer) = self.peers.get_mut(&key) else { return };
        peer.budget.looked = Some(now);
        peer.tell_desire(&asks, flow, now);
        let has_collapsed = peer.budget.capacity.take_collapse();
        match peer.decide(&asks, flow, now) {
            Some(allocation) if has_collapsed && self.drop_larger(key, &allocation.grants) => {
                self.alarms.arm(after(now, COLLAPSE_DRAINS_FOR), Alarm::Budget(key));
                return;
            }
            Some(allocation) => self.carry_out(key, &allocation.grants),
            None => self.lift(key),
        }
        let is_again = self.peers.get(&key).is_some_and(|peer| {
            !peer.budget.grants.is_empty() || (peer.budget.is_estimated && !asks.is_empty())
        });
        if is_again {
            self.alarms.arm(after(now, BUDGET_EVERY), Alarm::Budget(key));
        }
    }

    /// The pictures of a peer that may cost something.
    fn asks(&self, key: PeerKey) -> Vec<Ask> {
        let Some(peer) = self.peers.get(&key) else { return Vec::new() };
        let tracks = peer.offering.slots.iter().filter_map(|slot| slot.track);
        tracks.filter_map(|track| self.ask(peer, track)).collect()
    }

    fn ask(&self, peer: &Peer, key: TrackKey) -> Option<Ask> {
        let track =
            self.tracks.get(&key).filter(|track| track.is_open && track.kind() == MediaKind::Video)?;
        let wish = *track.wishes.get(&peer.key)?;
        let layers = track.layers_now();
        let best = best_for(wish, &layers.usable, &layers.sizes);
        let bits = layers.usable.each(|quality, is_sent| is_sent.then(|| track.bits_of(quality, self.now)));
        Some(Ask {
            track: key,
            is_screen: track.description.source == TrackSource::Screen,
            ideal: best_for(wish, &track.announced(), &layers.sizes),
            best,
            bits,
            held: peer.budget.held(key, best),
        })
    }

    /// What flows to a peer now, by what its tracks bring.
    fn flow(&mut self, key: PeerKey) -> Flow {
        let mut flow = Flow::default();
        let Some(peer) = self.peers.get_mut(&key) else { return flow };
        for slot in &mut peer.offering.slots {
            let Some(track) = slot.track.and_then(|track| self.tracks.get(&track)) else { continue };
            if !track.is_open {
                continue;
            }
            match track.kind() {
                MediaKind::Audio => flow.sound = flow.sound.saturating_add(track.sound_bits(self.now)),
                MediaKind::Video => {
                    let current = slot.forwarder.selector().current();
                    let bits = current.map_or(0, |quality| track.bits_of(quality, self.now));
                    flow.pictures = flow.pictures.saturating_add(bits);
                }
            }
        }
        flow
    }

    /// Bounds the pictures of a peer and tells what is held back. A picture that is not asked for any more, or is muted,
    /// comes back without a bound.
    fn carry_out(&mut self, key: PeerKey, grants: &[Grant]) {
        let Some(peer) = self.peers.get_mut(&key) else { return };
        let before = std::mem::replace(&mut peer.budget.grants, grants.to_vec());
        let is_gone = |gone: &&Grant| !grants.iter().any(|grant| grant.track == gone.track);
        for gone in before.iter().filter(is_gone) {
            self.release(key, gone);
        }
        for grant in grants {
            let bound = match (grant.layer, grant.reason) {
                (_, Reason::Paused) => Bound::Paused,
                (layer, _) => Bound::AtMost(layer.unwrap_or(Quality::Low)),
            };
            self.bound(key, grant.track, bound);
            let was_paused = is_paused(&before, grant.track);
            if was_paused != (grant.reason == Reason::Paused) {
                self.tell(Notice::Starved { peer: key, track: grant.track, is_starved: !was_paused });
            }
        }
    }

    /// The way carries far less than what flows: what is larger than what was granted is dropped at once, and not sent
    /// again either. Until its end it would only queue before the smaller picture, whose key frame finds room when a
    /// little of that queue has drained. Whether anything was dropped.
    fn drop_larger(&mut self, key: PeerKey, grants: &[Grant]) -> bool {
        let Some(peer) = self.peers.get_mut(&key) else { return false };
        let mut dropped = Vec::new();
        for slot in &mut peer.offering.slots {
            let granted = grants.iter().find(|grant| Some(grant.track) == slot.track);
            let current = slot.forwarder.selector().current();
            if let Some(grant) = granted.filter(|grant| current > grant.layer) {
                slot.forwarder.interrupt();
                dropped.push(grant.track);
                if !peer.budget.grants.iter().any(|known| known.track == grant.track) {
                    peer.budget.grants.push(*grant);
                }
            }
        }
        if !dropped.is_empty() {
            peer.forget_sent();
        }
        for track in &dropped {
            self.bound(key, *track, Bound::Paused);
        }
        !dropped.is_empty()
    }

    /// Nothing bounds a peer any more.
    fn lift(&mut self, key: PeerKey) {
        let Some(peer) = self.peers.get_mut(&key) else { return };
        for grant in std::mem::take(&mut peer.budget.grants) {
            self.release(key, &grant);
        }
    }

    /// A picture is bound no longer.
    fn release(&mut self, key: PeerKey, grant: &Grant) {
        self.bound(key, grant.track, Bound::Open);
        if grant.reason == Reason::Paused {
            self.tell(Notice::Starved { peer: key, track: grant.track, is_starved: false });
        }
    }

    fn bound(&mut self, key: PeerKey, track_key: TrackKey, bound: Bound) {
        let now = self.now;
        let (Some(peer), Some(track)) = (self.peers.get_mut(&key), self.tracks.get(&track_key)) else {
            return;
        };
        let Some(slot) = peer.offering.slot_of(track_key) else { return };
        let Some(found) = peer.offering.slots.get_mut(slot) else { return };
        if found.forwarder.selector().set_bound(bound, track.layers_now(), now) {
            self.hand_out_recent(Receiver { peer: key, slot }, track_key);
            self.chase_key_frames(track_key);
        }
    }
}

impl Peer {
    /// What the pictures get; `None`: nothing bounds them.
    fn decide(&mut self, asks: &[Ask], flow: Flow, now: Instant) -> Option<Allocation> {
        let Budget { capacity, may_pause, .. } = &mut self.budget;
        let limit = self.bits_per_second_max;
        let means = |capacity: &Capacity| {
            let way = capacity.bits();
            let bits = way.into_iter().chain(limit).min()?;
            Some(Means {
                bits: bits.saturating_sub(flow.sound),
                is_limit: limit.is_some_and(|limit| way.is_none_or(|way| limit < way)),
                may_rise: capacity.may_rise(now),
                may_pause: *may_pause,
            })
        };
        let mut given = means(capacity)?;
        let mut allocation = allocate(asks, &given);
        if let Some(next) = allocation.next_bits.filter(|_| !given.is_limit)
            && capacity.try_more(next.saturating_add(flow.sound), flow.all(), now)
        {
            given = means(capacity)?;
            allocation = allocate(asks, &given);
        }
        let has_risen = asks.iter().zip(&allocation.grants).any(|(ask, grant)| grant.layer > ask.held);
        if has_risen {
            capacity.note_rise(now);
        }
        if allocation.next_bits.is_none() {
            capacity.note_enough(now);
        }
        Some(allocation)
    }

    /// Tells the estimator what it should look for.
    fn tell_desire(&mut self, asks: &[Ask], flow: Flow, now: Instant) {
        if !self.budget.has_estimate {
            return;
        }
        let dearest = |ask: &Ask| QUALITIES.into_iter().filter_map(|quality| *ask.bits.of(quality)).max();
        let wished =
            |ask: &Ask| ask.best.and_then(|best| *ask.bits.of(best)).or_else(|| dearest(ask)).unwrap_or(0);
        let pictures = asks.iter().map(wished).fold(0, u64::saturating_add);
        let desired = pictures.saturating_add(flow.sound).saturating_mul(DESIRED_PERCENT) / 100;
        let is_due = self.budget.probed.is_none_or(|probed| passed(probed, PROBE_EVERY, now));
        let desired = if self.budget.is_short() && !self.budget.is_full && is_due {
            self.budget.probed = Some(now);
            desired.saturating_mul(PROBE_FROM_PERCENT) / 100
        } else {
            desired
        };
        let change = desired.abs_diff(self.budget.desired_bits);
        if change.saturating_mul(100) <= self.budget.desired_bits.saturating_mul(DESIRED_CHANGE_PERCENT) {
            return;
        }
        self.budget.desired_bits = desired;
        self.rtc.bwe().set_bitrate(Bitrate::ZERO, Bitrate::bps(desired));
    }
}

fn is_paused(grants: &[Grant], track: TrackKey) -> bool {
    grants.iter().any(|grant| grant.track == track && grant.reason == Reason::Paused)
}

/// What a layer of unknown rate is taken for.
pub(crate) fn usual_bits(quality: Quality) -> u64 {
    match quality {
        Quality::Low => 150_000,
        Quality::Medium => 500_000,
        Quality::High => 1_700_000,
    }
}

impl Track {
    /// What a layer costs now, in bits a second.
    pub(crate) fn bits_of(&self, quality: Quality, now: Instant) -> u64 {
        self.measured_bits(quality, now).unwrap_or_else(|| usual_bits(quality))
    }

    /// What a sound costs now.
    fn sound_bits(&self, now: Instant) -> u64 {
        self.measured_bits(Quality::Low, now).unwrap_or_default()
    }

    /// What all layers bring now.
    pub(super) fn arriving_bits(&self, now: Instant) -> u64 {
        QUALITIES
            .into_iter()
            .filter_map(|quality| self.measured_bits(quality, now))
            .fold(0, u64::saturating_add)
    }
}
