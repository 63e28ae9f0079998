//! Would catch an id that does not survive its text, and a key that breaks a header.

use super::*;

#[test]
fn ids_are_their_uuid_in_text_and_json() {
    let id = SessionId::new(Uuid::from_u128(42));
    assert_eq!(id.to_string().parse::<SessionId>().unwrap(), id);
    assert_eq!(serde_json::to_string(&id).unwrap(), format!("\"{}\"", id.uuid()));
    assert!("not an id".parse::<UserId>().is_err());
    assert_eq!(serde_json::to_string(&Seq(7)).unwrap(), "7");
}

#[test]
fn reaches_idempotency_key_length_max() {
    let key = |length: usize| IdempotencyKey::parse(&"k".repeat(length));
    assert_eq!(key(IDEMPOTENCY_KEY_LENGTH_MAX).unwrap().as_str().len(), IDEMPOTENCY_KEY_LENGTH_MAX);
    assert_eq!(key(IDEMPOTENCY_KEY_LENGTH_MAX + 1), None);
    assert_eq!(key(0), None);
    assert_eq!(IdempotencyKey::parse("two words"), None);
    assert_eq!(IdempotencyKey::parse("ünïcode"), None);
}
