//! Tickets for sockets: single use, thirty seconds, in memory.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use onstage_domain::At;
use onstage_domain::problem::{Code, Problem};

use super::keyring::Claims;
use crate::dice::{self, Dice};

/// Tickets that wait for their use at once.
pub(crate) const TICKETS_MAX: usize = 20_000;
/// How long one is good.
pub(crate) const TICKET_TTL_MS: i64 = 30_000;

#[derive(Debug)]
struct Ticket {
    claims: Claims,
    expires_at: At,
}

/// All tickets that were given out and not used.
#[derive(Debug, Default)]
pub(crate) struct Tickets(Mutex<HashMap<String, Ticket>>);

impl Tickets {
    /// Gives one out.
    pub(crate) fn issue(&self, dice: &dyn Dice, now: At, claims: Claims) -> Result<(String, At), Problem> {
        let mut tickets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if tickets.len() >= TICKETS_MAX {
            tickets.retain(|_, ticket| now < ticket.expires_at);
        }
        if tickets.len() >= TICKETS_MAX {
            return Err(Problem::new(Code::TryLater).retry_after_ms(TICKET_TTL_MS));
        }
        let name = URL_SAFE_NO_PAD.encode(dice::secret::<32>(dice));
        let expires_at = now.plus_ms(TICKET_TTL_MS);
        tickets.insert(name.clone(), Ticket { claims, expires_at });
        Ok((name, expires_at))
    }

    /// Takes one back: the second time there is nothing.
    pub(crate) fn redeem(&self, now: At, name: &str) -> Option<Claims> {
        let ticket = self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(name)?;
        (now < ticket.expires_at).then_some(ticket.claims)
    }
}

#[cfg(test)]
mod tests;
