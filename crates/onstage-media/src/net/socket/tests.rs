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

fn offered(bound: &str, public: &[&str]) -> Vec<String> {
    let public: Vec<IpAddr> = public.iter().map(|ip| ip.parse().unwrap()).collect();
    candidates(bound.parse().unwrap(), &public).iter().map(ToString::to_string).collect()
}

#[test]
fn public_addresses_come_first_and_all_of_them() {
    assert_eq!(
        offered("10.0.0.5:7882", &["203.0.113.7", "203.0.113.8"]),
        ["203.0.113.7:7882", "203.0.113.8:7882", "10.0.0.5:7882"]
    );
    let wildcard = offered("0.0.0.0:7882", &["203.0.113.7"]);
    assert_eq!(wildcard.first().unwrap(), "203.0.113.7:7882");
    assert_eq!(wildcard.last().unwrap(), "127.0.0.1:7882");
}

#[test]
fn loopback_is_offered_when_that_is_all_there_is() {
    assert_eq!(offered("127.0.0.1:7882", &[]), ["127.0.0.1:7882"]);
    assert_eq!(offered("[::1]:7882", &[]), ["[::1]:7882"]);
    assert_eq!(own_address("127.0.0.1".parse().unwrap()).to_string(), "127.0.0.1");
    assert!(!own_address("0.0.0.0".parse().unwrap()).is_unspecified());
}

#[test]
fn an_address_of_a_family_that_the_socket_does_not_have_is_left_out() {
    assert_eq!(offered("10.0.0.5:7882", &["2001:db8::7"]), ["10.0.0.5:7882"]);
    assert_eq!(offered("[2001:db8::5]:7882", &["203.0.113.7"]), ["[2001:db8::5]:7882"]);
    let dual = offered("[::]:7882", &["203.0.113.7", "2001:db8::7", "::ffff:203.0.113.7"]);
    assert_eq!(dual.get(..2).unwrap(), ["203.0.113.7:7882", "[2001:db8::7]:7882"]);
    assert_eq!(dual.iter().filter(|one| one.contains("203.0.113.7")).count(), 1, "mapped is the same");
    assert!(!dual.iter().any(|one| one.contains("[::]")));
}
