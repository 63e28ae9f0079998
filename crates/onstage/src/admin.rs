//! `onstage admin` and `onstage migrate`: work on the database itself, beside a running server or without one.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Subcommand;
use onstage_domain::Envelope;
use onstage_domain::media::{MediaAccess, MediaOrder};
use onstage_domain::ports::{AccessRequest, CarryOut, HangUp, Pending, Publish};
use onstage_domain::problem::{Code, Problem};
use onstage_server::{Admin, SystemClock, SystemDice, World};

use crate::cli::say;
use crate::house::server_settings;
use crate::secrets;
use crate::settings::Settings;

/// What can be done.
#[derive(Debug, Subcommand)]
pub(crate) enum Task {
    /// Signs access tokens with a new key from now on; old tokens are good until they expire
    RotateKeys,
    /// Makes an existing account an operator
    GrantOperator {
        /// The account's unique name
        handle: String,
    },
    /// Prints a code that lets one person sign up where sign-up is by invitation
    Invite,
    /// Writes a copy of a SQLite database while it runs
    Backup {
        /// The file to write; must not exist
        to: PathBuf,
    },
}

/// Does one thing and ends.
pub(crate) async fn run(settings: Settings, task: Task) -> Result<(), String> {
    let admin = open(&settings).await?;
    match task {
        Task::RotateKeys => {
            admin.rotate_keys().await.map_err(|fault| fault.to_string())?;
            say("access tokens are signed with a new key");
        }
        Task::GrantOperator { handle } => {
            let account = admin.grant_operator(&handle).await.map_err(|problem| problem.to_string())?;
            say(format_args!("{} is an operator", account.handle));
        }
        Task::Invite => say(admin.create_invite().await.map_err(|problem| problem.to_string())?),
        Task::Backup { to } => {
            admin.backup(&to).await.map_err(|fault| fault.to_string())?;
            say(format_args!("written: {}", to.display()));
        }
    }
    Ok(())
}

/// Brings the tables up to date.
pub(crate) async fn migrate(settings: Settings) -> Result<(), String> {
    let ran = open(&settings).await?.migrate().await.map_err(|fault| fault.to_string())?;
    say(format_args!("{ran} migrations ran; the database is up to date"));
    Ok(())
}

async fn open(settings: &Settings) -> Result<Admin, String> {
    secrets::prepare_folder(&settings.data_dir)?;
    let url = settings.url_at(settings.listen);
    let world = World {
        clock: Arc::new(SystemClock),
        dice: Arc::new(SystemDice),
        publish: Arc::new(Nobody),
        media: Arc::new(Nobody),
    };
    Admin::open(server_settings(settings, &url), world).await.map_err(|fault| fault.to_string())
}

/// Stands where sockets and media are when a command works on the database alone.
struct Nobody;

impl Publish for Nobody {
    fn publish(&self, _: Vec<Envelope>) {}

    fn hang_up(&self, _: HangUp) {}
}

impl CarryOut for Nobody {
    fn carry_out(&self, _: Vec<MediaOrder>) -> Pending<'_, bool> {
        Box::pin(std::future::ready(false))
    }

    fn access(&self, _: AccessRequest<'_>) -> Result<MediaAccess, Problem> {
        Err(Problem::new(Code::TryLater))
    }
}
