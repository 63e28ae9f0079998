//! Catches a door that opens to a wrong signature, issuer, algorithm or time, and grants read the wrong way round.

#![allow(clippy::arithmetic_side_effects, clippy::indexing_slicing, reason = "tests")]

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use proptest::prelude::*;
use serde_json::json;

use super::super::permission::Permission;
use super::*;

const NOW: At = At(1_800_000_000_000);
const NOW_SECONDS: i64 = 1_800_000_000;

fn tokens() -> Tokens {
    Tokens::new("key", "a secret that is long enough")
}

fn signed(claims: &serde_json::Value) -> String {
    let key = EncodingKey::from_secret(b"a secret that is long enough");
    jsonwebtoken::encode(&Header::new(Algorithm::HS256), claims, &key).unwrap()
}

fn claims() -> serde_json::Value {
    json!({"iss": "key", "sub": "ann", "exp": NOW_SECONDS + 60, "video": {"roomJoin": true, "room": "r"}})
}

fn with(pointer: &str, value: serde_json::Value) -> String {
    let mut claims = claims();
    claims[pointer] = value;
    signed(&claims)
}

#[test]
fn what_was_minted_is_taken() {
    let bearer = Bearer {
        identity: "ann".into(),
        name: "Ann".into(),
        metadata: String::new(),
        attributes: BTreeMap::new(),
        grant: Permission::VIEWER.to_claim("r"),
    };
    let token = tokens().mint(&bearer, NOW).unwrap();
    let read = tokens().verify(&token, NOW).unwrap();
    assert_eq!(read, bearer);
    assert_eq!(read.grant.can_publish_data, Some(false), "stated, not left to a default");
    assert_eq!(read.grant.can_update_own_metadata, Some(false));
    assert_eq!(tokens().verify(&token, NOW.plus_ms(700_000)), Err(TokenRefusal::Expired));
}

#[test]
fn each_fault_has_its_word() {
    let verify = |token: &str| tokens().verify(token, NOW);
    assert_eq!(verify(""), Err(TokenRefusal::Missing));
    assert_eq!(verify("a.b.c"), Err(TokenRefusal::Invalid));
    assert_eq!(verify(&with("iss", json!("other"))), Err(TokenRefusal::Invalid));
    assert_eq!(verify(&with("exp", json!(null))), Err(TokenRefusal::Invalid));
    assert_eq!(verify(&with("exp", json!(NOW_SECONDS - 61))), Err(TokenRefusal::Expired));
    assert!(verify(&with("exp", json!(NOW_SECONDS - 59))).is_ok(), "a minute of leeway");
    assert_eq!(verify(&with("nbf", json!(NOW_SECONDS + 61))), Err(TokenRefusal::Early));
    assert!(verify(&with("nbf", json!(NOW_SECONDS + 59))).is_ok());
    assert_eq!(verify(&with("video", json!({"room": "r"}))), Err(TokenRefusal::NoJoin));
    assert_eq!(verify(&with("video", json!(null))), Err(TokenRefusal::NoJoin));
    assert_eq!(verify(&with("sub", json!(""))), Err(TokenRefusal::NoIdentity));
    assert_eq!(verify(&with("video", json!({"roomJoin": true}))), Err(TokenRefusal::NoRoom));
}

#[test]
fn another_secret_or_no_signature_is_refused() {
    let forged = Tokens::new("key", "another secret");
    let bearer = tokens().verify(&signed(&claims()), NOW).unwrap();
    let token = forged.mint(&bearer, NOW).unwrap();
    assert_eq!(tokens().verify(&token, NOW), Err(TokenRefusal::Invalid));
    let none = BASE64_URL_SAFE_NO_PAD.encode(r#"{"alg":"none","typ":"JWT"}"#);
    let body = BASE64_URL_SAFE_NO_PAD.encode(claims().to_string());
    assert_eq!(tokens().verify(&format!("{none}.{body}."), NOW), Err(TokenRefusal::Invalid));
}

#[test]
fn absent_grants_mean_allowed() {
    let grant = |json: serde_json::Value| Permission::claimed(&serde_json::from_value(json).unwrap());
    let open = grant(json!({"roomJoin": true, "room": "r"}));
    assert!(open.publish() && open.subscribe && open.data && !open.metadata);
    let quiet = grant(json!({"canPublish": false}));
    assert!(!quiet.publish() && !quiet.data && quiet.subscribe, "data follows publish when absent");
    assert!(grant(json!({"canPublish": false, "canPublishData": true})).data);
    let microphone = grant(json!({"canPublishSources": ["microphone"]}));
    assert!(microphone.microphone && !microphone.camera && !microphone.screen);
}

#[test]
fn a_room_whose_name_looks_like_another_is_refused() {
    for unseen in ["a\0b", "a\u{202e}b", "a\u{2066}b", "a\nb"] {
        let video = json!({ "roomJoin": true, "room": unseen });
        assert_eq!(tokens().verify(&with("video", video), NOW), Err(TokenRefusal::Unseen), "{unseen:?}");
    }
    let video = json!({ "roomJoin": true, "room": "Zürich, 今日 👩‍👩‍👧" });
    assert!(tokens().verify(&with("video", video), NOW).is_ok());
}

#[test]
fn reaches_token_bytes_max() {
    let long = with("metadata", json!("m".repeat(TOKEN_BYTES_MAX)));
    assert_eq!(tokens().verify(&long, NOW), Err(TokenRefusal::Invalid));
}

#[test]
fn reaches_name_length_max() {
    assert!(tokens().verify(&with("sub", json!("n".repeat(NAME_LENGTH_MAX))), NOW).is_ok());
    assert_eq!(
        tokens().verify(&with("sub", json!("n".repeat(NAME_LENGTH_MAX + 1))), NOW),
        Err(TokenRefusal::TooLong)
    );
}

proptest! {
    #[test]
    fn no_text_breaks_the_reader(text in ".{0,200}") {
        prop_assert!(tokens().verify(&text, NOW).is_err());
    }

    #[test]
    fn a_changed_letter_is_noticed(at in 0_usize..1_000, letter in proptest::char::range('a', 'z')) {
        let token = signed(&claims());
        let at = at % token.len();
        let changed: String = token.chars().enumerate().map(|(place, old)| if place == at { letter } else { old }).collect();
        // The last letter of a base64 text may carry bits that mean nothing.
        prop_assume!(changed != token && at + 1 != token.len());
        prop_assert!(tokens().verify(&changed, NOW).is_err());
    }
}
