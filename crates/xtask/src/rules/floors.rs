//! A crate uses crates below it, never beside or above, and only the outside crates on its list.

use toml::Table;

use super::Violation;
use crate::clippy_config;
use crate::floors::Floor;
use crate::source::SourceFile;
use crate::workspace::Workspace;

const RULE: &str = "floors";

/// Compares each manifest with `floors.toml`.
pub(super) fn crates_use_only_what_is_below(workspace: &Workspace) -> Vec<Violation> {
    manifests(workspace).flat_map(|(name, file)| judge(workspace, name, file)).collect()
}

fn manifests(workspace: &Workspace) -> impl Iterator<Item = (&str, &SourceFile)> {
    workspace.files.iter().filter_map(|file| match file.crate_and_path() {
        Some((name, "Cargo.toml")) => Some((name, file)),
        _ => None,
    })
}

fn judge(workspace: &Workspace, name: &str, file: &SourceFile) -> Vec<Violation> {
    let bad = |what: String| Violation::new(RULE, file, 1, what);
    let Some(floor) = workspace.floors.crates.get(name) else {
        return vec![bad(format!("{name} has no floor in floors.toml"))];
    };
    let manifest: Table = match file.text.parse() {
        Ok(manifest) => manifest,
        Err(error) => return vec![bad(format!("not a manifest: {error}"))],
    };
    let mut found = Vec::new();
    for dependency in dependencies(&manifest) {
        match workspace.floors.crates.get(&dependency) {
            Some(other) => found.extend(judge_ours(floor, &dependency, other).map(bad)),
            None if floor.outside.contains(&dependency) => {}
            None => found.push(bad(format!(
                "{name} may not use {dependency}: it is not on its list of outside crates"
            ))),
        }
    }
    found
}

fn judge_ours(floor: &Floor, dependency: &str, other: &Floor) -> Option<String> {
    if other.floor >= floor.floor {
        Some(format!("{dependency} is on floor {}, not below floor {}", other.floor, floor.floor))
    } else if floor.ours.iter().any(|ours| ours == dependency) {
        None
    } else {
        Some(format!("{dependency} is not on its list of our crates"))
    }
}

/// Names of what the manifest depends on outside tests, for every target.
fn dependencies(manifest: &Table) -> Vec<String> {
    let targets = manifest.get("target").and_then(|value| value.as_table());
    let places =
        targets.into_iter().flat_map(|targets| targets.values()).filter_map(|value| value.as_table());
    std::iter::once(manifest)
        .chain(places)
        .flat_map(|place| ["dependencies", "build-dependencies"].map(|kind| place.get(kind)))
        .flatten()
        .filter_map(|value| value.as_table())
        .flat_map(|table| table.iter().map(|(name, value)| package_name(name, value)))
        .collect()
}

/// The name behind a renamed dependency.
fn package_name(name: &str, value: &toml::Value) -> String {
    value.get("package").and_then(|package| package.as_str()).unwrap_or(name).to_owned()
}

/// No build scripts and no procedural macros of ours: both run before anything can judge them.
pub(super) fn no_build_scripts(workspace: &Workspace) -> Vec<Violation> {
    let scripts = workspace
        .files
        .iter()
        .filter(|file| matches!(file.crate_and_path(), Some((_, "build.rs"))))
        .map(|file| Violation::new(RULE, file, 1, "no build scripts"));
    let macros = manifests(workspace)
        .filter(|(_, file)| file.text.contains("proc-macro = true"))
        .map(|(_, file)| Violation::new(RULE, file, 1, "no procedural macros of ours"));
    scripts.chain(macros).collect()
}

/// Each crate's `clippy.toml` says what `floors.toml` asks for.
pub(super) fn clippy_configs_are_fresh(workspace: &Workspace) -> Vec<Violation> {
    let Some(list) = workspace.files.iter().find(|file| file.path == "floors.toml") else {
        return Vec::new();
    };
    let expected = match clippy_config::expected(&workspace.floors) {
        Ok(expected) => expected,
        Err(message) => return vec![Violation::new(RULE, list, 1, message)],
    };
    expected
        .into_iter()
        .filter(|(path, text)| exists(workspace, path) && workspace.text(path) != Some(text))
        .map(|(path, _)| {
            Violation::new(RULE, list, 1, format!("{path} is stale: run `cargo xtask clippy-config`"))
        })
        .collect()
}

/// True when the crate that would hold this `clippy.toml` exists.
fn exists(workspace: &Workspace, path: &str) -> bool {
    workspace.text(&path.replace("clippy.toml", "Cargo.toml")).is_some()
}
