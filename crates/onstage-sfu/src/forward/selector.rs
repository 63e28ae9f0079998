//! Chooses, for one subscriber and one track, which layer's packets pass.

use std::time::Instant;

use crate::control::{Quality, Wish};
use crate::layers::{PerLayer, Sizes, best_for, list};
use crate::limits::LAYER_PATIENCE;
use crate::time::passed;

/// What becomes of a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It continues the output.
    Forward,
    /// The output switches to its layer here.
    Switch,
    /// It is not for this subscriber now.
    Drop,
}

/// The layers of a track as a selector sees them.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct LayersNow {
    /// Layers that send, or may be about to.
    pub(crate) usable: PerLayer<bool>,
    /// Their sizes.
    pub(crate) sizes: Sizes,
    /// Grows when any of this changes.
    pub(crate) version: u64,
}

/// What the way to the subscriber allows, whatever it wishes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Bound {
    /// All that is wished.
    #[default]
    Open,
    /// At most this layer, if it is sent; else the lowest.
    AtMost(Quality),
    /// Nothing now.
    Paused,
}

/// The layer that flows and the layer aimed at.
#[derive(Debug)]
pub(crate) struct Selector {
    wish: Wish,
    bound: Bound,
    current: Option<Quality>,
    target: Option<Quality>,
    seen_version: Option<u64>,
    without_picture_since: Option<Instant>,
    is_broken: bool,
}

impl Selector {
    /// Nothing flows yet.
    pub(crate) fn new(wish: Wish) -> Self {
        Self {
            wish,
            bound: Bound::Open,
            current: None,
            target: None,
            seen_version: None,
            without_picture_since: None,
            is_broken: false,
        }
    }

    /// Changes the wish.
    pub(crate) fn set_wish(&mut self, wish: Wish, layers: &LayersNow, now: Instant) {
        self.wish = wish;
        self.seen_version = None;
        self.aim(layers, now);
    }

    /// Changes the bound; `true` if it was another.
    pub(crate) fn set_bound(&mut self, bound: Bound, layers: &LayersNow, now: Instant) -> bool {
        if std::mem::replace(&mut self.bound, bound) == bound {
            return false;
        }
        self.seen_version = None;
        self.aim(layers, now);
        true
    }

    /// Whether nothing is wished for.
    pub(crate) fn is_off(&self) -> bool {
        self.wish == Wish::Nothing
    }

    /// Nothing flows until the next key frame.
    pub(crate) fn interrupt(&mut self) {
        self.current = None;
        self.without_picture_since = None;
    }

    /// The subscriber lost the picture: it needs a key frame of what flows.
    pub(crate) fn note_broken(&mut self) {
        self.is_broken = true;
    }

    /// Aims at the best layer there is now.
    pub(crate) fn aim(&mut self, layers: &LayersNow, now: Instant) {
        if self.seen_version == Some(layers.version) && self.current.is_some() {
            return;
        }
        self.seen_version = Some(layers.version);
        let best = best_for(self.wish, &layers.usable, &layers.sizes);
        self.target = self.bounded(best, &layers.usable);
        if self.target.is_none() {
            if self.wish == Wish::Nothing || self.bound == Bound::Paused {
                self.interrupt();
            }
            return;
        }
        if self.current.is_some() {
            return;
        }
        let since = *self.without_picture_since.get_or_insert(now);
        if passed(since, LAYER_PATIENCE, now) {
            self.target = list(&layers.usable).first().copied();
        }
    }

    /// Whether this layer is the one aimed at.
    pub(crate) fn is_aimed_at(&self, layer: Quality) -> bool {
        self.target == Some(layer)
    }

    /// Whether the output would switch to this packet's layer.
    pub(crate) fn would_switch(&self, layer: Quality, starts_key_frame: bool) -> bool {
        starts_key_frame && self.is_aimed_at(layer) && self.current != Some(layer)
    }

    fn bounded(&self, best: Option<Quality>, usable: &PerLayer<bool>) -> Option<Quality> {
        match self.bound {
            Bound::Open => best,
            Bound::AtMost(limit) => best_for(Wish::AtMost(limit.min(best?)), usable, &Sizes::default()),
            Bound::Paused => None,
        }
    }

    /// Judges a packet and remembers the judgement.
    pub(crate) fn judge(&mut self, layer: Quality, starts_key_frame: bool) -> Verdict {
        if self.would_switch(layer, starts_key_frame) {
            self.current = Some(layer);
            self.seen_version = None;
            self.without_picture_since = None;
            self.is_broken = false;
            return Verdict::Switch;
        }
        if self.current != Some(layer) {
            return Verdict::Drop;
        }
        if starts_key_frame {
            self.is_broken = false;
        }
        Verdict::Forward
    }

    /// The layer of which a key frame is needed.
    pub(crate) fn wants_key_frame(&self) -> Option<Quality> {
        if self.target != self.current {
            return self.target;
        }
        if self.is_broken { self.current } else { None }
    }

    /// The layer that flows.
    pub(crate) fn current(&self) -> Option<Quality> {
        self.current
    }
}

#[cfg(test)]
mod tests;
