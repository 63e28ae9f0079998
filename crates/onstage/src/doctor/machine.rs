//! What this machine grants: buffers and open files.

use super::Leg;

/// Half of what a shard wants: the system counts double, and silently grants less than was asked for.
const RECEIVE_BUFFER_BYTES: u64 = 4 * 1024 * 1024;
/// A thousand people in rooms, with their sockets and connections.
const OPEN_FILES: u64 = 8_192;

/// Looks at both, where the system tells.
pub(super) fn examine() -> Vec<Leg> {
    let read = |path: &str| std::fs::read_to_string(path).ok();
    let buffer = read("/proc/sys/net/core/rmem_max").and_then(|text| text.trim().parse().ok());
    let files = read("/proc/self/limits").and_then(|text| open_files(&text));
    vec![
        enough(
            "receive_buffer",
            buffer,
            RECEIVE_BUFFER_BYTES,
            "raise net.core.rmem_max to 8388608 (sysctl); bursts of many senders are lost otherwise",
        ),
        enough(
            "open_files",
            files,
            OPEN_FILES,
            "raise the limit of open files (LimitNOFILE= in systemd, ulimit -n)",
        ),
    ]
}

fn enough(leg: &'static str, found: Option<u64>, wanted: u64, advice: &'static str) -> Leg {
    match found {
        Some(found) if found >= wanted => Leg::ok(leg, found.to_string()),
        Some(found) => Leg::failed(leg, format!("{found}, wanted {wanted}"), advice),
        None => Leg::skipped(leg, "this system does not tell"),
    }
}

/// The soft limit of open files in `/proc/self/limits`.
pub(super) fn open_files(limits: &str) -> Option<u64> {
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    let soft = line.split_whitespace().next()?;
    if soft == "unlimited" { Some(u64::MAX) } else { soft.parse().ok() }
}
