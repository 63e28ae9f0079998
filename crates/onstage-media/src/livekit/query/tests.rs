//! Catches words of a join that are misread or believed without the right to say them.

use std::collections::BTreeMap;

use serde_json::json;

use super::*;
use crate::livekit::description::METADATA_BYTES_MAX;
use crate::livekit::tokens::VideoGrant;

fn raw(query: &serde_json::Value) -> RawQuery {
    serde_json::from_value(query.clone()).unwrap()
}

fn bearer(may: bool) -> Bearer {
    Bearer {
        identity: "ann".into(),
        name: "Ann".into(),
        metadata: "token".into(),
        attributes: BTreeMap::from([("hand".into(), "down".into()), ("seat".into(), "3".into())]),
        grant: VideoGrant { can_update_own_metadata: may.then_some(true), ..VideoGrant::default() },
    }
}

#[test]
fn a_join_request_means_one_connection_on_every_path() {
    let query = raw(&json!({"join_request": "CAA", "auto_subscribe": "0"}));
    for layout in [Layout::Dual, Layout::Single] {
        let wishes = query.wishes(layout, "").unwrap();
        assert!(wishes.query.single && wishes.query.auto_subscribe, "the request is what counts");
    }
    let plain = raw(&json!({"auto_subscribe": "0"}));
    assert!(!plain.wishes(Layout::Dual, "").unwrap().query.single);
    assert_eq!(plain.wishes(Layout::Single, "").unwrap_err().status, StatusCode::BAD_REQUEST);
}

#[test]
fn capabilities_and_attributes_of_the_dual_layout_are_read() {
    let attributes = FORGIVING.encode(r#"{"hand":"up"}"#);
    let query =
        raw(&json!({"capabilities": "CAP_COMPRESSION_DEFLATE_RAW, unheard", "attributes": attributes}));
    let wishes = query.wishes(Layout::Dual, "").unwrap();
    assert_eq!(
        wishes.query.capabilities,
        [i32::from(proto::client_info::Capability::CapCompressionDeflateRaw)]
    );
    assert_eq!(wishes.opening.attributes["hand"], "up");
}

#[test]
fn a_description_needs_the_right_to_give_it() {
    let attributes = [("hand".to_owned(), "up".to_owned()), ("seat".to_owned(), String::new())].into();
    let opening = Opening { metadata: "mine".into(), attributes, ..Opening::default() };
    let unauthorized = |result: Result<(), Refused>| result.unwrap_err().status == StatusCode::UNAUTHORIZED;
    let mut plain = bearer(false);
    assert!(unauthorized(opening.describe(&mut plain, true)));
    assert!(unauthorized(opening.describe(&mut bearer(true), false)), "in a session orders say who may");
    assert_eq!(plain, bearer(false));
    assert_eq!(Opening::default().describe(&mut plain, false), Ok(()), "who says nothing needs no right");
    let mut described = bearer(true);
    opening.describe(&mut described, true).unwrap();
    assert_eq!(described.metadata, "mine");
    assert_eq!(described.attributes["hand"], "up");
    assert_eq!(described.attributes["seat"], "3", "an empty value takes nothing away here");
    let long = Opening { metadata: "m".repeat(METADATA_BYTES_MAX + 1), ..Opening::default() };
    assert_eq!(long.describe(&mut described, true).unwrap_err().status, StatusCode::BAD_REQUEST);
    assert_eq!(described.metadata, "mine");
}
