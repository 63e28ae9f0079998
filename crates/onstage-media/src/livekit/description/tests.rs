//! Catches metadata and attributes that grow without a bound, and attributes that cannot be taken away.

use super::*;

fn one(name: &str, value: &str) -> [(String, String); 1] {
    [(name.to_owned(), value.to_owned())]
}

#[test]
fn reaches_metadata_bytes_max() {
    assert_eq!(metadata_fits(&"m".repeat(METADATA_BYTES_MAX)), Ok(()));
    assert_eq!(metadata_fits(&"m".repeat(METADATA_BYTES_MAX + 1)), Err(TooLong));
}

#[test]
fn reaches_attributes_bytes_max() {
    let full = changed(&BTreeMap::new(), one("name", &"v".repeat(ATTRIBUTES_BYTES_MAX - 4))).unwrap();
    assert_eq!(changed(&full, one("n", "")), Ok(full.clone()), "nothing to take away");
    assert_eq!(changed(&full, one("n", "v")), Err(TooLong));
    assert!(changed(&full, one("name", "")).unwrap().is_empty());
}
