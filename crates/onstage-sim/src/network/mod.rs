//! A network that is as bad as its script says, in virtual time: one real shard, one publisher and one viewer made of
//! str0m, and what the viewer makes of it.
//!
//! Nothing here reads a clock: a minute of bad weather takes as long as its packets take to encrypt. A run is told by
//! its [`Scenario`] and the seed in it, and comes out as an [`Outcome`]; [`svg`] draws it.

#![expect(
    clippy::arithmetic_side_effects,
    reason = "times and counts of a simulated minute stay far from their bounds"
)]

mod dice;
mod endpoint;
mod estimate;
mod hall;
mod line;
mod outcome;
mod picture;
mod plot;
mod publisher;
mod report;
mod scenario;
mod show;
mod viewer;
mod world;

#[cfg(test)]
mod tests;

pub use dice::Dice;
pub use hall::{Cost, Hall, RUN_DATAGRAMS};
pub use line::{Burst, Line, Weather};
pub use outcome::{Freeze, Outcome, Sample};
pub use plot::svg;
pub use report::write_report;
pub use scenario::{Feedback, Scenario, Step, all, find};
pub use world::play;
