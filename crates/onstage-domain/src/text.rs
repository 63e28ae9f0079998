//! Words people write: NFC, trimmed, bounded; each type has one fallible constructor.

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;

use crate::problem::FieldError;

mod names;

/// Why a text was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Fewer characters than allowed.
    #[error("use at least {0} characters")]
    TooShort(usize),
    /// More characters than allowed.
    #[error("use at most {0} characters")]
    TooLong(usize),
    /// A character that is not allowed.
    #[error("use only {0}")]
    BadCharacters(&'static str),
}

impl TextError {
    /// As an entry of `errors`.
    #[must_use]
    pub fn at(self, pointer: &str) -> FieldError {
        let code = match self {
            Self::TooShort(_) => "too_short",
            Self::TooLong(_) => "too_long",
            Self::BadCharacters(_) => "bad_characters",
        };
        FieldError { pointer: pointer.to_owned(), code: code.to_owned(), detail: self.to_string() }
    }
}

fn bounded(raw: &str, min: usize, max: usize) -> Result<String, TextError> {
    let text: String = raw.trim().nfc().filter(|c| !c.is_control() || *c == '\n').collect();
    let length = text.chars().count();
    if length < min {
        return Err(TextError::TooShort(min));
    }
    if length > max { Err(TextError::TooLong(max)) } else { Ok(text) }
}

/// What stands for somebody or something in a list: no character hides in it or turns it round.
fn name(raw: &str, min: usize, max: usize) -> Result<String, TextError> {
    names::check(raw.trim())?;
    bounded(raw, min, max)
}

macro_rules! text {
    ($(#[$doc:meta])* $name:ident by $read:ident, $min_name:ident = $min:literal, $max_name:ident = $max:literal) => {
        #[doc = concat!("Fewest characters of [`", stringify!($name), "`].")]
        pub const $min_name: usize = $min;
        #[doc = concat!("Most characters of [`", stringify!($name), "`].")]
        pub const $max_name: usize = $max;

        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Normalises (NFC, trim) and counts Unicode scalar values.
            pub fn parse(raw: &str) -> Result<Self, TextError> {
                $read(raw, $min_name, $max_name).map(Self)
            }

            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// The text, owned.
            #[must_use]
            pub fn into_string(self) -> String {
                self.0
            }
        }
    };
}

text!(
    /// What others see as a person's name.
    DisplayName by name, DISPLAY_NAME_LENGTH_MIN = 1, DISPLAY_NAME_LENGTH_MAX = 50
);
text!(
    /// Title of a session.
    Title by name, TITLE_LENGTH_MIN = 1, TITLE_LENGTH_MAX = 120
);
text!(
    /// Description of a session.
    Description by bounded, DESCRIPTION_LENGTH_MIN = 0, DESCRIPTION_LENGTH_MAX = 2000
);
text!(
    /// A chat message.
    ChatText by bounded, CHAT_LENGTH_MIN = 1, CHAT_LENGTH_MAX = 500
);
text!(
    /// A few words with a request, or a moderator's reason.
    Note by bounded, NOTE_LENGTH_MIN = 0, NOTE_LENGTH_MAX = 200
);

/// Fewest characters of a handle.
pub const HANDLE_LENGTH_MIN: usize = 3;
/// Most characters of a handle.
pub const HANDLE_LENGTH_MAX: usize = 30;

/// A person's unique name: `[a-z0-9_]`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Handle(String);

impl Handle {
    /// Refuses anything but `[a-z0-9_]`, 3–30 characters.
    pub fn parse(raw: &str) -> Result<Self, TextError> {
        let text = bounded(raw, HANDLE_LENGTH_MIN, HANDLE_LENGTH_MAX)?;
        let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        if text.bytes().all(allowed) {
            Ok(Self(text))
        } else {
            Err(TextError::BadCharacters("a-z, 0-9 and _"))
        }
    }

    /// The handle.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Fewest characters of a password.
pub const PASSWORD_LENGTH_MIN: usize = 10;
/// Most characters of a password.
pub const PASSWORD_LENGTH_MAX: usize = 128;

/// A password in the clear, on its way to the hash; never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

impl Password {
    /// NFC, 10–128 characters; not trimmed.
    pub fn parse(raw: &str) -> Result<Self, TextError> {
        let text: String = raw.nfc().collect();
        let length = text.chars().count();
        if length < PASSWORD_LENGTH_MIN {
            return Err(TextError::TooShort(PASSWORD_LENGTH_MIN));
        }
        if length > PASSWORD_LENGTH_MAX {
            Err(TextError::TooLong(PASSWORD_LENGTH_MAX))
        } else {
            Ok(Self(text))
        }
    }

    /// For the hash and nothing else.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Password(…)")
    }
}

#[cfg(test)]
mod tests;
