//! A slice calls slices to its left, and its files have the names everybody looks for.

use super::Violation;
use crate::source::{SourceFile, is_word};
use crate::workspace::Workspace;

/// The slices, in order: each may use those before it.
const ORDER: [&str; 11] = [
    "accounts",
    "sessions",
    "wallet",
    "moderation",
    "stage",
    "chat",
    "filters",
    "gifts",
    "battles",
    "shop",
    "broadcast",
];

const DOMAIN_FILES: [&str; 5] = ["events", "mod", "model", "rules", "tests"];
const SERVER_FILES: [&str; 7] = ["alarms", "listeners", "mod", "routes", "service", "store", "tests"];

/// A file of a slice, on the floor of the domain or of the server.
struct SliceFile<'file> {
    file: &'file SourceFile,
    /// Where the slice stands in the order.
    place: usize,
    /// First folder or file name inside the slice, without `.rs`.
    name: &'file str,
    /// The names that a slice has on this floor.
    names: &'static [&'static str],
}

fn slice_files(workspace: &Workspace) -> impl Iterator<Item = SliceFile<'_>> {
    workspace.rust().filter_map(|file| {
        let (krate, path) = file.crate_and_path()?;
        let names: &[&str] = match krate {
            "onstage-domain" => &DOMAIN_FILES,
            "onstage-server" => &SERVER_FILES,
            _ => return None,
        };
        let (slice, inside) = path.strip_prefix("src/")?.split_once('/')?;
        let place = ORDER.iter().position(|name| *name == slice)?;
        let name = inside.split('/').next()?.trim_end_matches(".rs");
        Some(SliceFile { file, place, name, names })
    })
}

/// No slice names a slice to its right; it hears of it by events.
pub(super) fn order(workspace: &Workspace) -> Vec<Violation> {
    slice_files(workspace)
        .filter(|slice| !slice.file.is_test())
        .flat_map(|slice| uses_to_the_right(&slice))
        .collect()
}

fn uses_to_the_right(slice: &SliceFile<'_>) -> Vec<Violation> {
    let right = ORDER.get(slice.place.saturating_add(1)..).unwrap_or_default();
    let own = ORDER.get(slice.place).copied().unwrap_or_default();
    slice
        .file
        .words()
        .iter()
        .filter(|word| word.text == "crate" || word.text == "super")
        .flat_map(|word| first_names(word.after).into_iter().map(move |name| (word.line, name)))
        .filter(|(_, name)| right.contains(name))
        .map(|(line, name)| {
            let what = format!("{own} may not use {name}, which is to its right: listen to its events");
            Violation::new("slice order", slice.file, line, what)
        })
        .collect()
}

/// The names that follow `crate` in `::name` or in `::{name, name::{…}}`.
fn first_names(after: &str) -> Vec<&str> {
    let Some(rest) = after.strip_prefix("::") else {
        return Vec::new();
    };
    match rest.trim_start().strip_prefix('{') {
        Some(group) => group_names(group),
        None => vec![leading_name(rest)],
    }
}

fn leading_name(text: &str) -> &str {
    let text = text.trim_start();
    text.get(..text.find(|letter| !is_word(letter)).unwrap_or(text.len())).unwrap_or_default()
}

fn group_names(group: &str) -> Vec<&str> {
    let mut names = vec![leading_name(group)];
    let mut depth = 1_usize;
    for (at, letter) in group.char_indices() {
        match letter {
            '{' => depth = depth.saturating_add(1),
            '}' => depth = depth.saturating_sub(1),
            ',' if depth == 1 => {
                names.push(leading_name(group.get(at.saturating_add(1)..).unwrap_or_default()))
            }
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    names
}

/// The names of a slice's files are fixed; a long one may become a folder of the same name.
pub(super) fn file_names(workspace: &Workspace) -> Vec<Violation> {
    slice_files(workspace)
        .filter(|slice| !slice.names.contains(&slice.name))
        .map(|slice| {
            let what =
                format!("{}.rs is not one of a slice's files here: {}", slice.name, slice.names.join(", "));
            Violation::new("slice files", slice.file, 1, what)
        })
        .collect()
}
