//! WebRTC signals between people on stage, as S3's clients send them: relayed as they came, outside the promise that a
//! mute or a kick stops all media, because what two clients agree on among themselves passes no server. Where there is
//! no client to relay them to, the media engine answers.

use std::time::Duration;

use onstage_dialects::socket::{Signal, SignalTarget, signal_frame};
use onstage_domain::problem::{Code, Problem};
use onstage_domain::{Actor, SessionId};
use tokio::time::Instant;

use super::reader::Reader;
use crate::limits::SIGNALS_PER_WINDOW_MAX;
use crate::room::{Relay, Relayed};
use crate::wire::Wire;

/// Over which time the signals of a socket are counted.
const SIGNALS_WINDOW: Duration = Duration::from_secs(10);

/// How many signals a socket sent of late.
#[derive(Default)]
pub(super) struct Pace {
    window: Option<Instant>,
    sent: u32,
}

impl Pace {
    /// Whether one more may pass; otherwise how long to wait.
    fn step(&mut self, now: Instant) -> Result<(), Duration> {
        let began = *self.window.get_or_insert(now);
        let passed = now.saturating_duration_since(began);
        if passed >= SIGNALS_WINDOW {
            *self = Self { window: Some(now), sent: 0 };
        }
        if self.sent >= SIGNALS_PER_WINDOW_MAX {
            return Err(SIGNALS_WINDOW.saturating_sub(passed));
        }
        self.sent = self.sent.saturating_add(1);
        Ok(())
    }
}

impl Reader {
    /// Hands a signal to its receiver, or to the media engine in the receiver's place, or says why it goes nowhere.
    pub(super) async fn relay(
        &mut self,
        actor: &Actor,
        session: SessionId,
        signal: Signal,
    ) -> Result<(), Problem> {
        self.signals.step(Instant::now()).map_err(too_fast)?;
        if !self.hub.limits.relay_signals {
            return Err(refused(
                "signals between clients are switched off here: media goes through the server",
            ));
        }
        if self.answered.claims(&signal) {
            return self.stand_in(actor, session, &signal).await;
        }
        let to = match signal.to {
            SignalTarget::Person(to) => Some(to),
            SignalTarget::Server => None,
        };
        let Some(subscription) = self.subscriptions.get(&session) else {
            return Err(Problem::new(Code::TryLater));
        };
        let frame = Wire::one(&signal_frame(actor.user_id, &signal));
        let relay = Relay { from: self.line.id(), to, frame };
        match subscription.room.line.relay(relay).await.map_err(refused)? {
            Relayed::Told => {
                self.answered.hand_over(&signal);
                Ok(())
            }
            Relayed::NobodyThere => self.stand_in(actor, session, &signal).await,
        }
    }
}

pub(super) fn refused(detail: &'static str) -> Problem {
    Problem::because(Code::SignalRefused, detail)
}

fn too_fast(wait: Duration) -> Problem {
    let wait_ms = i64::try_from(wait.as_millis()).unwrap_or(i64::MAX);
    Problem::because(Code::TooFast, "too many signals on this socket").retry_after_ms(wait_ms)
}
