//! Would catch a caller who chooses the address that limits and blocks see, and a proxy that nobody is told to name.

use http::HeaderValue;

use super::*;

fn headers(forwarded: &[&'static str]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for line in forwarded {
        headers.append(FORWARDED_FOR, HeaderValue::from_static(line));
    }
    headers
}

fn networks(networks: &[&str]) -> Vec<Network> {
    networks.iter().map(|network| network.parse().unwrap()).collect()
}

fn seen(peer: &str, forwarded: &[&'static str], trusted: &[&str]) -> String {
    behind(peer.parse().unwrap(), &headers(forwarded), &networks(trusted)).to_string()
}

#[test]
fn strangers_are_not_believed() {
    assert_eq!(seen("203.0.113.5", &["1.2.3.4"], &[]), "203.0.113.5");
    assert_eq!(seen("203.0.113.5", &["1.2.3.4"], &["10.0.0.0/8"]), "203.0.113.5");
}

#[test]
fn proxies_are_believed_as_far_as_the_chain_is_trusted() {
    assert_eq!(seen("10.0.0.1", &["1.2.3.4"], &["10.0.0.0/8"]), "1.2.3.4");
    assert_eq!(seen("10.0.0.1", &["9.9.9.9, 1.2.3.4, 10.0.0.2"], &["10.0.0.0/8"]), "1.2.3.4");
    assert_eq!(seen("10.0.0.1", &["9.9.9.9", "1.2.3.4"], &["10.0.0.0/8"]), "1.2.3.4");
    assert_eq!(seen("10.0.0.1", &[], &["10.0.0.0/8"]), "10.0.0.1");
    assert_eq!(seen("10.0.0.1", &["nonsense"], &["10.0.0.0/8"]), "10.0.0.1");
}

#[test]
fn a_proxy_that_is_not_named_is_told_of() {
    let told = |forwarded: &[&'static str], trusted: &[&str]| {
        is_proxy_nobody_named("10.0.0.1".parse().unwrap(), &headers(forwarded), &networks(trusted))
    };
    assert!(told(&["1.2.3.4"], &[]));
    assert!(told(&["1.2.3.4"], &["192.168.0.0/16"]));
    assert!(!told(&["1.2.3.4"], &["10.0.0.0/8"]));
    assert!(!told(&[], &[]));
}
