//! From a credential to an actor.

use onstage_domain::actor::{Actor, Identity};
use onstage_domain::ports::Credential;
use onstage_domain::problem::{Code, Problem};

use super::keyring::{Claims, Guest};
use crate::accounts::store::sign_ins;
use crate::app::App;

/// Verifies signature, time, sign-out and ban.
pub(crate) async fn authenticate(app: &App, credential: Credential<'_>) -> Result<Actor, Problem> {
    let claims = claims_of(app, credential).await?;
    match (claims.fam, claims.guest) {
        (Some(_), _) => account(app, claims.sub, claims.fam).await,
        (None, Some(guest)) => Ok(anonymous(claims.sub, guest)),
        (None, None) => Err(Problem::new(Code::Unauthenticated)),
    }
}

/// What a credential claims; whether the sign-in still stands is asked afterwards.
pub(crate) async fn claims_of(app: &App, credential: Credential<'_>) -> Result<Claims, Problem> {
    let now = app.clock.now();
    let refused = || Problem::new(Code::Unauthenticated);
    match credential {
        Credential::Token(token) => app.keyring.verify(&app.db, now, token).await,
        Credential::Ticket(ticket) => app.tickets.redeem(now, ticket).ok_or_else(refused),
        Credential::Either(text) => match app.tickets.redeem(now, text) {
            Some(claims) => Ok(claims),
            None => app.keyring.verify(&app.db, now, text).await,
        },
    }
}

async fn account(
    app: &App,
    user: onstage_domain::UserId,
    family: Option<onstage_domain::FamilyId>,
) -> Result<Actor, Problem> {
    let refused = || Problem::new(Code::Unauthenticated);
    let family = family.ok_or_else(refused)?;
    let account = sign_ins::account_behind(app.db.reader(), user, family).await?.ok_or_else(refused)?;
    if account.banned_at.is_some() {
        return Err(Problem::new(Code::Banned));
    }
    Ok(Actor {
        user_id: account.id,
        handle: account.handle,
        display_name: account.display_name,
        avatar_url: account.avatar_url,
        identity: Identity::Account { operator: account.operator },
        family: Some(family),
    })
}

fn anonymous(user_id: onstage_domain::UserId, guest: Guest) -> Actor {
    let short: String = user_id.to_string().chars().rev().take(8).collect();
    Actor {
        user_id,
        handle: format!("guest-{short}"),
        display_name: guest.name,
        avatar_url: None,
        identity: Identity::Anonymous { address_hash: Some(guest.address_hash), device: Some(guest.device) },
        family: None,
    }
}
