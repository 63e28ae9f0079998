//! Every named limit has a test that reaches it.

use std::collections::BTreeSet;

use super::Violation;
use crate::source::{SourceFile, Word};
use crate::workspace::Workspace;

const RULE: &str = "limits";
/// In a limit's docs: names the test that reaches it, where one test serves several limits.
const MARKER: &str = "tidy: bounded by ";

/// A `…_MAX` or `…_LIMIT` outside tests has a test `reaches_…_max`, or names the test that reaches it.
pub(super) fn each_is_reached(workspace: &Workspace) -> Vec<Violation> {
    let tests = test_names(workspace);
    workspace
        .rust()
        .filter(|file| !file.is_test())
        .flat_map(|file| limits(file).into_iter().map(move |limit| (file, limit)))
        .filter_map(|(file, (line, name))| {
            let wanted = named_test(file, line).unwrap_or_else(|| format!("reaches_{}", name.to_lowercase()));
            let what = format!("{name} needs a test `{wanted}` that reaches it");
            (!tests.contains(wanted.as_str())).then(|| Violation::new(RULE, file, line, what))
        })
        .collect()
}

/// Lines and names of the limits that a file declares.
fn limits(file: &SourceFile) -> Vec<(usize, &str)> {
    file.words()
        .windows(2)
        .filter_map(|pair| match pair {
            [before, name] if is_limit(name.text) && is_given_a_value(before, name) => {
                Some((name.line, name.text))
            }
            _ => None,
        })
        .collect()
}

/// True for `const NAME` and, in the call of a macro that writes constants, for `NAME = 50`.
fn is_given_a_value(before: &Word<'_>, name: &Word<'_>) -> bool {
    let value = name.after.trim_start();
    before.text == "const" || (value.starts_with("= ") && !name.before.ends_with("::"))
}

fn is_limit(name: &str) -> bool {
    ["MAX", "LIMIT"].iter().any(|end| name == *end || name.ends_with(&format!("_{end}")))
}

/// The test that the docs above the line point to.
fn named_test(file: &SourceFile, line: usize) -> Option<String> {
    let above: Vec<&str> = file.text.lines().take(line.saturating_sub(1)).collect();
    above
        .iter()
        .rev()
        .map(|text| text.trim_start())
        .take_while(|text| text.starts_with("//") || text.starts_with("#["))
        .find_map(|text| text.split_once(MARKER))
        .map(|(_, name)| name.trim().trim_matches(['`', '.']).to_owned())
}

/// Names of all functions that carry a test attribute.
fn test_names(workspace: &Workspace) -> BTreeSet<&str> {
    workspace.rust().filter(|file| file.is_test()).flat_map(tests_of).collect()
}

fn tests_of(file: &SourceFile) -> Vec<&str> {
    file.words()
        .windows(2)
        .filter_map(|pair| match pair {
            [keyword, name] if keyword.text == "fn" && has_test_attribute(keyword) => Some(name.text),
            _ => None,
        })
        .collect()
}

/// Looks back to the end of the item before: `#[test]`, `#[tokio::test(…)]`, also inside `proptest!`.
fn has_test_attribute(keyword: &Word<'_>) -> bool {
    let start = keyword.before.rfind([';', '{', '}']).map_or(0, |at| at.saturating_add(1));
    let head = keyword.before.get(start..).unwrap_or_default();
    head.contains("test]") || head.contains("test(")
}
