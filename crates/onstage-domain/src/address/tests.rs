//! Catches a customer who multiplies a share by the addresses of one network.

use super::*;

#[test]
fn a_network_of_version_6_is_one_customer_and_an_address_of_version_4_is_one() {
    let of = |text: &str| customer_of(text.parse().unwrap()).to_string();
    assert_eq!(of("2001:db8:1:2:3:4:5:6"), of("2001:db8:1:2:ffff::"));
    assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
    assert_eq!(of("::ffff:192.0.2.7"), "192.0.2.7");
    assert_ne!(of("192.0.2.7"), of("192.0.2.8"));
}
