//! Runs the checks: tidy in this process, the others as commands; fast things first.

use std::path::Path;
use std::process::Command;

use crate::rules;
use crate::say;
use crate::workspace::Workspace;

/// Judges the workspace by the house rules.
pub(crate) fn tidy(root: &Path) -> Result<(), String> {
    let workspace = Workspace::read(root)?;
    for warning in rules::warnings(&workspace) {
        say(&format!("long: {warning}"));
    }
    let violations = rules::violations(&workspace);
    for violation in &violations {
        say(&violation.to_string());
    }
    match violations.len() {
        0 => Ok(()),
        count => Err(format!("tidy: {count} places break a house rule (STYLE.md says why they exist)")),
    }
}

/// Everything a person checks before a commit.
pub(crate) fn all(root: &Path) -> Result<(), String> {
    run(root, "cargo", &["fmt", "--all", "--check"])?;
    tidy(root)?;
    run(root, "scripts/test.sh", &["typos", "deny", "clippy"])
}

fn run(root: &Path, program: &str, arguments: &[&str]) -> Result<(), String> {
    say(&format!("── {program} {}", arguments.join(" ")));
    let program = if program.contains('/') { root.join(program) } else { program.into() };
    let status = Command::new(&program)
        .args(arguments)
        .current_dir(root)
        .status()
        .map_err(|error| format!("{}: {error}", program.display()))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("{} {} failed", program.display(), arguments.join(" ")))
    }
}
