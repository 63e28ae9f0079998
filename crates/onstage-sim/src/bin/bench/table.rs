//! How figures are printed: what, figure, floor, ratio.

use std::time::Duration;

const NAME_WIDTH: usize = 58;

/// The heads of the columns.
pub(crate) fn head() {
    println!("\n{:<NAME_WIDTH$} {:>20} {:>20} {:>8}", "", "figure", "floor", "ratio");
}

pub(crate) fn section(name: &str) {
    println!("\n{name}");
}

pub(crate) fn note(text: &str) {
    println!("  {text}");
}

/// A line; the floor comes with its text and the ratio of figure to floor.
pub(crate) fn line(what: &str, figure: &str, floor: Option<(&str, f64)>) {
    let (floor, ratio) = match floor {
        Some((floor, ratio)) => (floor, format!("{ratio:.2}")),
        None => ("–", "–".to_owned()),
    };
    println!("{:<NAME_WIDTH$} {figure:>20} {floor:>20} {ratio:>8}", format!("  {what}"));
}

/// The time below which so many per cent lie.
pub(crate) fn percentile(times: &mut [Duration], per_cent: usize) -> Duration {
    times.sort_unstable();
    let last = times.len().saturating_sub(1);
    let place = last.saturating_mul(per_cent).checked_div(100).unwrap_or_default();
    times.get(place).copied().unwrap_or_default()
}

/// Milliseconds for people.
pub(crate) fn ms(time: Duration) -> String {
    format!("{:.2} ms", time.as_secs_f64() * 1e3)
}

/// A whole number as a measured one.
#[expect(clippy::cast_precision_loss, reason = "counts of a benchmark are far below 2^52")]
pub(crate) fn real(count: u64) -> f64 {
    count as f64
}
