//! Which layer of each picture one viewer is sent, and why: a pure function of what it wishes, what is sent, and what its way carries.

pub(crate) mod capacity;
pub(crate) mod settle;
pub(crate) mod signs;

use crate::control::Quality;
use crate::keys::TrackKey;
use crate::layers::{PerLayer, QUALITIES};

/// Percent of what would flow that the way has to carry before anything is raised: what barely fits would fall again.
pub(crate) const HEADROOM_PERCENT: u64 = 115;

/// One picture that a viewer subscribed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ask {
    /// The track.
    pub(crate) track: TrackKey,
    /// A shared screen comes before a camera.
    pub(crate) is_screen: bool,
    /// The layer that the wish names, were all announced ones sent; `None`: nothing is wished.
    pub(crate) ideal: Option<Quality>,
    /// The layer that the wish names among those that are sent.
    pub(crate) best: Option<Quality>,
    /// What each layer that is sent costs, in bits a second.
    pub(crate) bits: PerLayer<Option<u64>>,
    /// The layer that was granted before.
    pub(crate) held: Option<Quality>,
}

/// What there is to give out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Means {
    /// For pictures, in bits a second; sound is taken off already.
    pub(crate) bits: u64,
    /// Whether an order bounds it, and not the way.
    pub(crate) is_limit: bool,
    /// Whether enough time has passed for more than was granted before.
    pub(crate) may_rise: bool,
    /// Whether a picture may be held back when not even the lowest layers fit.
    pub(crate) may_pause: bool,
}

/// Why a picture is sent as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reason {
    /// It is what was wished.
    Wished,
    /// Nothing was wished.
    Unwished,
    /// The publisher does not send what was wished.
    NotSent,
    /// The way does not carry more.
    Capacity,
    /// An order allows no more.
    Limit,
    /// The way does not carry even the lowest layer.
    Paused,
}

/// What one picture gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Grant {
    /// The track.
    pub(crate) track: TrackKey,
    /// The layer; `None`: nothing.
    pub(crate) layer: Option<Quality>,
    /// Why this one.
    pub(crate) reason: Reason,
}

/// What all pictures get.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Allocation {
    /// In the order of the asks.
    pub(crate) grants: Vec<Grant>,
    /// What the means would have to be for the first step that was denied.
    pub(crate) next_bits: Option<u64>,
}

/// Gives out the means: everything its lowest layer before anything gets more, screens before cameras, and what was
/// granted before needs less than what would be new, so that the same means twice give the same grants.
pub(crate) fn allocate(asks: &[Ask], means: &Means) -> Allocation {
    let mut order: Vec<usize> = (0..asks.len()).collect();
    order.sort_by_key(|place| asks.get(*place).map(|ask| (!ask.is_screen, ask.track)));
    let mut layers: Vec<Option<Quality>> = vec![None; asks.len()];
    let mut ledger = Ledger { means: *means, spent: 0, next_bits: None };
    for round in QUALITIES {
        for place in &order {
            if let (Some(ask), Some(layer)) = (asks.get(*place), layers.get_mut(*place)) {
                ledger.step(ask, layer, round);
            }
        }
    }
    let grants = asks.iter().zip(layers).map(|(ask, layer)| grant(ask, layer, means)).collect();
    Allocation { grants, next_bits: ledger.next_bits }
}

/// What is spent so far.
struct Ledger {
    means: Means,
    spent: u64,
    next_bits: Option<u64>,
}

impl Ledger {
    /// One step up for one picture, if it is wished, sent, and fits.
    fn step(&mut self, ask: &Ask, layer: &mut Option<Quality>, round: Quality) {
        let is_first = round == Quality::Low;
        // Who is held back gets no second layer either.
        if layer.is_none() && !is_first {
            return;
        }
        let Some((next, cost)) = next_step(ask, *layer) else { return };
        let total = self.spent.saturating_add(cost);
        let is_held = ask.held.is_some_and(|held| next <= held);
        let needed = if is_held { total } else { total.saturating_mul(HEADROOM_PERCENT) / 100 };
        let fits = needed <= self.means.bits && (is_held || self.means.may_rise);
        if fits || (is_first && !self.means.may_pause) {
            *layer = Some(next);
            self.spent = total;
        } else {
            self.next_bits = self.next_bits.or(Some(total.saturating_mul(HEADROOM_PERCENT) / 100));
        }
    }
}

/// The next layer that is sent and wished, and what it costs more than the present one.
fn next_step(ask: &Ask, layer: Option<Quality>) -> Option<(Quality, u64)> {
    let cost = |quality: Quality| *ask.bits.of(quality);
    let best = ask.best?;
    let next = QUALITIES.into_iter().find(|quality| {
        layer.is_none_or(|layer| *quality > layer) && *quality <= best && cost(*quality).is_some()
    })?;
    let before = layer.and_then(cost).unwrap_or_default();
    Some((next, cost(next)?.saturating_sub(before)))
}

fn grant(ask: &Ask, layer: Option<Quality>, means: &Means) -> Grant {
    let reason = match (ask.ideal, ask.best, layer) {
        (None, _, _) => Reason::Unwished,
        (Some(_), None, _) => Reason::NotSent,
        (Some(_), Some(_), None) => Reason::Paused,
        (Some(ideal), Some(best), Some(layer)) if layer >= best => {
            if best >= ideal {
                Reason::Wished
            } else {
                Reason::NotSent
            }
        }
        (Some(_), Some(_), Some(_)) if means.is_limit => Reason::Limit,
        (Some(_), Some(_), Some(_)) => Reason::Capacity,
    };
    Grant { track: ask.track, layer, reason }
}

#[cfg(test)]
mod tests;
