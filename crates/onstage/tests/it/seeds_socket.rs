//! Would catch an S3 client that no longer finds an address, a word or a field of its document at the real server,
//! on SQLite and on PostgreSQL.

mod client;
mod closing;
mod crowd;
mod door;
mod house;
mod signals;
mod stage;
mod talk;

use serde_json::Value;

/// A message of the document.
fn seed(name: &str) -> Value {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/seeds/socket");
    serde_json::from_str(&std::fs::read_to_string(format!("{folder}/{name}.json")).unwrap()).unwrap()
}

/// An action of the document, with the ids of this show in it.
fn play<const N: usize>(name: &str, fields: [(&str, &str); N]) -> Value {
    let mut frame = seed(name);
    for (field, value) in fields {
        assert!(frame.get(field).is_some(), "{name} has no {field}");
        frame[field] = value.into();
    }
    frame
}

/// Every field of the document is there, and of its JSON type; times are RFC 3339 with milliseconds.
fn shows(name: &str, frame: &Value) {
    let kind = |value: &Value| std::mem::discriminant(value);
    let wanted = seed(name);
    assert_eq!(frame["type"], wanted["type"], "{frame}");
    for (field, example) in wanted.as_object().unwrap() {
        let value = frame.get(field).unwrap_or_else(|| panic!("{frame} lacks {field}"));
        assert_eq!(kind(value), kind(example), "{field} of {frame}");
        if field == "timestamp" {
            let text = value.as_str().unwrap();
            assert!(text.len() == 24 && text.ends_with('Z') && text.as_bytes()[19] == b'.', "{text}");
        }
    }
}
