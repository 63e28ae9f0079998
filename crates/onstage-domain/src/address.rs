//! Network addresses as limits see them.

use std::net::IpAddr;

/// Whose share an address uses up: an IPv6 customer holds a whole /64, and an IPv4 address may be written as an IPv6 one.
#[must_use]
pub const fn customer_of(address: IpAddr) -> IpAddr {
    const NETWORK: u128 = 0xffff_ffff_ffff_ffff_0000_0000_0000_0000;
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => IpAddr::V6(std::net::Ipv6Addr::from_bits(address.to_bits() & NETWORK)),
    }
}

#[cfg(test)]
mod tests;
