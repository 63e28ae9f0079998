//! Ids and random bytes, handed in.

use std::sync::{Mutex, PoisonError};

use onstage_domain::At;
use rand::RngCore as _;
use uuid::Uuid;

/// Draws ids and secrets.
pub trait Dice: Send + Sync {
    /// Fills with bytes nobody can guess.
    fn fill(&self, bytes: &mut [u8]);
}

/// The operating system's randomness.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemDice;

impl Dice for SystemDice {
    fn fill(&self, bytes: &mut [u8]) {
        rand::rng().fill_bytes(bytes);
    }
}

/// A version-7 id: ordered by time.
fn of(millis: i64, random: &[u8; 10]) -> Uuid {
    uuid::Builder::from_unix_timestamp_millis(u64::try_from(millis).unwrap_or(0), random).into_uuid()
}

/// Ids in the order in which they were drawn, also within one millisecond: twelve bits count.
#[derive(Debug, Default)]
pub(crate) struct Ids(Mutex<(i64, u16)>);

impl Ids {
    const COUNT_LAST: u16 = 0x0fff;

    /// The next one.
    pub(crate) fn draw(&self, dice: &dyn Dice, now: At) -> Uuid {
        let mut random = [0; 10];
        dice.fill(&mut random);
        let (millis, count) = self.next(now.0);
        let [high, low] = count.to_be_bytes();
        let [first, second, ..] = &mut random;
        (*first, *second) = (high, low);
        of(millis, &random)
    }

    /// A millisecond that is full lends from the next one; a clock that goes back changes nothing.
    fn next(&self, millis: i64) -> (i64, u16) {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *last = match *last {
            (before, _) if before < millis => (millis, 0),
            (before, Self::COUNT_LAST) => (before.saturating_add(1), 0),
            (before, count) => (before, count.saturating_add(1)),
        };
        *last
    }
}

/// Secret bytes.
pub(crate) fn secret<const N: usize>(dice: &dyn Dice) -> [u8; N] {
    let mut bytes = [0; N];
    dice.fill(&mut bytes);
    bytes
}

#[cfg(test)]
mod tests;
