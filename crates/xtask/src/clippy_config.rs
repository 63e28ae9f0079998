//! A `clippy.toml` for each crate, made from `floors.toml` (clippy reads only the nearest and merges nothing).

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use crate::floors::{Ban, Floor, Floors};
use crate::workspace::Workspace;

#[cfg(test)]
mod tests;

/// Writes every `clippy.toml`.
pub(crate) fn write_all(root: &Path) -> Result<(), String> {
    let workspace = Workspace::read(root)?;
    for (path, text) in expected(&workspace.floors)? {
        let place = root.join(&path);
        if place.parent().is_some_and(Path::is_dir) {
            fs::write(&place, text).map_err(|error| format!("{path}: {error}"))?;
        }
    }
    Ok(())
}

/// Path and text of every `clippy.toml` that `floors` asks for.
pub(crate) fn expected(floors: &Floors) -> Result<Vec<(String, String)>, String> {
    floors
        .crates
        .iter()
        .map(|(name, floor)| Ok((format!("crates/{name}/clippy.toml"), text_for(floors, floor)?)))
        .collect()
}

fn text_for(floors: &Floors, floor: &Floor) -> Result<String, String> {
    let limits = &floors.thresholds;
    let mut text = format!(
        "# Made by `cargo xtask clippy-config` from floors.toml; change that.\n\
         allow-unwrap-in-tests = true\n\
         allow-expect-in-tests = true\n\
         allow-panic-in-tests = true\n\
         allow-indexing-slicing-in-tests = true\n\
         allow-dbg-in-tests = true\n\
         allow-print-in-tests = true\n\
         avoid-breaking-exported-api = false\n\
         too-many-lines-threshold = {}\n\
         too-many-arguments-threshold = {}\n\
         cognitive-complexity-threshold = {}\n",
        limits.function_lines_max, limits.function_arguments_max, limits.cognitive_complexity_max
    );
    let bans = bans_of(floors, floor)?;
    if !bans.is_empty() {
        text.push_str("disallowed-methods = [\n");
        for ban in bans {
            // A crate that is not in the graph has no such path to ban.
            let invalid = if ban.path.starts_with("std::") { "" } else { ", allow-invalid = true" };
            writeln!(text, "    {{ path = \"{}\", reason = \"{}\"{invalid} }},", ban.path, ban.reason)
                .map_err(|error| error.to_string())?;
        }
        text.push_str("]\n");
    }
    Ok(text)
}

fn bans_of<'floors>(floors: &'floors Floors, floor: &Floor) -> Result<Vec<&'floors Ban>, String> {
    let mut bans = Vec::new();
    for group in &floor.bans {
        let members = floors.bans.get(group).ok_or_else(|| format!("floors.toml has no bans.{group}"))?;
        bans.extend(members);
    }
    Ok(bans)
}
