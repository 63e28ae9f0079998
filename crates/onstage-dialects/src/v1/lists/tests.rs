//! Would catch a page limit that a client can talk past.

use super::ListQuery;

fn limit(text: &str) -> u32 {
    ListQuery { limit: Some(text.to_owned()), ..ListQuery::default() }.limit()
}

#[test]
fn reaches_page_limit_max() {
    assert_eq!(limit("201"), 200);
    assert_eq!(limit("99999999999"), 200);
    assert_eq!((limit("0"), limit("-5"), limit("1"), limit("many")), (1, 1, 1, 50));
    assert_eq!(ListQuery::default().limit(), 50);
}
