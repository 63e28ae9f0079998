//! Moments on the wire: RFC 3339 in UTC, always with milliseconds and `Z`.

use std::borrow::Cow;

use jiff::Timestamp;
use onstage_domain::At;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Serialize, Serializer};
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::{RefOr, schema};
use utoipa::{PartialSchema, ToSchema};

/// The moment as text, `2026-11-21T07:30:00.000Z`; moments beyond the calendar stop at its ends.
#[must_use]
pub fn rfc3339(at: At) -> String {
    let end = if at.0 < 0 { Timestamp::MIN } else { Timestamp::MAX };
    let moment = Timestamp::from_millisecond(at.0).unwrap_or(end);
    format!("{moment:.3}")
}

/// Reads RFC 3339 with any offset.
#[must_use]
pub fn parse_rfc3339(text: &str) -> Option<At> {
    text.parse::<Timestamp>().ok().map(|moment| At(moment.as_millisecond()))
}

/// A moment that is rendered as [`rfc3339`] says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Time(pub At);

impl From<At> for Time {
    fn from(at: At) -> Self {
        Self(at)
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&rfc3339(self.0))
    }
}

impl PartialSchema for Time {
    fn schema() -> RefOr<schema::Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
            .into()
    }
}

impl ToSchema for Time {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("Time")
    }
}

impl JsonSchema for Time {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        Cow::Borrowed("Time")
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "date-time" })
    }
}

#[cfg(test)]
mod tests;
