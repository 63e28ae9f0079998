//! Sign-in, sign-out, and tokens for those without an account.

use std::net::IpAddr;

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use onstage_dialects::v1::SignInFields;
use onstage_domain::accounts::Account;
use onstage_domain::ports::HangUp;
use onstage_domain::problem::{Code, Problem};
use onstage_domain::text::{DisplayName, Handle};
use onstage_domain::{Actor, At, FamilyId, UserId};

use super::keyring::Guest;
use super::refresh::{self, REFRESH_TTL_MS};
use crate::accounts::store::{accounts, keys, sign_ins};
use crate::app::App;
use crate::db::Tx;
use crate::dice;
use crate::fault::Fault;
use crate::rates::{Rate, Whose};

/// Life of an access token when nothing is asked for.
pub(crate) const ACCESS_TTL_S: i64 = 15 * 60;
/// Life of an anonymous token.
pub(crate) const ANONYMOUS_TTL_S: i64 = 2 * 3600;
/// Name of the secret that hides network addresses.
const ADDRESS_KEY: &str = "address_hash_key";
/// Longest word anybody types as a handle or password; longer ones are not even hashed.
/// tidy: bounded by `a_wrong_password_and_an_unknown_handle_answer_alike`
const TYPED_LENGTH_MAX: usize = 1_024;

/// Tokens of one sign-in.
#[derive(Debug)]
pub(crate) struct Signed {
    pub(crate) account: Account,
    pub(crate) access_token: String,
    pub(crate) refresh_token: String,
    pub(crate) expires_at: At,
}

/// Where a call comes from.
#[derive(Clone, Debug)]
pub(crate) struct Origin {
    pub(crate) address: IpAddr,
    /// Value of the device cookie: known to the browser and to nobody else.
    pub(crate) device: String,
}

/// Handle and password to tokens.
pub(crate) async fn sign_in(app: &App, from: Origin, fields: SignInFields) -> Result<Signed, Problem> {
    let now = app.clock.now();
    app.rates.count(Rate::SignInAddress, Whose::address(from.address), now)?;
    if fields.handle.len() > TYPED_LENGTH_MAX || fields.password.len() > TYPED_LENGTH_MAX {
        return Err(Problem::new(Code::WrongPassword));
    }
    app.rates.count(Rate::SignInHandle, Whose::Handle(fields.handle.clone()), now)?;
    let found = match Handle::parse(&fields.handle) {
        Ok(handle) => accounts::by_handle(app.db.reader(), handle.as_str()).await?,
        Err(_) => None,
    };
    let stored = found.as_ref().map(|(_, hash)| hash.clone());
    let right = app.passwords.verify(refresh::normalised(&fields.password), stored).await?;
    let account = match found {
        Some((account, _)) if right => account,
        Some(_) | None => return Err(Problem::new(Code::WrongPassword)),
    };
    if account.banned_at.is_some() {
        return Err(Problem::new(Code::Banned));
    }
    open(app, account, &from, fields.ttl_s.unwrap_or(ACCESS_TTL_S)).await
}

async fn open(app: &App, account: Account, from: &Origin, ttl_s: i64) -> Result<Signed, Problem> {
    let device = hidden_device(app, &from.device).await?;
    let tx = app.db.begin().await?;
    let sign_in = begin(app, &tx, account.id, &device).await?;
    tx.commit().await?;
    signed(app, account, &sign_in, ttl_s).await
}

/// A new family of tokens.
pub(super) async fn begin(app: &App, tx: &Tx, user: UserId, device: &str) -> Result<sign_ins::SignIn, Fault> {
    let now = app.clock.now();
    let sign_in = sign_ins::SignIn {
        id: FamilyId::new(app.uuid()),
        user,
        secret: dice::secret::<32>(&*app.dice).to_vec(),
        generation: 0,
        rotated_at: now,
        expires_at: now.plus_ms(REFRESH_TTL_MS),
        revoked: false,
    };
    sign_ins::insert(tx, &sign_in, device).await?;
    Ok(sign_in)
}

/// Both tokens of a sign-in as they are now.
pub(super) async fn signed(
    app: &App,
    account: Account,
    sign_in: &sign_ins::SignIn,
    ttl_s: i64,
) -> Result<Signed, Problem> {
    let mut claims = app.keyring.claims(app.clock.now(), ttl_s, account.id);
    claims.fam = Some(sign_in.id);
    Ok(Signed {
        access_token: app.keyring.sign(&app.db, &claims).await?,
        refresh_token: refresh::token_of(sign_in),
        expires_at: At(claims.exp.saturating_mul(1_000)),
        account,
    })
}

/// Ends the sign-in behind the token and closes its sockets.
pub(crate) async fn sign_out(app: &App, actor: &Actor) -> Result<(), Problem> {
    match actor.family {
        Some(family) => close(app, family).await,
        None => Ok(()),
    }
}

/// Ends the sign-in behind a refresh token, for pages whose access token is gone.
pub(crate) async fn sign_out_by_refresh(app: &App, token: &str) -> Result<(), Problem> {
    let family = refresh::family_of(app, token).await?.ok_or_else(|| Problem::new(Code::Unauthenticated))?;
    close(app, family).await
}

async fn close(app: &App, family: FamilyId) -> Result<(), Problem> {
    let tx = app.db.begin().await?;
    sign_ins::revoke(&tx, family, app.clock.now()).await?;
    tx.commit().await?;
    app.outbox.hang_up(HangUp::Family(family));
    Ok(())
}

/// A token for watching, without a row anywhere.
pub(crate) async fn anonymous(
    app: &App,
    from: Origin,
    name: Option<DisplayName>,
) -> Result<(String, At), Problem> {
    let now = app.clock.now();
    app.rates.count(Rate::Anonymous, Whose::address(from.address), now)?;
    let mut claims = app.keyring.claims(now, ANONYMOUS_TTL_S, UserId::new(app.uuid()));
    let name = name.map_or_else(|| "Guest".to_owned(), DisplayName::into_string);
    let address_hash = hidden(app, &from.address.to_canonical().to_string()).await?;
    claims.guest = Some(Guest { name, address_hash, device: hidden_device(app, &from.device).await? });
    let token = app.keyring.sign(&app.db, &claims).await?;
    Ok((token, At(claims.exp.saturating_mul(1_000))))
}

/// The device cookie as a hash: from a token or from the database nobody makes the cookie.
pub(super) async fn hidden_device(app: &App, device: &str) -> Result<String, Fault> {
    hidden(app, &format!("device {device}")).await
}

/// An address or a device as a hash that only this installation can make.
async fn hidden(app: &App, text: &str) -> Result<String, Fault> {
    let secret = keys::secret(app.db.reader(), ADDRESS_KEY).await?;
    let secret = secret.ok_or_else(|| Fault::Crypto("there is no address key".to_owned()))?;
    let key = hmac::Key::new(hmac::HMAC_SHA256, &secret);
    let tag = hmac::sign(&key, text.as_bytes());
    Ok(URL_SAFE_NO_PAD.encode(tag.as_ref()))
}

/// The first start makes the address key.
pub(crate) async fn prepare(app: &App) -> Result<(), Fault> {
    let tx = app.db.begin().await?;
    let secret = dice::secret::<32>(&*app.dice).to_vec();
    keys::insert_secret(&tx, ADDRESS_KEY, secret, app.clock.now()).await?;
    tx.commit().await
}

/// One account at a time is made.
pub(super) async fn lock_accounts(tx: &Tx) -> Result<(), Fault> {
    keys::lock_secret(tx, ADDRESS_KEY).await
}
