//! Where the log goes: standard error, for people or as JSON, no personal text at the usual level.

use std::io::IsTerminal as _;

use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer, Registry};

use crate::meters::CountLines;
use crate::reports::Reports;
use crate::settings::{LogFormat, Settings};

/// Installs the log once.
pub(crate) fn begin(settings: &Settings) {
    let filter = EnvFilter::try_new(&settings.log_level).unwrap_or_else(|_| EnvFilter::new("info"));
    let coloured = std::io::stderr().is_terminal();
    let lines = tracing_subscriber::fmt::layer().with_ansi(coloured).with_writer(std::io::stderr);
    let lines: Box<dyn Layer<Registry> + Send + Sync> = match settings.log_format {
        LogFormat::Pretty => lines.compact().with_target(false).boxed(),
        LogFormat::Json => lines.json().flatten_event(true).boxed(),
    };
    let counted = settings.metrics_listen.map(|_| CountLines);
    let reported = settings.sentry_dsn.as_ref().map(|_| Reports);
    let layers: Vec<Box<dyn Layer<Registry> + Send + Sync>> =
        [Some(lines), counted.map(Layer::boxed), reported.map(Layer::boxed)].into_iter().flatten().collect();
    if let Err(error) = tracing_subscriber::registry().with(layers).with(filter).try_init() {
        let _told = crate::cli::fail(format!("the log could not start: {error}"));
    }
}
