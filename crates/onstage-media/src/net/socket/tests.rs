//! Catches candidates that nobody can reach: wildcard addresses, doubles, lost public addresses.

use super::*;

#[test]
fn a_wildcard_socket_advertises_real_addresses() {
    let bound = bind("0.0.0.0:0".parse().unwrap()).unwrap();
    let offered = candidates(bound.address, &["203.0.113.7".parse().unwrap()]);
    assert!(
        offered
            .iter()
            .all(|address| !address.ip().is_unspecified() && address.port() == bound.address.port())
    );
    assert!(offered.iter().any(|address| address.ip().is_loopback()));
    assert!(offered.iter().any(|address| address.ip().to_string() == "203.0.113.7"));
    assert!(bound.receive_buffer_bytes > 0);
}

#[test]
fn an_address_is_offered_once() {
    let offered = candidates("127.0.0.1:7".parse().unwrap(), &["127.0.0.1".parse().unwrap()]);
    assert_eq!(offered.len(), 1);
}

#[test]
fn mapped_addresses_go_out_mapped_and_come_in_plain() {
    let plain_address: SocketAddr = "192.0.2.5:9".parse().unwrap();
    assert_eq!(plain(for_socket(plain_address, true)), plain_address);
    assert_eq!(for_socket(plain_address, false), plain_address);
}
