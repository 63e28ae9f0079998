//! Would catch a proxy list that believes more addresses than it names.

use super::*;

fn contains(network: &str, address: &str) -> bool {
    network.parse::<Network>().unwrap().contains(address.parse().unwrap())
}

#[test]
fn a_network_contains_its_addresses_and_no_other() {
    assert!(contains("10.0.0.0/8", "10.255.0.1"));
    assert!(!contains("10.0.0.0/8", "11.0.0.1"));
    assert!(contains("127.0.0.1", "127.0.0.1"));
    assert!(!contains("127.0.0.1", "127.0.0.2"));
    assert!(contains("127.0.0.1", "::ffff:127.0.0.1"), "an IPv4 address in IPv6 clothes");
    assert!(contains("fd00::/8", "fd12::1"));
    assert!(!contains("fd00::/8", "fe80::1"));
    assert!(contains("0.0.0.0/0", "1.2.3.4"), "a shift by the whole width");
    assert!(contains("::/0", "fe80::1"));
}

#[test]
fn nonsense_is_refused() {
    for text in ["", "10.0.0.0/33", "::/129", "10.0.0.0/x", "example.org"] {
        assert!(text.parse::<Network>().is_err(), "{text}");
    }
}
