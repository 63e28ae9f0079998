//! What `floors.toml` says: who may use whom, which calls are banned where, how long things may be.

use std::collections::BTreeMap;

use serde::Deserialize;

/// The whole of `floors.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Floors {
    /// How long and how deep things may be.
    pub(crate) thresholds: Thresholds,
    /// Each workspace crate.
    pub(crate) crates: BTreeMap<String, Floor>,
    /// Groups of banned calls.
    pub(crate) bans: BTreeMap<String, Vec<Ban>>,
}

/// How long and how deep things may be.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Thresholds {
    /// Lines of code in a function.
    pub(crate) function_lines_max: usize,
    /// Arguments of a function.
    pub(crate) function_arguments_max: usize,
    /// Clippy's measure of a function's branches.
    pub(crate) cognitive_complexity_max: usize,
    /// Above this a file is listed.
    pub(crate) file_lines_warn: usize,
    /// Above this a file is a mistake.
    pub(crate) file_lines_max: usize,
}

/// What one crate may use.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Floor {
    /// Its height; it uses only what is below.
    pub(crate) floor: u8,
    /// Workspace crates it may depend on.
    pub(crate) ours: Vec<String>,
    /// Outside crates it may depend on.
    pub(crate) outside: Vec<String>,
    /// Groups of calls it must not make.
    pub(crate) bans: Vec<String>,
}

/// A call that is banned, and what to do instead.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Ban {
    /// Full path of the function.
    pub(crate) path: String,
    /// What to do instead.
    pub(crate) reason: String,
}

impl Floors {
    /// Reads `floors.toml`.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        toml::from_str(text).map_err(|error| format!("floors.toml: {error}"))
    }
}
