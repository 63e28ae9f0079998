//! The two encodings. JSON in: any of protobuf's spellings. JSON out: snake_case, every default printed, as this wire has it.

use prost::Message;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::error::{Code, TwirpError};
use super::shapes::{Form, Shape};

/// How a call and its answer are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Codec {
    Protobuf,
    Json,
}

impl Codec {
    /// From `Content-Type`, whatever parameters follow.
    pub(crate) fn named(content_type: &str) -> Option<Self> {
        let kind = content_type.split(';').next().unwrap_or_default().trim();
        if kind.eq_ignore_ascii_case("application/protobuf") {
            Some(Self::Protobuf)
        } else if kind.eq_ignore_ascii_case("application/json") {
            Some(Self::Json)
        } else {
            None
        }
    }

    pub(crate) fn content_type(self) -> &'static str {
        match self {
            Self::Protobuf => "application/protobuf",
            Self::Json => "application/json",
        }
    }

    /// A request. What cannot be read is not repeated in the answer.
    pub(crate) fn read<M: Message + Default + DeserializeOwned>(self, body: &[u8]) -> Result<M, TwirpError> {
        let read = match self {
            Self::Protobuf => M::decode(body).ok(),
            Self::Json => serde_json::from_slice(body)
                .ok()
                .and_then(|value| serde_json::from_value(without_nulls(value)).ok()),
        };
        read.ok_or_else(|| TwirpError::new(Code::Malformed, "the request could not be decoded"))
    }

    /// An answer.
    pub(crate) fn write<M: Message + Serialize>(
        self,
        message: &M,
        shape: Shape,
    ) -> Result<Vec<u8>, TwirpError> {
        match self {
            Self::Protobuf => Ok(message.encode_to_vec()),
            Self::Json => serde_json::to_value(message)
                .and_then(|value| serde_json::to_vec(&filled(value, shape)))
                .map_err(|_| TwirpError::new(Code::Internal, "the answer could not be encoded")),
        }
    }
}

/// `null` is a default in protobuf's JSON.
fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let kept = fields.into_iter().filter(|(_, value)| !value.is_null());
            Value::Object(kept.map(|(name, value)| (name, without_nulls(value))).collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(without_nulls).collect()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value,
    }
}

/// The same message with its fields' own names and with what protobuf leaves out.
fn filled(value: Value, shape: Shape) -> Value {
    let mut given = match value {
        Value::Object(fields) => fields,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => Map::new(),
    };
    let fields =
        shape.iter().map(|(name, form)| ((*name).to_owned(), fill(given.remove(&camel(name)), form)));
    Value::Object(fields.collect())
}

fn fill(value: Option<Value>, form: &Form) -> Value {
    match (form, value) {
        (Form::One(shape), Some(value)) => filled(value, shape),
        (Form::Many(shape), Some(Value::Array(items))) => {
            items.into_iter().map(|item| filled(item, shape)).collect()
        }
        (_, Some(value)) => value,
        (Form::Text, None) => json!(""),
        (Form::Number, None) => json!(0),
        (Form::Long, None) => json!("0"),
        (Form::Flag, None) => json!(false),
        (Form::Word(first), None) => json!(first),
        (Form::Names, None) => json!({}),
        (Form::List | Form::Many(_), None) => json!([]),
        (Form::One(_), None) => Value::Null,
    }
}

/// `creation_time_ms` as protobuf's JSON spells it.
fn camel(name: &str) -> String {
    let mut spelled = String::with_capacity(name.len());
    let mut parts = name.split('_');
    spelled.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let mut letters = part.chars();
        spelled.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        spelled.push_str(letters.as_str());
    }
    spelled
}
