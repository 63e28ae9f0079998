//! What a payload type means: the same on every m-line of a bundle (RFC 8843 §10.1.2) and for as long as the session
//! lasts (RFC 3264 §8.3.2). The engine underneath counts on it.

use std::collections::HashMap;

use crate::notice::Refusal;

/// A codec, and what tells its variants apart.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Meaning {
    codec: Option<String>,
    variant: HashMap<String, String>,
}

/// The parameters of `a=fmtp` that make another format of a codec; a level does not.
const VARIANTS: [&str; 4] = ["apt", "profile-level-id", "packetization-mode", "profile-id"];
/// The profile and its constraints, without the level behind them (RFC 6184 §8.1).
const PROFILE_LENGTH: usize = 4;
/// Letters of a name or value that count: nobody's names are longer, and a session keeps them.
const WORD_LENGTH: usize = 64;

/// What each payload type of one peer has meant so far.
#[derive(Debug, Default)]
pub(crate) struct Meanings(HashMap<u8, Meaning>);

impl Meanings {
    /// Takes a description in, or refuses it whole if a payload type means two things.
    pub(crate) fn learn(&mut self, text: &str) -> Result<(), Refusal> {
        let mut learned: HashMap<u8, Meaning> = HashMap::new();
        for section in sections(text) {
            for (payload, meaning) in read(&section)? {
                let known = learned.get(&payload).or_else(|| self.0.get(&payload));
                if known.is_some_and(|known| *known != meaning) {
                    return Err(two_things(payload));
                }
                learned.insert(payload, meaning);
            }
        }
        self.0.extend(learned);
        Ok(())
    }
}

fn two_things(payload: u8) -> Refusal {
    Refusal::Sdp(format!("payload type {payload} means two things"))
}

/// The attributes of each m-line.
fn sections(text: &str) -> Vec<Vec<&str>> {
    let mut sections: Vec<Vec<&str>> = Vec::new();
    for line in text.lines() {
        if line.starts_with("m=") {
            sections.push(Vec::new());
        } else if let (Some(section), Some(attribute)) = (sections.last_mut(), line.strip_prefix("a=")) {
            section.push(attribute.trim_end());
        }
    }
    sections
}

/// The payload types of one m-line that have a codec's name.
fn read(section: &[&str]) -> Result<HashMap<u8, Meaning>, Refusal> {
    let mut meanings: HashMap<u8, Meaning> = HashMap::new();
    for attribute in section {
        let Some((name, value)) = attribute.split_once(':') else { continue };
        let Some((payload, words)) = value.split_once(' ') else { continue };
        let Ok(payload) = payload.parse() else { continue };
        match name {
            "rtpmap" => {
                let codec = word(words);
                let named = &mut meanings.entry(payload).or_default().codec;
                if named.as_ref().is_some_and(|named| *named != codec) {
                    return Err(two_things(payload));
                }
                *named = Some(codec);
            }
            "fmtp" => vary(meanings.entry(payload).or_default(), words)
                .map_err(|Contradiction| two_things(payload))?,
            _ => {}
        }
    }
    meanings.retain(|_, meaning| meaning.codec.is_some());
    Ok(meanings)
}

fn word(text: &str) -> String {
    text.trim().chars().take(WORD_LENGTH).collect::<String>().to_ascii_lowercase()
}

/// One parameter has two values.
struct Contradiction;

fn vary(meaning: &mut Meaning, words: &str) -> Result<(), Contradiction> {
    for parameter in words.split(';') {
        let Some((name, value)) = parameter.split_once('=') else { continue };
        let (name, mut value) = (word(name), word(value));
        if !VARIANTS.contains(&name.as_str()) {
            continue;
        }
        if name == "profile-level-id" {
            value = value.chars().take(PROFILE_LENGTH).collect();
        }
        let known = meaning.variant.insert(name, value.clone());
        if known.is_some_and(|known| known != value) {
            return Err(Contradiction);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
