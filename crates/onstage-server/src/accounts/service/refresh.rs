//! Refresh tokens: derived from the sign-in's secret and a generation, rotating, one late tab forgiven.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use onstage_domain::ports::HangUp;
use onstage_domain::problem::{Code, Problem};
use onstage_domain::text::Password;
use onstage_domain::{At, FamilyId};
use uuid::Uuid;

use super::sign_in::{ACCESS_TTL_S, Signed, signed};
use crate::accounts::store::accounts;
use crate::accounts::store::sign_ins::{self, SignIn};
use crate::app::App;
use crate::db::Tx;

/// Life of a refresh token.
pub(crate) const REFRESH_TTL_MS: i64 = 30 * 24 * 3_600_000;
/// How long the token before the newest is still answered: two tabs of one browser refresh at once.
pub(crate) const LATE_TAB_MS: i64 = 10_000;

const PREFIX: &str = "ort_";
const FAMILY_BYTES: usize = 16;
const GENERATION_BYTES: usize = 8;

struct Parsed {
    family: FamilyId,
    generation: i64,
    tag: Vec<u8>,
}

/// The newest refresh token of a sign-in.
pub(super) fn token_of(sign_in: &SignIn) -> String {
    let mut bytes = sign_in.id.uuid().as_bytes().to_vec();
    bytes.extend(sign_in.generation.to_be_bytes());
    let tag = hmac::sign(&key_of(sign_in), &bytes);
    bytes.extend_from_slice(tag.as_ref());
    format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes))
}

fn key_of(sign_in: &SignIn) -> hmac::Key {
    hmac::Key::new(hmac::HMAC_SHA256, &sign_in.secret)
}

fn parse(token: &str) -> Option<Parsed> {
    let bytes = URL_SAFE_NO_PAD.decode(token.strip_prefix(PREFIX)?).ok()?;
    let (family, rest) = bytes.split_first_chunk::<FAMILY_BYTES>()?;
    let (generation, tag) = rest.split_first_chunk::<GENERATION_BYTES>()?;
    Some(Parsed {
        family: FamilyId::new(Uuid::from_bytes(*family)),
        generation: i64::from_be_bytes(*generation),
        tag: tag.to_vec(),
    })
}

fn is_genuine(sign_in: &SignIn, parsed: &Parsed) -> bool {
    let mut bytes = sign_in.id.uuid().as_bytes().to_vec();
    bytes.extend(parsed.generation.to_be_bytes());
    hmac::verify(&key_of(sign_in), &bytes, &parsed.tag).is_ok()
}

/// What a genuine token of an open sign-in may do.
#[derive(Debug, PartialEq, Eq)]
enum Use {
    /// The newest: a new one takes its place.
    Rotate,
    /// The one before, a moment ago: the newest once more.
    Again,
    /// An old one: somebody copied it.
    Reused,
}

fn use_of(sign_in: &SignIn, generation: i64, now: At) -> Use {
    let before = sign_in.generation.checked_sub(1);
    if generation == sign_in.generation {
        Use::Rotate
    } else if before == Some(generation) && now < sign_in.rotated_at.plus_ms(LATE_TAB_MS) {
        Use::Again
    } else {
        Use::Reused
    }
}

/// A refresh token to new tokens.
pub(crate) async fn refresh(app: &App, token: &str) -> Result<Signed, Problem> {
    let now = app.clock.now();
    let refused = || Problem::new(Code::Unauthenticated);
    let parsed = parse(token).ok_or_else(refused)?;
    let tx = app.db.begin().await?;
    let sign_in = sign_ins::load_locked(&tx, parsed.family).await?;
    let mut sign_in = sign_in.filter(|sign_in| is_genuine(sign_in, &parsed)).ok_or_else(refused)?;
    if sign_in.revoked {
        return Err(Problem::new(Code::RefreshReused));
    }
    if sign_in.expires_at <= now {
        return Err(refused());
    }
    match use_of(&sign_in, parsed.generation, now) {
        Use::Rotate => rotate(&tx, &mut sign_in, now).await?,
        Use::Again => {}
        Use::Reused => return Err(close(app, tx, &sign_in, now).await?),
    }
    let account = accounts::by_id(&*tx, sign_in.user).await?.ok_or_else(refused)?;
    tx.commit().await?;
    if account.banned_at.is_some() {
        return Err(Problem::new(Code::Banned));
    }
    signed(app, account, &sign_in, ACCESS_TTL_S).await
}

async fn rotate(tx: &Tx, sign_in: &mut SignIn, now: At) -> Result<(), Problem> {
    sign_in.generation = sign_in.generation.saturating_add(1);
    sign_in.rotated_at = now;
    sign_in.expires_at = now.plus_ms(REFRESH_TTL_MS);
    Ok(sign_ins::rotate(tx, sign_in).await?)
}

/// Reuse ends the whole family: who of the two is the thief cannot be told.
async fn close(app: &App, tx: Tx, sign_in: &SignIn, now: At) -> Result<Problem, Problem> {
    sign_ins::revoke(&tx, sign_in.id, now).await?;
    tx.commit().await?;
    app.outbox.hang_up(HangUp::Family(sign_in.id));
    Ok(Problem::new(Code::RefreshReused))
}

/// The sign-in of a genuine refresh token, whatever its generation.
pub(super) async fn family_of(app: &App, token: &str) -> Result<Option<FamilyId>, Problem> {
    let Some(parsed) = parse(token) else { return Ok(None) };
    let tx = app.db.begin().await?;
    let sign_in = sign_ins::load_locked(&tx, parsed.family).await?;
    Ok(sign_in.filter(|sign_in| is_genuine(sign_in, &parsed)).map(|sign_in| sign_in.id))
}

/// A typed password as the stored one was read; what could not be stored stays as it is and fits nothing.
pub(super) fn normalised(password: &str) -> String {
    Password::parse(password).map_or_else(|_| password.to_owned(), |password| password.reveal().to_owned())
}

#[cfg(test)]
mod tests;
