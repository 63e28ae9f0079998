//! Would catch a `v1` event whose shape changed unseen, or whose name differs from the core's.

use onstage_domain::samples;

use super::{event_body, event_tail};

#[test]
fn every_event_is_rendered() {
    for envelope in samples::envelopes() {
        let name = envelope.data.name();
        let frame: serde_json::Value = serde_json::from_str(&format!("{{{}", event_tail(&envelope))).unwrap();
        assert_eq!(frame["name"], name);
        assert_eq!(frame["at"], "2026-11-21T08:00:00.000Z");
        insta::assert_json_snapshot!(format!("v1.{name}"), frame);
    }
}

#[test]
fn the_schema_lists_every_event() {
    let schema = super::events_schema();
    let shapes = schema["oneOf"].as_array().unwrap();
    for event in samples::samples() {
        let named =
            shapes.iter().filter(|shape| shape["properties"]["name"]["const"] == event.name()).count();
        assert_eq!(named, 1, "{} in the schema", event.name());
        let rendered = serde_json::to_value(event_body(event)).unwrap();
        assert!(rendered["data"].is_object());
    }
    assert_eq!(shapes.len(), samples::samples().len());
}
