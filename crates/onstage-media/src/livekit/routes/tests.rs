//! Catches a header that one door takes and another does not.

use super::*;

#[test]
fn a_token_is_read_from_its_header_whatever_the_case_of_the_scheme() {
    let headers = |text: &str| HeaderMap::from_iter([(AUTHORIZATION, HeaderValue::from_str(text).unwrap())]);
    for text in ["Bearer a.b.c", "bearer a.b.c", "BEARER  a.b.c "] {
        assert_eq!(bearer_token(&headers(text)), Some("a.b.c"), "{text}");
    }
    for text in ["a.b.c", "Basic a.b.c", "Bearer", ""] {
        assert_eq!(bearer_token(&headers(text)), None, "{text}");
    }
    assert_eq!(bearer_token(&HeaderMap::new()), None);
}
