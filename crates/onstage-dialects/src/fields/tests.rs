//! Would catch a body reader that stops at the first wrong field or calls a wrong type missing.

use onstage_domain::text::Title;
use serde::Deserialize;

use super::{Field, Fields, between, word};
use onstage_domain::sessions::Mode;

#[derive(Default, Deserialize)]
struct Body {
    title: Field<String>,
    mode: Field<String>,
    count: Field<i64>,
}

type Named = Vec<(String, String)>;

fn read(text: &str) -> Result<(Title, Mode, Option<u8>), Named> {
    let body: Body = serde_json::from_str(text).unwrap();
    let mut fields = Fields::default();
    let title = fields.required("/title", body.title, |raw: String| Title::parse(&raw));
    let mode = fields.required("/mode", body.mode, word);
    let count = fields.optional("/count", body.count, between(1, 20));
    fields
        .finish(|| Some((title?, mode?, count)))
        .map_err(|problem| problem.errors.into_iter().map(|error| (error.pointer, error.code)).collect())
}

#[test]
fn every_wrong_field_is_named_at_once() {
    let named = |pairs: &[(&str, &str)]| -> Named {
        pairs.iter().map(|(pointer, code)| ((*pointer).to_owned(), (*code).to_owned())).collect()
    };
    assert_eq!(
        read(r#"{"mode":7,"count":21}"#),
        Err(named(&[("/title", "missing"), ("/mode", "wrong_type"), ("/count", "out_of_range")]))
    );
    assert_eq!(
        read(r#"{"title":"   ","mode":"radio","count":"many"}"#),
        Err(named(&[("/title", "too_short"), ("/mode", "unknown_word"), ("/count", "wrong_type")]))
    );
}

#[test]
fn null_is_absent_and_unknown_fields_are_ignored() {
    let (title, mode, count) = read(r#"{"title":" Hi ","mode":"voice","count":null,"more":[1]}"#).unwrap();
    assert_eq!((title.as_str(), mode, count), ("Hi", Mode::Voice, None));
}
