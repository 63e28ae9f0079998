//! Catches one address, or all together, holding more connections than there are places, and places that are never freed.

use super::*;

fn address(number: usize) -> IpAddr {
    IpAddr::from(u32::try_from(number).unwrap().to_be_bytes())
}

#[test]
fn reaches_connections_per_address_max() {
    let caps = Caps::default();
    let passes: Vec<Pass> = (0..CONNECTIONS_PER_ADDRESS_MAX).filter_map(|_| caps.enter(address(1))).collect();
    assert_eq!(passes.len(), CONNECTIONS_PER_ADDRESS_MAX);
    assert!(caps.enter(address(1)).is_none());
    assert!(caps.enter(address(2)).is_some(), "others still come in");
    drop(passes);
    assert!(caps.enter(address(1)).is_some());
    assert_eq!(
        (caps.total(), caps.lock().by_address.len()),
        (0, 0),
        "nothing is remembered of those who left"
    );
}

#[test]
fn reaches_connections_max() {
    let caps = Caps::default();
    let passes: Vec<Pass> = (0..CONNECTIONS_MAX).filter_map(|number| caps.enter(address(number))).collect();
    assert_eq!(passes.len(), CONNECTIONS_MAX);
    assert!(caps.enter(address(CONNECTIONS_MAX)).is_none());
    drop(passes);
    assert!(caps.enter(address(CONNECTIONS_MAX)).is_some());
}
