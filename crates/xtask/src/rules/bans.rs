//! Tests neither sleep nor are skipped.

use super::Violation;
use crate::source::SourceFile;
use crate::workspace::Workspace;

/// A test waits for an event with a deadline, or winds its clock by hand.
pub(super) fn sleeping_tests(workspace: &Workspace) -> Vec<Violation> {
    let rust = workspace.rust().flat_map(|file| calls(file, &["sleep"]));
    let pages = workspace.typescript().flat_map(|file| calls(file, &["waitForTimeout", "sleep"]));
    rust.chain(pages)
        .map(|(file, line)| {
            Violation::new("sleep", file, line, "a test does not sleep: wait for an event with a deadline")
        })
        .collect()
}

/// Every test runs every time.
pub(super) fn skipped_tests(workspace: &Workspace) -> Vec<Violation> {
    let skipped = |file, line| Violation::new("skipped", file, line, "every test runs every time");
    let rust = workspace.rust().flat_map(|file| {
        file.code_lines().filter(|(_, text)| text.contains("#[ignore")).map(move |(line, _)| (file, line))
    });
    let pages = workspace.typescript().filter(|file| file.is_test()).flat_map(|file| {
        let marks = [".skip(", ".only(", ".fixme("];
        file.code_lines()
            .filter(move |(_, text)| marks.iter().any(|mark| text.contains(mark)))
            .map(move |(line, _)| (file, line))
    });
    rust.chain(pages).map(|(file, line)| skipped(file, line)).collect()
}

/// Lines of a test file that call one of `names`.
fn calls<'file>(file: &'file SourceFile, names: &[&str]) -> Vec<(&'file SourceFile, usize)> {
    if !file.is_test() {
        return Vec::new();
    }
    file.words()
        .iter()
        .filter(|word| names.contains(&word.text) && word.after.starts_with('('))
        .filter(|word| {
            !word.before.trim_end().ends_with("fn") && !word.before.trim_end().ends_with("function")
        })
        .map(|word| (file, word.line))
        .collect()
}
