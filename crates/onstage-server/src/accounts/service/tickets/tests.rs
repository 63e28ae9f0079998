//! Would catch tickets that grow without bound, or a full book that never empties.

use onstage_domain::UserId;
use uuid::Uuid;

use super::*;
use crate::accounts::service::Keyring;
use crate::dice::SystemDice;

#[test]
fn reaches_tickets_max() {
    let claims = Keyring::new("here").claims(At(0), 60, UserId::new(Uuid::nil()));
    let tickets = Tickets::default();
    let issue = |now| tickets.issue(&SystemDice, At(now), claims.clone());
    for _ in 0..TICKETS_MAX {
        issue(0).unwrap();
    }
    assert_eq!(issue(1).unwrap_err().code, Code::TryLater);
    let (ticket, expires_at) = issue(TICKET_TTL_MS).unwrap();
    assert_eq!(expires_at, At(TICKET_TTL_MS.saturating_mul(2)));
    assert_eq!(tickets.redeem(At(TICKET_TTL_MS), &ticket), Some(claims));
    assert_eq!(tickets.redeem(At(TICKET_TTL_MS), &ticket), None);
}
