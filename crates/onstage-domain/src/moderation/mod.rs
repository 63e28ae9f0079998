//! Sanctions: blocks, timeouts, and the log of who did what to whom.

mod events;
mod model;
mod rules;

pub use events::Event;
pub use model::{AuditAction, AuditView, Block, Standing};
pub use rules::{Command, Refusal, TIMEOUT_S_MAX, TIMEOUT_S_MIN, Target, may_act_on, time_out};

#[cfg(test)]
mod tests;
