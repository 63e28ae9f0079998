//! The document's own requests and answers, and how an answer is held against them.

use std::path::Path;

use onstage_dialects::time::parse_rfc3339;
use serde_json::Value;
use uuid::Uuid;

/// One call of the document.
pub(crate) struct Seed(Value);

/// A body that is about to be sent.
pub(crate) struct Body(pub(crate) Value);

impl Body {
    pub(crate) fn with(mut self, changes: Value) -> Self {
        for (name, value) in changes.as_object().unwrap() {
            self.0[name] = value.clone();
        }
        self
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.0.as_object_mut().unwrap().remove(name).unwrap();
        self
    }
}

impl Seed {
    pub(crate) fn read(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/seeds/live");
        let text = std::fs::read_to_string(folder.join(format!("{name}.json"))).unwrap();
        Self(serde_json::from_str(&text).unwrap())
    }

    /// The document's body with ids put in; only a field the document has can be replaced.
    pub(crate) fn request(&self, fields: &[(&str, Value)]) -> Body {
        let mut body = self.0["request"].clone();
        for (name, value) in fields {
            *body.get_mut(name).unwrap() = value.clone();
        }
        assert!(!body.to_string().contains("\"uuid\""), "an id is missing: {body}");
        Body(body)
    }

    /// The document's body with every id of these put in that it has.
    pub(crate) fn with_ids(&self, ids: &Value) -> Body {
        let mut body = self.0["request"].clone();
        for (name, value) in ids.as_object().unwrap() {
            if let Some(field) = body.get_mut(name) {
                *field = value.clone();
            }
        }
        Body(body)
    }

    /// Method and address, with values put in for `{name}` and for `name` as a value of the query.
    pub(crate) fn address(&self, values: &[(&str, String)]) -> (String, String) {
        let call = self.0["call"].as_str().unwrap();
        let (method, address) = call.split_once(' ').unwrap();
        let put_in = |address: String, (name, value): &(&str, String)| {
            let address = address.replace(&format!("{{{name}}}"), value);
            address.replace(&format!("={name}"), &format!("={value}"))
        };
        (method.to_owned(), values.iter().fold(address.to_owned(), put_in))
    }

    /// The document's words for a field.
    pub(crate) fn words(&self, field: &str) -> Vec<String> {
        words(&self.0["words"][field])
    }

    /// Fails unless the answer has everything the document shows, of the same kind.
    #[track_caller]
    pub(crate) fn assert_answers(&self, answer: &Value) {
        assert_like(&self.0["response"], answer, "");
    }
}

/// Words of a column of one of the document's tables.
pub(crate) fn column_words(table: &str, column: &str) -> Vec<String> {
    words(&Seed::read("tables").0[table][column])
}

/// Fails unless an item shows these columns of one of the document's tables; answers those it does not show.
#[track_caller]
pub(crate) fn assert_columns(table: &str, item: &Value, elsewhere: &[&str]) {
    for column in column_words(table, "columns") {
        let shown = item.get(&column).is_some();
        assert!(shown != elsewhere.contains(&column.as_str()), "{table}.{column} in {item}");
    }
}

fn words(list: &Value) -> Vec<String> {
    let words: Vec<String> =
        list.as_array().unwrap().iter().map(|word| word.as_str().unwrap().to_owned()).collect();
    assert!(!words.is_empty());
    words
}

#[track_caller]
fn assert_like(sample: &Value, answer: &Value, place: &str) {
    match (sample, answer) {
        (Value::Object(fields), Value::Object(_)) => {
            for (name, field) in fields {
                let answered =
                    answer.get(name).unwrap_or_else(|| panic!("{place}/{name} is missing in {answer}"));
                assert_like(field, answered, &format!("{place}/{name}"));
            }
        }
        (Value::Array(samples), Value::Array(items)) => {
            assert!(samples.is_empty() || !items.is_empty(), "{place} is empty");
            for item in items.iter().filter(|_| !samples.is_empty()) {
                assert_like(&samples[0], item, &format!("{place}/0"));
            }
        }
        (Value::String(sample), Value::String(answer)) => assert_text(sample, answer, place),
        // Nobody here has a picture: `shapes.md` says null.
        (Value::String(_), Value::Null) if place.ends_with("/avatar_url") => {}
        (Value::Number(_), Value::Number(number)) => assert!(number.is_u64(), "{place}: {number}"),
        (Value::Bool(_), Value::Bool(_)) => {}
        _ => panic!("{place}: {answer} is not like {sample}"),
    }
}

#[track_caller]
fn assert_text(sample: &str, answer: &str, place: &str) {
    if sample == "uuid" {
        answer.parse::<Uuid>().unwrap_or_else(|_| panic!("{place}: {answer} is no id"));
    } else if place.ends_with("_at") {
        assert_time(answer);
    } else {
        assert!(!answer.is_empty(), "{place} is empty");
    }
}

/// RFC 3339, UTC, milliseconds and `Z`.
#[track_caller]
pub(crate) fn assert_time(text: &str) {
    assert!(parse_rfc3339(text).is_some() && text.len() == "2025-11-10T00:00:00.000Z".len(), "{text}");
    assert!(text.ends_with('Z'), "{text}");
}
