//! Which ways to media are for everybody, and which for the machine or house of the server alone.

use std::net::{IpAddr, Ipv4Addr};

use super::web::split;

/// Whether browsers anywhere are meant to get through by this address, or URL of a relay. Names are.
pub(super) fn is_public(way: &str) -> bool {
    let rest = way.strip_prefix("turns:").or_else(|| way.strip_prefix("turn:")).unwrap_or(way);
    let authority = rest.split('?').next().unwrap_or(rest);
    let Some((host, _)) = split(authority, 0) else { return false };
    match host.parse::<IpAddr>().map(|ip| ip.to_canonical()) {
        Ok(IpAddr::V4(four)) => !(four.is_loopback() || four.is_private() || is_near(four)),
        Ok(IpAddr::V6(six)) => !(six.is_loopback() || six.is_unique_local() || six.is_unicast_link_local()),
        Err(_) => host != "localhost",
    }
}

/// Of one link (RFC 3927), or between a provider and its customers (RFC 6598).
fn is_near(four: Ipv4Addr) -> bool {
    let [first, second, ..] = four.octets();
    four.is_link_local() || first == 100 && (64..128).contains(&second)
}
