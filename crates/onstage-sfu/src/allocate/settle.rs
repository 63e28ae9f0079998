//! Wishes that change again and again: what grows is carried out at once, what shrinks after a while, so that a tile that
//! flickers costs neither its viewer a switch nor the publisher a key frame each time.

use std::time::{Duration, Instant};

use crate::control::{Quality, Wish};
use crate::time::after;

/// After a change nothing shrinks for so long.
pub(crate) const SMALLER_AFTER: Duration = Duration::from_secs(1);
/// After a change nothing that is shown grows for so long.
pub(crate) const LARGER_AFTER: Duration = Duration::from_millis(250);

/// The last change of one subscriber's wish, and the wish that waits to be the next.
#[derive(Debug, Default)]
pub(crate) struct Settle {
    changed: Option<Instant>,
    waiting: Option<Wish>,
}

impl Settle {
    /// Takes a wish, which would change the layer; returns it if it is time for it, else when it will be.
    pub(crate) fn note(&mut self, wish: Wish, change: Change, now: Instant) -> Result<Wish, Instant> {
        let due = self.changed.map_or(now, |changed| after(changed, change.wait()));
        if due > now {
            self.waiting = Some(wish);
            return Err(due);
        }
        self.waiting = None;
        if change.before != change.after {
            self.changed = Some(now);
        }
        Ok(wish)
    }

    /// The wish that waits.
    pub(crate) fn waiting(&self) -> Option<Wish> {
        self.waiting
    }
}

/// The layer that a wish named, and the one that the next names; `None`: nothing is wished.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Change {
    /// Until now.
    pub(crate) before: Option<Quality>,
    /// From now on.
    pub(crate) after: Option<Quality>,
}

impl Change {
    fn wait(self) -> Duration {
        match self.before {
            Some(_) if self.after < self.before => SMALLER_AFTER,
            Some(_) if self.after > self.before => LARGER_AFTER,
            Some(_) | None => Duration::ZERO,
        }
    }
}

#[cfg(test)]
mod tests;
