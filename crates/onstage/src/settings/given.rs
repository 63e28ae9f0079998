//! What was given: the file and the variables, each value with where it came from.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use toml::Value;

use super::keys::{
    self, KEYS, Key, Kind, LIVEKIT_URL, NO_EFFECT_PREFIXES, OTHER_VARIABLES, SECTIONS_TO_COME, State,
    TEST_PREFIX,
};

/// Something wrong with the settings: which, where it stands, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mistake {
    pub(crate) key: String,
    pub(crate) source: String,
    pub(crate) why: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}): {}", self.key, self.source, self.why)
    }
}

/// A value and where it came from.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    pub(crate) value: Value,
    pub(crate) source: String,
}

/// Everything that was given, by key.
#[derive(Clone, Debug, Default)]
pub(crate) struct Given {
    pub(crate) data_dir: PathBuf,
    pub(crate) found: BTreeMap<&'static str, Found>,
    /// Variables of other products.
    pub(crate) foreign: BTreeMap<String, String>,
    pub(crate) mistakes: Vec<Mistake>,
    pub(crate) warnings: Vec<String>,
}

impl Given {
    /// From this process's variables and the settings file.
    pub(crate) fn from_world(data_dir: &Path, config: Option<&Path>) -> Result<Self, Vec<Mistake>> {
        let variables = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
        let file = match config {
            Some(path) => Some(path.to_owned()),
            None => Some(data_dir.join("onstage.toml")).filter(|path| path.exists()),
        };
        let text = match &file {
            None => String::new(),
            Some(path) => std::fs::read_to_string(path).map_err(|error| {
                vec![mistake("--config", path.display(), format!("cannot be read: {error}"))]
            })?,
        };
        let name = file.map(|path| path.display().to_string()).unwrap_or_default();
        Ok(Self::from_parts(data_dir, (&name, &text), variables))
    }

    /// From what a test hands in.
    pub(crate) fn from_parts(
        data_dir: &Path,
        file: (&str, &str),
        variables: impl IntoIterator<Item = (String, String)>,
    ) -> Self {
        let mut given = Self { data_dir: data_dir.to_owned(), ..Self::default() };
        given.take_file(file);
        given.take_variables(&variables.into_iter().collect());
        given
    }

    fn take_file(&mut self, (name, text): (&str, &str)) {
        let table = match text.parse::<toml::Table>() {
            Ok(table) => table,
            Err(error) => return self.mistakes.push(mistake(name, "settings file", error.message())),
        };
        for (section, content) in table {
            let Value::Table(entries) = content else {
                self.take_entry(&section, content, name);
                continue;
            };
            for (key, value) in entries {
                self.take_entry(&format!("{section}.{key}"), value, name);
            }
        }
    }

    fn take_entry(&mut self, name: &str, value: Value, file: &str) {
        let to_come = SECTIONS_TO_COME.iter().find(|(section, _)| name.split('.').next() == Some(section));
        match (keys::of(name), to_come) {
            (Some(key), _) => self.take(key, value, file.to_owned()),
            (None, Some((_, what))) => self.mistakes.push(not_built(name, file, what)),
            (None, None) => self.mistakes.push(mistake(name, file, unknown(name))),
        }
    }

    fn take(&mut self, key: &'static Key, value: Value, source: String) {
        match key.state {
            State::Built => drop(self.found.insert(key.name, Found { value, source })),
            State::NotYet(what) => self.mistakes.push(not_built(key.name, &source, what)),
        }
    }

    fn take_variables(&mut self, variables: &BTreeMap<String, String>) {
        for key in KEYS {
            let own = key.variable();
            let mut names = std::iter::once(own.as_str()).chain(key.aliases.iter().copied());
            let first = names.find_map(|name| Some((name, variables.get(name)?)));
            if let Some((name, text)) = first.filter(|(_, text)| !text.is_empty()) {
                self.take_variable(key, name, text);
            }
        }
        for (name, value) in variables {
            self.judge_variable(name, value);
        }
    }

    fn take_variable(&mut self, key: &'static Key, name: &str, text: &str) {
        let value = match key.kind {
            Kind::Text => Some(Value::String(text.to_owned())),
            Kind::Number => text.trim().parse().ok().map(Value::Integer),
            Kind::Switch => match text.trim() {
                "true" | "1" | "on" | "yes" => Some(Value::Boolean(true)),
                "false" | "0" | "off" | "no" => Some(Value::Boolean(false)),
                _ => None,
            },
            Kind::List => Some(Value::Array(
                text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(Value::from).collect(),
            )),
        };
        match value {
            Some(value) => self.take(key, value, name.to_owned()),
            None => self.mistakes.push(mistake(key.name, name, wrong_kind(key.kind))),
        }
    }

    fn judge_variable(&mut self, name: &str, value: &str) {
        if name.starts_with("ONSTAGE_") {
            let known = KEYS.iter().any(|key| key.variable() == name)
                || OTHER_VARIABLES.contains(&name)
                || name.starts_with(TEST_PREFIX);
            if !known {
                self.mistakes.push(mistake(name, "environment", unknown(name)));
            }
        } else if NO_EFFECT_PREFIXES.iter().any(|prefix| name.starts_with(prefix)) {
            self.warnings.push(format!("{name} has no effect: media goes through Onstage's own engine"));
        } else if name == LIVEKIT_URL || name.starts_with("STUN_") || name.starts_with("TURN_") {
            self.foreign.insert(name.to_owned(), value.to_owned());
        }
    }
}

pub(super) fn mistake(key: impl fmt::Display, source: impl fmt::Display, why: impl Into<String>) -> Mistake {
    Mistake { key: key.to_string(), source: source.to_string(), why: why.into() }
}

fn not_built(key: &str, source: &str, what: &str) -> Mistake {
    mistake(key, source, format!("not built yet: {what}; leave it out"))
}

pub(super) const fn wrong_kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Text => "must be text",
        Kind::Number => "must be a whole number",
        Kind::Switch => "must be true or false",
        Kind::List => "must be a list of texts",
    }
}

/// Names the nearest key, since most unknown ones are typing mistakes.
fn unknown(name: &str) -> String {
    let wanted = name.trim_start_matches("ONSTAGE_").to_lowercase().replace('_', ".");
    let nearest = KEYS
        .iter()
        .map(|key| (distance(&wanted, &key.name.replace('_', ".")), key))
        .min_by_key(|(distance, _)| *distance)
        .filter(|(distance, _)| *distance <= 4);
    match nearest {
        Some((_, key)) => format!("unknown; did you mean {} ({})?", key.name, key.variable()),
        None => "unknown".to_owned(),
    }
}

/// Edits from one word to the other (Levenshtein).
fn distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (index, letter) in from.chars().enumerate() {
        let mut before = index;
        let mut last = index.saturating_add(1);
        let mut next = vec![last];
        for (other, above) in to.iter().zip(row.iter().skip(1)) {
            let cost = before.saturating_add(usize::from(*other != letter));
            before = *above;
            last = cost.min(above.saturating_add(1)).min(last.saturating_add(1));
            next.push(last);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}
