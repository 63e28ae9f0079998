//! Where the log goes: standard error, for people or as JSON, no personal text at the usual level.

use std::io::IsTerminal as _;

use tracing_subscriber::EnvFilter;

use crate::settings::{LogFormat, Settings};

/// Installs the log once.
pub(crate) fn begin(settings: &Settings) {
    let filter = EnvFilter::try_new(&settings.log_level).unwrap_or_else(|_| EnvFilter::new("info"));
    let coloured = std::io::stderr().is_terminal();
    let log =
        tracing_subscriber::fmt().with_env_filter(filter).with_ansi(coloured).with_writer(std::io::stderr);
    let installed = match settings.log_format {
        LogFormat::Pretty => log.compact().with_target(false).try_init(),
        LogFormat::Json => log.json().flatten_event(true).try_init(),
    };
    if let Err(error) = installed {
        let _told = crate::cli::fail(format!("the log could not start: {error}"));
    }
}
