//! What the system says about this process: processor, memory, files, threads.

use std::fmt::Write as _;
use std::fs;

use onstage_domain::meters::{self, Meter};

/// Linux counts processor time in hundredths for everybody, whatever its own clock does.
const TICKS_PER_SECOND: f64 = 100.0;
const BYTES_PER_KIBIBYTE: f64 = 1024.0;

/// Lines for Prometheus; what the system does not tell is left out.
pub(super) fn text() -> String {
    let mut text = String::new();
    for (meter, value) in figures() {
        let Meter { name, help, kind, .. } = meter;
        // Writing to a string never fails.
        let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} {}\n{name} {value}", kind.word());
    }
    text
}

fn figures() -> Vec<(Meter, f64)> {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let system = fs::read_to_string("/proc/stat").unwrap_or_default();
    let files = fs::read_dir("/proc/self/fd").ok().and_then(|files| u32::try_from(files.count()).ok());
    let found = [
        (meters::CPU_SECONDS, cpu_seconds(&stat)),
        (meters::MEMORY_BYTES, line(&status, "VmRSS:").map(|kibibytes| kibibytes * BYTES_PER_KIBIBYTE)),
        (meters::OPEN_FILES, files.map(f64::from)),
        (meters::THREADS, line(&status, "Threads:")),
        (meters::STARTED_AT, started_at(&stat, &system)),
    ];
    found.into_iter().filter_map(|(meter, value)| Some((meter, value?))).collect()
}

/// Time in user and kernel mode.
fn cpu_seconds(stat: &str) -> Option<f64> {
    let (user, system) = (field(stat, 14)?, field(stat, 15)?);
    Some((user + system) / TICKS_PER_SECOND)
}

fn started_at(stat: &str, system: &str) -> Option<f64> {
    Some(line(system, "btime")? + field(stat, 22)? / TICKS_PER_SECOND)
}

/// A field of `/proc/self/stat` by its number in the manual; the second one may hold anything but `)`.
fn field(stat: &str, number: usize) -> Option<f64> {
    let (_, rest) = stat.rsplit_once(')')?;
    rest.split_whitespace().nth(number.checked_sub(3)?)?.parse().ok()
}

fn line(text: &str, name: &str) -> Option<f64> {
    let rest = text.lines().find_map(|line| line.strip_prefix(name))?;
    rest.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests;
