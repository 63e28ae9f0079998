//! Which way media flows on each m-line of a description, where it is other than the engine underneath believes.

use std::collections::HashMap;

use str0m::media::Direction;

/// Writes these directions into a description; m-lines without an entry keep theirs.
pub(crate) fn with_directions(text: &str, directions: &HashMap<String, Direction>) -> String {
    let mids = mids(text);
    let mut sections = mids.iter();
    let mut wanted = None;
    let mut written = String::with_capacity(text.len());
    for line in text.lines() {
        if line.starts_with("m=") {
            wanted = sections.next().and_then(|mid| directions.get(*mid));
        }
        match wanted.filter(|_| is_direction(line)) {
            Some(direction) => written.push_str(attribute(*direction)),
            None => written.push_str(line),
        }
        written.push_str("\r\n");
    }
    written
}

/// The mid of each m-line, in order; empty for one without.
fn mids(text: &str) -> Vec<&str> {
    let mut mids: Vec<&str> = Vec::new();
    for line in text.lines() {
        if line.starts_with("m=") {
            mids.push("");
        } else if let (Some(mid), Some(last)) = (line.strip_prefix("a=mid:"), mids.last_mut()) {
            *last = mid.trim();
        }
    }
    mids
}

fn is_direction(line: &str) -> bool {
    matches!(line.trim_end(), "a=sendrecv" | "a=sendonly" | "a=recvonly" | "a=inactive")
}

fn attribute(direction: Direction) -> &'static str {
    match direction {
        Direction::SendRecv => "a=sendrecv",
        Direction::SendOnly => "a=sendonly",
        Direction::RecvOnly => "a=recvonly",
        Direction::Inactive => "a=inactive",
    }
}

#[cfg(test)]
mod tests;
