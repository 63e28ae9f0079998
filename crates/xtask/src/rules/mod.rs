//! The house rules that clippy does not know. Each is a plain function from the workspace to what breaks it.

mod bans;
mod doors;
mod floors;
mod limits;
mod places;
mod proofs;
pub(crate) mod sizes;
mod slices;

use std::fmt;

use crate::source::SourceFile;
use crate::workspace::Workspace;

#[cfg(test)]
mod tests;

/// One place that breaks one rule.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Violation {
    path: String,
    line: usize,
    rule: &'static str,
    what: String,
}

impl Violation {
    fn new(rule: &'static str, file: &SourceFile, line: usize, what: impl Into<String>) -> Self {
        Self { path: file.path.clone(), line, rule, what: what.into() }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}: [{}] {}", self.path, self.line, self.rule, self.what)
    }
}

type Rule = fn(&Workspace) -> Vec<Violation>;

const RULES: [Rule; 18] = [
    floors::crates_use_only_what_is_below,
    floors::no_build_scripts,
    floors::clippy_configs_are_fresh,
    slices::order,
    slices::file_names,
    sizes::files,
    sizes::functions,
    places::openings,
    places::unit_tests_have_their_own_file,
    places::unsafe_code,
    places::str0m_types,
    places::machine_paths,
    limits::each_is_reached,
    bans::sleeping_tests,
    bans::skipped_tests,
    doors::reasons,
    doors::allow_is_for_tests,
    proofs::hard_cases,
];

/// Everything that is wrong with the workspace, in the order of paths.
pub(crate) fn violations(workspace: &Workspace) -> Vec<Violation> {
    let mut found: Vec<Violation> = RULES.iter().flat_map(|rule| rule(workspace)).collect();
    found.sort();
    found.dedup();
    found
}

/// Files that are longer than they should be, though not yet too long.
pub(crate) fn warnings(workspace: &Workspace) -> Vec<String> {
    sizes::long_files(workspace)
}
