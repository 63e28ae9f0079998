//! The commands, and how each is begun.

use std::fmt::Display;
use std::future::Future;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::settings::{Given, Settings};
use crate::{admin, demo, doctor, logging, openapi, reports, serve, settings};

/// Live shows where the audience can come on stage.
#[derive(Debug, Parser)]
#[command(name = "onstage", version, propagate_version = true)]
pub(crate) struct Onstage {
    #[command(flatten)]
    place: Place,
    #[command(subcommand)]
    command: Command,
}

/// Where settings and data are.
#[derive(Args, Clone, Debug)]
pub(crate) struct Place {
    /// Folder for database, secrets and media
    #[arg(long, global = true, value_name = "FOLDER", env = "ONSTAGE_DATA_DIR", default_value = "./data")]
    data_dir: PathBuf,
    /// Settings file (TOML); without it `onstage.toml` in the data folder is read, if it exists
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Starts the server
    Serve,
    /// Starts the server with a show on it: guests, viewers, chat and reactions, all synthetic
    Demo(demo::Wishes),
    /// Tries each way to a server and to its media, and says what to do about what fails
    Doctor(doctor::Wishes),
    /// Brings the database up to date and ends
    Migrate,
    /// Looks after an installation: operators, invitations, keys, backups
    #[command(subcommand)]
    Admin(admin::Task),
    /// Reads the settings as `serve` would, prints them without secrets, and says what is wrong with them
    CheckConfig,
    /// Prints the description of the API, of the events or of the problems as JSON
    Openapi(openapi::Which),
}

/// Ends with a sentence on standard error.
pub(crate) fn fail(reason: impl Display) -> ExitCode {
    // With standard error gone there is nobody left to tell.
    let _ = writeln!(std::io::stderr(), "onstage: {reason}");
    ExitCode::FAILURE
}

/// Writes a line for people to standard output.
pub(crate) fn say(line: impl Display) {
    // A closed pipe is no reason to stop serving.
    let _ = writeln!(std::io::stdout(), "{line}");
}

/// Runs the command.
pub(crate) fn run(onstage: Onstage) -> ExitCode {
    if let Command::Openapi(which) = &onstage.command {
        say(openapi::text(which));
        return ExitCode::SUCCESS;
    }
    let given = Given::from_world(&onstage.place.data_dir, onstage.place.config.as_deref());
    let settings = match given.and_then(|given| settings::read(&given)) {
        Ok(settings) => settings,
        Err(mistakes) => return mistaken(&mistakes),
    };
    match onstage.command {
        Command::Serve => begin(&settings, serve::run(settings.clone())),
        Command::Demo(wishes) => begin(&settings, demo::run(settings.clone(), wishes)),
        Command::Doctor(wishes) => examine(doctor::run(settings.clone(), wishes)),
        Command::Migrate => begin(&settings, admin::migrate(settings.clone())),
        Command::Admin(task) => begin(&settings, admin::run(settings.clone(), task)),
        Command::CheckConfig => {
            say(settings::shown(&settings));
            ExitCode::SUCCESS
        }
        Command::Openapi(_) => ExitCode::SUCCESS,
    }
}

fn mistaken(mistakes: &[settings::Mistake]) -> ExitCode {
    for mistake in mistakes {
        let _every_one_fails = fail(mistake);
    }
    ExitCode::FAILURE
}

/// Without the log of a server: what is found is all there is to say.
fn examine(work: impl Future<Output = ExitCode>) -> ExitCode {
    match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime.block_on(work),
        Err(error) => fail(format!("the runtime could not start: {error}")),
    }
}

fn begin(settings: &Settings, work: impl Future<Output = Result<(), String>>) -> ExitCode {
    let _sends_what_is_left_at_the_end = settings.sentry_dsn.clone().map(reports::begin);
    logging::begin(settings);
    for warning in &settings.warnings {
        tracing::warn!("{warning}");
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(format!("the runtime could not start: {error}")),
    };
    match runtime.block_on(work) {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => fail(reason),
    }
}
