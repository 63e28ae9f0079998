//! `docs/hard-cases.md` says which test proves which hard case; it may not promise a test that is not there.

use super::Violation;
use crate::source::SourceFile;
use crate::workspace::Workspace;

const TABLE: &str = "docs/hard-cases.md";
/// How many hard cases the product promises to survive.
const CASES: usize = 17;
const RULE: &str = "hard cases";

/// Every case has a row, and a row names tests that exist (`path: name`) or says which later work owes them.
pub(super) fn hard_cases(workspace: &Workspace) -> Vec<Violation> {
    let Some(table) = workspace.files.iter().find(|file| file.path == TABLE) else {
        return Vec::new();
    };
    let rows: Vec<(usize, usize, &str)> = (1..).zip(table.text.lines()).filter_map(row).collect();
    let missing = (1..=CASES)
        .filter(|case| !rows.iter().any(|(_, number, _)| number == case))
        .map(|case| Violation::new(RULE, table, 1, format!("case {case} has no row")));
    let broken = rows.iter().flat_map(|(line, case, proof)| {
        judge(workspace, proof)
            .into_iter()
            .map(|what| Violation::new(RULE, table, *line, format!("case {case}: {what}")))
            .collect::<Vec<_>>()
    });
    missing.chain(broken).collect()
}

/// Line, number and last cell of a row `| 3 | … | proof |`.
fn row((line, text): (usize, &str)) -> Option<(usize, usize, &str)> {
    let cells = text.trim().strip_prefix('|')?.strip_suffix('|')?;
    let (number, rest) = cells.split_once('|')?;
    let proof = rest.rsplit_once('|').map_or(rest, |(_, last)| last);
    Some((line, number.trim().parse().ok()?, proof.trim()))
}

fn judge(workspace: &Workspace, proof: &str) -> Vec<String> {
    let named: Vec<&str> = proof.split('`').skip(1).step_by(2).collect();
    if named.is_empty() && !proof.contains("later") {
        return vec!["names no test and no later work".to_owned()];
    }
    named.into_iter().filter_map(|name| missing_test(workspace, name)).collect()
}

fn missing_test(workspace: &Workspace, named: &str) -> Option<String> {
    let Some((path, name)) = named.split_once(": ") else {
        return Some(format!("`{named}` is not `path: name`"));
    };
    let Some(file) = workspace.files.iter().find(|file| file.path == path) else {
        return Some(format!("there is no {path}"));
    };
    (!has_test(file, name)).then(|| format!("{path} has no test `{name}`"))
}

fn has_test(file: &SourceFile, name: &str) -> bool {
    if file.is_rust() { file.code.contains(&format!("fn {name}(")) } else { file.text.contains(name) }
}
