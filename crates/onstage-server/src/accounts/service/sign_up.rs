//! New accounts: who may open one, and who becomes the first operator.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use onstage_dialects::v1::NewAccountFields;
use onstage_domain::accounts::{Account, SignUp};
use onstage_domain::problem::{Code, Problem};
use onstage_domain::{At, UserId};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use super::sign_in::{self, ACCESS_TTL_S, Origin, Signed};
use crate::accounts::store::{accounts, keys};
use crate::app::App;
use crate::db::Tx;
use crate::dice;
use crate::fault::Fault;
use crate::rates::{Rate, Whose};

/// Name of the secret that makes the first operator.
const SETUP_CODE: &str = "setup_code";

/// Opens an account and signs in.
pub(crate) async fn sign_up(app: &App, from: Origin, fields: NewAccountFields) -> Result<Signed, Problem> {
    let now = app.clock.now();
    refuse_closed(app, &fields)?;
    app.rates.count(Rate::SignUp, Whose::address(from.address), now)?;
    let salt = dice::secret::<16>(&*app.dice);
    let hash = app.passwords.hash(fields.password.reveal().to_owned(), salt).await?;
    let device = sign_in::hidden_device(app, &from.device).await?;
    let tx = app.db.begin().await?;
    let account = admit(app, &tx, &fields, now).await?;
    match accounts::insert(&tx, &account, &hash).await {
        Ok(()) => {}
        Err(Fault::Taken(_)) => return Err(Problem::new(Code::HandleTaken)),
        Err(fault) => return Err(fault.into()),
    }
    let opened = sign_in::begin(app, &tx, account.id, &device).await?;
    tx.commit().await?;
    sign_in::signed(app, account, &opened, ACCESS_TTL_S).await
}

/// Before the password is hashed: what needs no look into the database.
fn refuse_closed(app: &App, fields: &NewAccountFields) -> Result<(), Problem> {
    let has_code = fields.setup_code.is_some();
    match app.settings.sign_up {
        SignUp::Open => Ok(()),
        SignUp::Invite if has_code || fields.invite_code.is_some() => Ok(()),
        SignUp::Closed if has_code => Ok(()),
        SignUp::Invite => Err(Problem::because(Code::SignUpClosed, "Sign-up needs an invitation")),
        SignUp::Closed => Err(Problem::new(Code::SignUpClosed)),
    }
}

/// The account, if its codes are good; they are used up in the same transaction.
async fn admit(app: &App, tx: &Tx, fields: &NewAccountFields, now: At) -> Result<Account, Problem> {
    sign_in::lock_accounts(tx).await?;
    let id = UserId::new(app.uuid());
    let by_setup = match &fields.setup_code {
        Some(code) => use_setup_code(tx, code).await?,
        None => false,
    };
    if !by_setup && app.settings.sign_up == SignUp::Invite {
        let hash = hash_of(fields.invite_code.as_deref().unwrap_or_default());
        if !accounts::use_invite(tx, hash, id, now).await? {
            return Err(Problem::because(Code::SignUpClosed, "This invitation is not good any more"));
        }
    }
    let first_at_home = app.settings.on_loopback && accounts::is_first(tx).await?;
    Ok(Account {
        id,
        handle: fields.handle.as_str().to_owned(),
        display_name: fields.display_name.as_str().to_owned(),
        avatar_url: None,
        plan: app.settings.default_plan,
        operator: by_setup || first_at_home,
        banned_at: None,
        created_at: now,
    })
}

/// A wrong code is refused, never ignored: somebody believes to become operator.
async fn use_setup_code(tx: &Tx, code: &str) -> Result<bool, Problem> {
    let refused = || Problem::because(Code::SignUpClosed, "This set-up code is not good");
    let stored = keys::secret(&**tx, SETUP_CODE).await?.ok_or_else(refused)?;
    if !bool::from(stored.ct_eq(code.as_bytes())) {
        return Err(refused());
    }
    keys::forget_secret(tx, SETUP_CODE).await?;
    Ok(true)
}

pub(super) fn hash_of(code: &str) -> Vec<u8> {
    Sha256::digest(code.as_bytes()).to_vec()
}

/// The code that makes the first operator of a server that is reached from outside; none once there is one.
pub(crate) async fn setup_code(app: &App) -> Result<Option<String>, Fault> {
    if app.settings.on_loopback || accounts::has_operator(app.db.reader()).await? {
        return Ok(None);
    }
    let fresh = URL_SAFE_NO_PAD.encode(dice::secret::<15>(&*app.dice));
    let tx = app.db.begin().await?;
    keys::insert_secret(&tx, SETUP_CODE, fresh.into_bytes(), app.clock.now()).await?;
    let stored = keys::secret(&*tx, SETUP_CODE).await?.unwrap_or_default();
    tx.commit().await?;
    Ok(String::from_utf8(stored).ok())
}
