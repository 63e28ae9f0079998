//! The descriptions that other programs are made from.

use clap::Args;
use serde_json::Value;

use crate::problems;

/// Which description.
#[derive(Args, Clone, Copy, Debug)]
#[group(multiple = false)]
pub(crate) struct Which {
    /// JSON schema of every event of `/v1/events`
    #[arg(long)]
    events: bool,
    /// Every problem code
    #[arg(long)]
    problems: bool,
}

/// The description, as it is committed in `api/`.
pub(crate) fn text(which: &Which) -> String {
    if which.events {
        return pretty(&onstage_dialects::v1::events_schema());
    }
    if which.problems {
        return pretty(&problems::catalogue());
    }
    let api = onstage_server::openapi();
    serde_json::to_value(&api).map_or_else(|error| error.to_string(), |value| pretty(&value))
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}
