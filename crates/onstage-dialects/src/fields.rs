//! Reading bodies without stopping at the first mistake: every wrong field is named, with its JSON pointer.

use std::str::FromStr;

use onstage_domain::problem::{Code, FieldError, Problem};
use onstage_domain::text::TextError;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};

use crate::words::Vocabulary;

/// What stood in one field of a body; reading it never fails, so that all mistakes can be told at once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Field<T> {
    /// Not there, or `null`.
    #[default]
    Absent,
    /// Of the expected JSON type.
    Value(T),
    /// Of another JSON type.
    WrongType,
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Field<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // As an option, because serde gives a missing field to options alone.
        let value = Option::<serde_json::Value>::deserialize(deserializer)?;
        Ok(match value {
            None | Some(serde_json::Value::Null) => Self::Absent,
            Some(value) => serde_json::from_value(value).map_or(Self::WrongType, Self::Value),
        })
    }
}

impl<T> Field<T> {
    /// The value, if it is there.
    pub const fn value(&self) -> Option<&T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Absent | Self::WrongType => None,
        }
    }
}

impl Field<String> {
    /// What the field claims to be; a value of another type claims nothing that could be true.
    pub fn claim(&self) -> Option<&str> {
        match self {
            Self::Absent => None,
            Self::Value(text) => Some(text),
            Self::WrongType => Some(""),
        }
    }
}

/// Why a value was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// A text rule said no.
    Text(TextError),
    /// Not one of the words.
    UnknownWord(String),
    /// Outside the numbers allowed.
    OutOfRange(String),
    /// Not an id.
    NotAnId,
    /// Something else, in words.
    Other(&'static str, String),
}

impl From<TextError> for Wrong {
    fn from(error: TextError) -> Self {
        Self::Text(error)
    }
}

impl Wrong {
    fn at(self, pointer: &str) -> FieldError {
        match self {
            Self::Text(error) => error.at(pointer),
            Self::UnknownWord(detail) => error(pointer, "unknown_word", detail),
            Self::OutOfRange(detail) => error(pointer, "out_of_range", detail),
            Self::NotAnId => error(pointer, "not_an_id", "use an id as it was given to you"),
            Self::Other(code, detail) => error(pointer, code, detail),
        }
    }
}

fn error(pointer: &str, code: &str, detail: impl Into<String>) -> FieldError {
    FieldError { pointer: pointer.to_owned(), code: code.to_owned(), detail: detail.into() }
}

/// Gathers what is wrong with a body.
#[derive(Debug, Default)]
pub struct Fields {
    errors: Vec<FieldError>,
}

impl Fields {
    /// A field that must be there.
    pub fn required<T, V, E: Into<Wrong>>(
        &mut self,
        pointer: &str,
        field: Field<T>,
        parse: impl FnOnce(T) -> Result<V, E>,
    ) -> Option<V> {
        if matches!(field, Field::Absent) {
            self.errors.push(error(pointer, "missing", "this field is needed"));
            return None;
        }
        self.optional(pointer, field, parse)
    }

    /// A field that may be absent or `null`.
    pub fn optional<T, V, E: Into<Wrong>>(
        &mut self,
        pointer: &str,
        field: Field<T>,
        parse: impl FnOnce(T) -> Result<V, E>,
    ) -> Option<V> {
        match field {
            Field::Absent => None,
            Field::WrongType => {
                self.errors.push(error(pointer, "wrong_type", "this value is of the wrong type"));
                None
            }
            Field::Value(value) => match parse(value) {
                Ok(parsed) => Some(parsed),
                Err(wrong) => {
                    self.errors.push(wrong.into().at(pointer));
                    None
                }
            },
        }
    }

    /// The command if nothing was wrong, otherwise everything that was.
    pub fn finish<V>(self, build: impl FnOnce() -> Option<V>) -> Result<V, Problem> {
        if !self.errors.is_empty() {
            return Err(Problem::invalid(self.errors));
        }
        build().ok_or_else(|| Problem::new(Code::Fault))
    }
}

/// Takes the value as it is.
pub fn as_is<T>(value: T) -> Result<T, Wrong> {
    Ok(value)
}

/// Reads a word of a closed vocabulary.
pub fn word<T: Vocabulary>(text: String) -> Result<T, Wrong> {
    T::read(&text).ok_or_else(|| {
        let words: Vec<&str> = T::all().iter().map(|value| value.spelled()).collect();
        Wrong::UnknownWord(format!("use one of: {}", words.join(", ")))
    })
}

/// Reads an id.
pub fn id<T: FromStr>(text: String) -> Result<T, Wrong> {
    text.parse().map_err(|_| Wrong::NotAnId)
}

/// Reads a number between two bounds, both allowed.
pub fn between<N: TryFrom<i64>>(min: i64, max: i64) -> impl FnOnce(i64) -> Result<N, Wrong> {
    move |number| {
        let fits = (min..=max).contains(&number);
        let narrowed = if fits { N::try_from(number).ok() } else { None };
        narrowed.ok_or_else(|| Wrong::OutOfRange(format!("use a number from {min} to {max}")))
    }
}

/// Reads an id that stands in a path: what cannot be one names nothing.
pub fn path_id<T: FromStr>(text: &str, missing: Code) -> Result<T, Problem> {
    text.parse().map_err(|_| Problem::new(missing))
}

#[cfg(test)]
mod tests;
