//! `api/`: what the binary says about itself, committed so that a change of the contract shows in the diff.

use std::fs;
use std::path::Path;
use std::process::Command;

#[cfg(test)]
mod tests;

/// Each file, and how the binary is asked for it.
const FILES: [(&str, &[&str]); 3] = [
    ("api/openapi.json", &["openapi"]),
    ("api/events.schema.json", &["openapi", "--events"]),
    ("api/problems.json", &["openapi", "--problems"]),
];

/// Writes the files, or with `check` only compares them. Without a `binary` the server is built first.
pub(crate) fn refresh(root: &Path, check: bool, binary: Option<&Path>) -> Result<(), String> {
    let stale: Vec<&str> = FILES
        .into_iter()
        .map(|(path, arguments)| {
            let said = ask(root, binary, arguments)?;
            let place = root.join(path);
            let fresh = fs::read_to_string(&place).is_ok_and(|written| same(&written, &said));
            if !fresh && !check {
                write(&place, &said)?;
            }
            Ok((!fresh).then_some(path))
        })
        .filter_map(Result::transpose)
        .collect::<Result<_, String>>()?;
    if check && !stale.is_empty() {
        return Err(format!("{} is stale: run `cargo xtask api` and commit it", stale.join(", ")));
    }
    Ok(())
}

/// Blank lines at the end are the terminal's.
fn same(written: &str, said: &str) -> bool {
    written.trim_end() == said.trim_end()
}

fn write(place: &Path, said: &str) -> Result<(), String> {
    let broken = |error: std::io::Error| format!("{}: {error}", place.display());
    if let Some(folder) = place.parent() {
        fs::create_dir_all(folder).map_err(broken)?;
    }
    fs::write(place, format!("{}\n", said.trim_end())).map_err(broken)
}

fn ask(root: &Path, binary: Option<&Path>, arguments: &[&str]) -> Result<String, String> {
    let mut command = match binary {
        Some(binary) => Command::new(binary),
        None => {
            let mut cargo = Command::new("cargo");
            cargo.args(["run", "--quiet", "--package", "onstage", "--"]);
            cargo
        }
    };
    let output = command
        .args(arguments)
        .current_dir(root)
        .output()
        .map_err(|error| format!("{}: {error}", arguments.join(" ")))?;
    if !output.status.success() {
        let why = String::from_utf8_lossy(&output.stderr);
        return Err(format!("onstage {} failed: {why}", arguments.join(" ")));
    }
    String::from_utf8(output.stdout).map_err(|error| error.to_string())
}
