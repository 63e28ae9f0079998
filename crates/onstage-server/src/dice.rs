//! Ids and random bytes, handed in.

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

/// A version-7 id: ordered by time, then random.
pub fn uuid(dice: &dyn Dice, now: At) -> Uuid {
    let mut random = [0; 10];
    dice.fill(&mut random);
    uuid::Builder::from_unix_timestamp_millis(u64::try_from(now.0).unwrap_or(0), &random).into_uuid()
}

/// Secret bytes.
pub fn secret<const N: usize>(dice: &dyn Dice) -> [u8; N] {
    let mut bytes = [0; N];
    dice.fill(&mut bytes);
    bytes
}
