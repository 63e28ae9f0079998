//! Catches one address, or all together, holding more connections than there are places.

use super::*;

fn address(number: usize) -> IpAddr {
    IpAddr::from(u32::try_from(number).unwrap().to_be_bytes())
}

#[test]
fn reaches_connections_per_address_max() {
    let places = connections();
    let held: Vec<_> =
        (0..CONNECTIONS_PER_ADDRESS_MAX).filter_map(|_| places.enter(address(1)).ok()).collect();
    assert_eq!(held.len(), CONNECTIONS_PER_ADDRESS_MAX);
    assert!(places.enter(address(1)).is_err());
    assert!(places.enter(address(2)).is_ok(), "others still come in");
}

#[test]
fn reaches_connections_max() {
    let places = connections();
    let held: Vec<_> = (0..CONNECTIONS_MAX).filter_map(|number| places.enter(address(number)).ok()).collect();
    assert_eq!(held.len(), CONNECTIONS_MAX);
    assert!(places.enter(address(CONNECTIONS_MAX)).is_err());
    drop(held);
    assert!(places.enter(address(CONNECTIONS_MAX)).is_ok());
}
