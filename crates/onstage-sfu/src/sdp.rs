//! The few things of a session description that the engine underneath does not say or set.

pub(crate) mod codecs;
pub(crate) mod directions;
pub(crate) mod meanings;

use std::collections::HashMap;

use crate::control::MediaKind;
use crate::limits::{MEDIA_LINES_MAX, SDP_BYTES_MAX};
use crate::notice::Refusal;

/// One m-line of a description.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Section {
    /// Audio or video; `None` for data.
    pub(crate) kind: Option<MediaKind>,
    /// `a=mid`
    pub(crate) mid: String,
    /// Whether its author sends on it.
    pub(crate) is_sending: bool,
    /// Whether its author receives on it.
    pub(crate) is_receiving: bool,
    /// The track id of `a=msid`, empty without one.
    pub(crate) track_id: String,
    /// The payload types, in its order.
    pub(crate) payloads: Vec<u8>,
    /// The rids it sends, in its order.
    pub(crate) rids: Vec<String>,
}

/// Reads the m-lines of a description.
pub(crate) fn read(text: &str) -> Result<Vec<Section>, Refusal> {
    if text.len() > SDP_BYTES_MAX {
        return Err(Refusal::Full("SDP_BYTES_MAX"));
    }
    let mut sections: Vec<Section> = Vec::new();
    for line in text.lines() {
        if let Some(media) = line.strip_prefix("m=") {
            if sections.len() >= MEDIA_LINES_MAX {
                return Err(Refusal::Full("MEDIA_LINES_MAX"));
            }
            sections.push(opened(media));
        } else if let (Some(section), Some(attribute)) = (sections.last_mut(), line.strip_prefix("a=")) {
            note(section, attribute);
        }
    }
    Ok(sections)
}

fn opened(media: &str) -> Section {
    let kind = match media.split(' ').next() {
        Some("audio") => Some(MediaKind::Audio),
        Some("video") => Some(MediaKind::Video),
        Some(_) | None => None,
    };
    Section {
        kind,
        mid: String::new(),
        is_sending: true,
        is_receiving: true,
        track_id: String::new(),
        payloads: media.split_whitespace().skip(3).filter_map(|word| word.parse().ok()).collect(),
        rids: Vec::new(),
    }
}

fn note(section: &mut Section, attribute: &str) {
    let (name, value) = attribute.split_once(':').unwrap_or((attribute, ""));
    match name {
        "mid" => value.trim().clone_into(&mut section.mid),
        "msid" => value.split_whitespace().nth(1).unwrap_or("").clone_into(&mut section.track_id),
        "sendrecv" => (section.is_sending, section.is_receiving) = (true, true),
        "sendonly" => (section.is_sending, section.is_receiving) = (true, false),
        "recvonly" => (section.is_sending, section.is_receiving) = (false, true),
        "inactive" => (section.is_sending, section.is_receiving) = (false, false),
        "simulcast" => section.rids = sent_rids(value),
        _ => {}
    }
}

/// The rids after `send` in `send q;h;~f recv …`; alternatives (`,`) count by their first.
fn sent_rids(value: &str) -> Vec<String> {
    let mut words = value.split_whitespace();
    let Some(list) = words.by_ref().find(|word| *word == "send").and_then(|_| words.next()) else {
        return Vec::new();
    };
    list.split(';')
        .filter_map(|alternatives| alternatives.split(',').next())
        .map(|rid| rid.trim_start_matches('~').to_owned())
        .collect()
}

/// The msid of an m-line in use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Msid {
    /// Its stream part.
    pub(crate) stream: String,
    /// Its track part.
    pub(crate) track: String,
}

/// Writes our msids into an offer. The engine never reads them back, and it cannot change the msid of an m-line that is used again.
/// Media m-lines without an entry lose theirs.
pub(crate) fn with_msids(offer: &str, msids: &HashMap<String, Msid>) -> String {
    let mut text = String::with_capacity(offer.len());
    let mut section: Vec<&str> = Vec::new();
    for line in offer.lines() {
        if line.starts_with("m=") {
            write_section(&mut text, &section, msids);
            section.clear();
        }
        section.push(line);
    }
    write_section(&mut text, &section, msids);
    text
}

fn write_section(text: &mut String, section: &[&str], msids: &HashMap<String, Msid>) {
    let mid = section.iter().find_map(|line| line.strip_prefix("a=mid:"));
    let msid = mid.and_then(|mid| msids.get(mid.trim()));
    let is_session = !section.first().is_some_and(|line| line.starts_with("m="));
    for line in section {
        let line = match msid {
            _ if is_session && line.starts_with("a=msid-semantic:") => "a=msid-semantic: WMS *".to_owned(),
            Some(msid) => with_msid(line, msid),
            None if line.starts_with("a=msid:") || line.starts_with("a=ssrc") => continue,
            None => (*line).to_owned(),
        };
        text.push_str(&line);
        text.push_str("\r\n");
    }
}

fn with_msid(line: &str, msid: &Msid) -> String {
    if line.starts_with("a=msid:") {
        return format!("a=msid:{} {}", msid.stream, msid.track);
    }
    match line.split_once(" msid:") {
        Some((ssrc, _)) if ssrc.starts_with("a=ssrc:") => {
            format!("{ssrc} msid:{} {}", msid.stream, msid.track)
        }
        Some(_) | None => line.to_owned(),
    }
}

#[cfg(test)]
mod tests;
