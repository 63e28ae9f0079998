//! Which payload types an m-line prefers, and what its Opus may do.

use std::collections::{HashMap, HashSet};

/// What is wanted of one m-line.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Preference {
    /// Payload types, the wanted one first; their repair follows each. Others stay behind them.
    pub(crate) order: Vec<u8>,
    /// Payload types that are not agreed to.
    pub(crate) without: HashSet<u8>,
    /// Parameters for Opus (RFC 7587 §6.1).
    pub(crate) opus: Vec<&'static str>,
}

/// Writes preferences into a description; m-lines without an entry stay as they are.
pub(crate) fn with_preferences(text: &str, preferences: &HashMap<String, Preference>) -> String {
    let mut written = String::with_capacity(text.len());
    let mut section: Vec<&str> = Vec::new();
    for line in text.lines() {
        if line.starts_with("m=") {
            write_section(&mut written, &section, preferences);
            section.clear();
        }
        section.push(line);
    }
    write_section(&mut written, &section, preferences);
    written
}

fn write_section(written: &mut String, section: &[&str], preferences: &HashMap<String, Preference>) {
    let mid = section.iter().find_map(|line| line.strip_prefix("a=mid:"));
    let preference = mid.and_then(|mid| preferences.get(mid.trim()));
    let opus = preference.and_then(|_| opus_of(section));
    for line in section {
        match preference {
            Some(preference) => write_line(written, line, (section, preference, opus)),
            None => written.push_str(line),
        }
        if preference.is_none_or(|preference| !is_about(line, &preference.without)) {
            written.push_str("\r\n");
        }
    }
}

fn write_line(
    written: &mut String,
    line: &str,
    (section, preference, opus): (&[&str], &Preference, Option<u8>),
) {
    if line.starts_with("m=") {
        written.push_str(&ordered(line, section, preference));
    } else if !is_about(line, &preference.without) {
        written.push_str(line);
        let parameters = line.strip_prefix("a=fmtp:").and_then(payload_type);
        if parameters.is_some() && parameters == opus {
            for more in preference.opus.iter().filter(|more| !line.contains(**more)) {
                written.push(';');
                written.push_str(more);
            }
        }
    }
}

/// An m-line with its payload types in the wanted order.
fn ordered(line: &str, section: &[&str], preference: &Preference) -> String {
    let words: Vec<&str> = line.split_whitespace().collect();
    let Some((head, types)) = words.split_at_checked(3) else { return line.to_owned() };
    let mut left: Vec<u8> = types.iter().filter_map(|word| word.parse().ok()).collect();
    left.retain(|payload_type| !preference.without.contains(payload_type));
    let repairs = repairs_of(section);
    let mut order = Vec::new();
    for payload_type in &preference.order {
        let is_next = |other: &u8| other == payload_type || repairs.get(other) == Some(payload_type);
        order.extend(left.iter().copied().filter(is_next));
        left.retain(|other| !is_next(other));
    }
    order.append(&mut left);
    let types = order.iter().map(|payload_type| format!(" {payload_type}"));
    head.join(" ") + &types.collect::<String>()
}

/// Which payload type repairs which (`apt`, RFC 4588 §8.1).
fn repairs_of(section: &[&str]) -> HashMap<u8, u8> {
    let repair = |line: &&str| {
        let (payload_type, parameters) = line.strip_prefix("a=fmtp:")?.split_once(' ')?;
        Some((payload_type.parse().ok()?, parameters.strip_prefix("apt=")?.trim().parse().ok()?))
    };
    section.iter().filter_map(repair).collect()
}

fn opus_of(section: &[&str]) -> Option<u8> {
    section.iter().find_map(|line| {
        let (payload_type, name) = line.strip_prefix("a=rtpmap:")?.split_once(' ')?;
        name.to_ascii_lowercase().starts_with("opus/").then(|| payload_type.parse().ok())?
    })
}

/// Whether a line describes one of these payload types.
fn is_about(line: &str, payload_types: &HashSet<u8>) -> bool {
    ["a=rtpmap:", "a=fmtp:", "a=rtcp-fb:"]
        .iter()
        .find_map(|name| line.strip_prefix(name))
        .and_then(payload_type)
        .is_some_and(|payload_type| payload_types.contains(&payload_type))
}

fn payload_type(rest: &str) -> Option<u8> {
    rest.split(' ').next()?.parse().ok()
}

#[cfg(test)]
mod tests;
