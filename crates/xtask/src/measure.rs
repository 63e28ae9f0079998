//! How long functions and files are, and how much of the code is tests: figures, no judgement.

use std::path::Path;

use crate::rules::sizes::function_lengths;
use crate::say;
use crate::source::SourceFile;
use crate::workspace::Workspace;

#[cfg(test)]
mod tests;

/// Prints the figures of the Rust code.
pub(crate) fn print(root: &Path) -> Result<(), String> {
    let workspace = Workspace::read(root)?;
    let product = || workspace.rust().filter(|file| !file.is_test());
    let functions =
        sorted(product().flat_map(|file| function_lengths(file).into_iter().map(|function| function.lines)));
    let files = sorted(product().map(|file| file.text.lines().count()));
    let code: usize = product().map(lines_of_code).sum();
    let tests: usize = workspace.rust().filter(|file| file.is_test()).map(lines_of_code).sum();
    let ratio = tests.saturating_mul(100).checked_div(code).unwrap_or_default();
    for (what, lengths) in [("functions", functions), ("files", files)] {
        let [median, most_of_them, longest] = [50, 90, 100].map(|percent| percentile(&lengths, percent));
        say(&format!(
            "{what}: {}, median {median} lines, p90 {most_of_them}, longest {longest}",
            lengths.len()
        ));
    }
    say(&format!("code: {code} lines, tests: {tests} lines, {ratio} %"));
    Ok(())
}

fn sorted(lengths: impl Iterator<Item = usize>) -> Vec<usize> {
    let mut lengths: Vec<usize> = lengths.collect();
    lengths.sort_unstable();
    lengths
}

/// The length that `percent` of the sorted `lengths` do not exceed; nothing has length 0.
fn percentile(lengths: &[usize], percent: usize) -> usize {
    let rank = lengths.len().saturating_mul(percent).div_ceil(100).saturating_sub(1);
    lengths.get(rank).copied().unwrap_or_default()
}

fn lines_of_code(file: &SourceFile) -> usize {
    file.code_lines().filter(|(_, text)| !text.trim().is_empty()).count()
}
