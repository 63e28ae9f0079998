//! Clock and dice of this crate, handed to the rooms so that a test can choose both.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use onstage_domain::{At, FactId};
use rand::Rng;
use uuid::Uuid;

/// One moment on both clocks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Moment {
    /// For waiting.
    pub(crate) instant: Instant,
    /// For telling.
    pub(crate) at: At,
}

impl Moment {
    /// Asks the system.
    pub(crate) fn now() -> Self {
        Self { instant: Instant::now(), at: now() }
    }
}

/// Unix time in milliseconds.
pub(crate) fn now() -> At {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    At(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// Where names come from.
pub(crate) trait Dice: Send {
    /// So many letters and digits.
    fn letters(&mut self, count: usize) -> String;
    /// A fresh name of a fact.
    fn fact_id(&mut self) -> FactId;
}

/// The system's random source.
#[derive(Debug, Default)]
pub(crate) struct SystemDice;

impl Dice for SystemDice {
    fn letters(&mut self, count: usize) -> String {
        rand::rng().sample_iter(rand::distr::Alphanumeric).take(count).map(char::from).collect()
    }

    fn fact_id(&mut self) -> FactId {
        FactId::new(Uuid::now_v7())
    }
}

/// Counts instead of throwing: names that a test, or a fuzzer's finding, meets again.
#[cfg(any(test, feature = "fuzz"))]
#[derive(Debug, Default)]
pub(crate) struct CountingDice(u64);

#[cfg(any(test, feature = "fuzz"))]
impl Dice for CountingDice {
    fn letters(&mut self, count: usize) -> String {
        self.0 = self.0.saturating_add(1);
        format!("{:0>count$}", self.0)
    }

    fn fact_id(&mut self) -> FactId {
        self.0 = self.0.saturating_add(1);
        FactId::new(Uuid::from_u128(u128::from(self.0)))
    }
}

/// Letters and digits after the prefix of a sid, as LiveKit's are.
const SID_LETTERS: usize = 12;

/// `PA_…`, `RM_…`, `TR_…`.
pub(crate) fn sid(dice: &mut dyn Dice, prefix: &str) -> String {
    format!("{prefix}{}", dice.letters(SID_LETTERS))
}
