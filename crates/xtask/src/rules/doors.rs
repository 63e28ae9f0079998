//! The only door past a lint is `#[expect(lint, reason = "…")]`.

use super::Violation;
use crate::source::SourceFile;
use crate::workspace::Workspace;

const REASON_LETTERS_MIN: usize = 5;

/// An attribute that quiets a lint.
struct Door<'file> {
    file: &'file SourceFile,
    line: usize,
    name: &'file str,
    /// What stands between its parentheses, strings included.
    inside: &'file str,
}

fn doors(workspace: &Workspace) -> impl Iterator<Item = Door<'_>> {
    workspace.rust().flat_map(|file| {
        file.words()
            .into_iter()
            .filter(|word| word.text == "allow" || word.text == "expect")
            .filter(|word| word.before.ends_with("#[") || word.before.ends_with("#!["))
            .map(|word| Door {
                file,
                line: word.line,
                name: word.text,
                inside: inside(file, word.before.len()),
            })
            .collect::<Vec<_>>()
    })
}

/// The raw text of the attribute that starts at `at`; the mask changes letters to single spaces, so look by line.
fn inside(file: &SourceFile, at: usize) -> &str {
    let line = file.code.get(..at).map_or(0, |head| head.matches('\n').count());
    let start = file.text.split_inclusive('\n').take(line).map(str::len).sum();
    let rest: &str = file.text.get(start..).unwrap_or_default();
    rest.find(")]").and_then(|end| rest.get(..end)).unwrap_or(rest)
}

/// Each door says why.
pub(super) fn reasons(workspace: &Workspace) -> Vec<Violation> {
    doors(workspace)
        .filter(|door| !has_reason(door.inside))
        .map(|door| Violation::new("doors", door.file, door.line, format!("#[{}] needs a reason", door.name)))
        .collect()
}

fn has_reason(inside: &str) -> bool {
    inside
        .split_once("reason")
        .and_then(|(_, rest)| rest.trim_start().strip_prefix('='))
        .is_some_and(|text| text.trim().trim_matches('"').trim().len() >= REASON_LETTERS_MIN)
}

/// Outside tests a lint is expected to fire, so that the door goes when its cause does.
pub(super) fn allow_is_for_tests(workspace: &Workspace) -> Vec<Violation> {
    doors(workspace)
        .filter(|door| door.name == "allow" && !door.file.is_test())
        .map(|door| Violation::new("doors", door.file, door.line, "use #[expect(lint, reason = \"…\")]"))
        .collect()
}
