//! Would catch a page of another site that can use somebody's sign-in cookie.

use http::header::{HOST, ORIGIN};
use http::{HeaderMap, HeaderValue};

use super::{content_policy, is_same_origin};

fn from(origin: Option<&'static str>) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(HOST, HeaderValue::from_static("127.0.0.1:8080"));
    if let Some(origin) = origin {
        headers.insert(ORIGIN, HeaderValue::from_static(origin));
    }
    headers
}

#[test]
fn only_our_own_pages_use_the_cookie() {
    let url = "https://show.example";
    assert!(is_same_origin(&from(None), url));
    assert!(is_same_origin(&from(Some("http://127.0.0.1:8080")), url));
    assert!(is_same_origin(&from(Some("https://show.example")), url));
    assert!(!is_same_origin(&from(Some("https://show.example.evil.example")), url));
    assert!(!is_same_origin(&from(Some("http://127.0.0.1:9090")), url));
    assert!(!is_same_origin(&from(Some("null")), url));
}

#[test]
fn sockets_of_our_own_address_are_allowed() {
    assert!(
        content_policy(&["https://show.example".to_owned(), "https://show.example".to_owned()])
            .contains("connect-src 'self' wss://show.example;")
    );
    let both = content_policy(&["http://192.0.2.7:8080".to_owned(), "http://127.0.0.1:8080".to_owned()]);
    assert!(both.contains("connect-src 'self' ws://192.0.2.7:8080 ws://127.0.0.1:8080;"), "{both}");
}
