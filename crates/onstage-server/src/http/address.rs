//! Whose address a call comes from: forwarded addresses are believed from trusted proxies only.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Once;

use axum::extract::ConnectInfo;
use http::{Extensions, HeaderMap};

use crate::settings::Network;

const FORWARDED_FOR: &str = "x-forwarded-for";

/// The caller's network address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ClientAddress(pub(crate) IpAddr);

impl ClientAddress {
    /// From the connection, or from what trusted proxies said.
    pub(crate) fn of(extensions: &Extensions, headers: &HeaderMap, trusted: &[Network]) -> Self {
        let peer = extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
        let peer = peer.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED)).to_canonical();
        if is_proxy_nobody_named(peer, headers, trusted) {
            warn_of(peer);
        }
        Self(behind(peer, headers, trusted))
    }
}

/// Whether a connection speaks for others and is not believed.
fn is_proxy_nobody_named(peer: IpAddr, headers: &HeaderMap, trusted: &[Network]) -> bool {
    headers.contains_key(FORWARDED_FOR) && !trusted.iter().any(|network| network.contains(peer))
}

/// Once in the life of the process: anybody can send that header.
fn warn_of(peer: IpAddr) {
    static WARNED: Once = Once::new();
    WARNED.call_once(|| {
        tracing::warn!(
            %peer,
            "X-Forwarded-For comes from an address that is not in server.trusted_proxies; if that is your proxy, \
             all people behind it share the limits of one address"
        );
    });
}

/// Walks the chain from the nearest proxy outwards and stops at the first address nobody vouches for.
fn behind(peer: IpAddr, headers: &HeaderMap, trusted: &[Network]) -> IpAddr {
    let believes = |address: IpAddr| trusted.iter().any(|network| network.contains(address));
    let lines: Vec<&str> =
        headers.get_all(FORWARDED_FOR).iter().filter_map(|line| line.to_str().ok()).collect();
    let mut hops = lines.iter().flat_map(|line| line.split(',')).map(str::trim).rev();
    let mut address = peer;
    while believes(address) {
        match hops.next().and_then(|hop| hop.parse::<IpAddr>().ok()) {
            Some(hop) => address = hop.to_canonical(),
            None => break,
        }
    }
    address
}

#[cfg(test)]
mod tests;
