//! A file reads top-down and a function fits a screen.

use super::Violation;
use crate::source::{SourceFile, Word};
use crate::workspace::Workspace;

/// What people wrote; what a program wrote is as long as it is.
fn judged(workspace: &Workspace) -> impl Iterator<Item = &SourceFile> {
    workspace.rust().chain(workspace.typescript()).filter(|file| !file.path.contains("/generated/"))
}

/// No file is longer than `file_lines_max`.
pub(super) fn files(workspace: &Workspace) -> Vec<Violation> {
    let most = workspace.floors.thresholds.file_lines_max;
    judged(workspace)
        .map(|file| (file, file.text.lines().count()))
        .filter(|(_, lines)| *lines > most)
        .map(|(file, lines)| Violation::new("file size", file, 1, format!("{lines} lines, at most {most}")))
        .collect()
}

/// Files above `file_lines_warn`, longest first.
pub(super) fn long_files(workspace: &Workspace) -> Vec<String> {
    let mut long: Vec<(usize, &str)> = judged(workspace)
        .map(|file| (file.text.lines().count(), file.path.as_str()))
        .filter(|(lines, _)| *lines > workspace.floors.thresholds.file_lines_warn)
        .collect();
    long.sort_unstable_by(|left, right| right.cmp(left));
    long.into_iter().map(|(lines, path)| format!("{path}: {lines} lines")).collect()
}

/// No function has more lines of code than `function_lines_max`; blank lines, comments and texts are free.
pub(super) fn functions(workspace: &Workspace) -> Vec<Violation> {
    let most = workspace.floors.thresholds.function_lines_max;
    workspace
        .rust()
        .flat_map(|file| function_lengths(file).into_iter().map(move |function| (file, function)))
        .filter(|(_, function)| function.lines > most)
        .map(|(file, Function { name, line, lines })| {
            Violation::new("function size", file, line, format!("{name} has {lines} lines, at most {most}"))
        })
        .collect()
}

/// A function with a body.
pub(crate) struct Function<'file> {
    name: &'file str,
    line: usize,
    /// Lines of code between its braces.
    pub(crate) lines: usize,
}

/// The functions of a file.
pub(crate) fn function_lengths(file: &SourceFile) -> Vec<Function<'_>> {
    file.words()
        .windows(2)
        .filter_map(|pair| match pair {
            [keyword, name] if keyword.text == "fn" => {
                Some(Function { name: name.text, line: name.line, lines: code_lines(name)? })
            }
            _ => None,
        })
        .collect()
}

/// Lines of code between the braces of the function whose name this is; none for a function without body.
fn code_lines(name: &Word<'_>) -> Option<usize> {
    let open = body_start(name.after)?;
    let body = name.after.get(open.saturating_add(1)..)?;
    let mut depth = 1_usize;
    let end = body.char_indices().find(|(_, letter)| {
        match letter {
            '{' => depth = depth.saturating_add(1),
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0
    });
    let body = body.get(..end.map_or(body.len(), |(at, _)| at))?;
    Some(body.lines().filter(|line| !line.trim().is_empty()).count())
}

/// Where the body opens: the first brace before a semicolon that ends a declaration.
fn body_start(after: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, letter) in after.char_indices() {
        match letter {
            '(' | '[' => depth = depth.saturating_add(1),
            ')' | ']' => depth = depth.saturating_sub(1),
            '{' if depth == 0 => return Some(at),
            ';' if depth == 0 => return None,
            _ => {}
        }
    }
    None
}
