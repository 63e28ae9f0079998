//! Use cases of people.

mod authenticate;
mod change;
mod keyring;
mod passwords;
mod refresh;
mod sign_in;
mod sign_up;
mod tickets;

pub(crate) use authenticate::{authenticate, claims_of};
pub(crate) use change::{ask_accounts, create_invite, execute, grant_operator, me};
pub(crate) use keyring::{Keyring, rotate_keys};
pub(crate) use passwords::Passwords;
pub(crate) use refresh::{REFRESH_TTL_MS, refresh};
pub(crate) use sign_in::{Origin, Signed, anonymous, sign_in, sign_out, sign_out_by_refresh};
pub(crate) use sign_up::{setup_code, sign_up};
pub(crate) use tickets::Tickets;

use crate::app::App;
use crate::fault::Fault;

/// The first start makes keys and secrets; every start reads them.
pub(crate) async fn prepare(app: &App) -> Result<(), Fault> {
    sign_in::prepare(app).await?;
    keyring::prepare(app).await
}
