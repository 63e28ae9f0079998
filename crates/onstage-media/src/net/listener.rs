//! TCP listeners: bound at once, and fed to whoever serves them.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use onstage_domain::address::customer_of;
use tokio::net::{TcpListener, TcpStream};

use super::socket::plain;
use crate::config::MediaError;
use crate::places::{Place, Places};

/// Connections to one listener at the same time.
pub(crate) const CONNECTIONS_MAX: usize = 2_000;
/// Of these, from one address: a school or an office behind one router still fits.
pub(crate) const CONNECTIONS_PER_ADDRESS_MAX: usize = 128;
/// A connection that takes nothing for so long is closed.
pub(crate) const STALLED_FOR_MAX: Duration = Duration::from_secs(15);
/// A pause when the system gives no more connections: it will say so again at once.
const REFUSED_PAUSE: Duration = Duration::from_millis(100);

/// Places for connections, by where they come from.
pub(crate) type Connections = Places<IpAddr>;
/// The place of one connection.
pub(super) type Connected = Place<IpAddr>;

/// All places of one listener.
pub(super) fn connections() -> Connections {
    Places::new(CONNECTIONS_MAX, CONNECTIONS_PER_ADDRESS_MAX)
}

/// Binds a listener that does not block.
pub(super) fn bind(address: SocketAddr) -> Result<(std::net::TcpListener, SocketAddr), MediaError> {
    let refused = |source| MediaError::BindTcp { address, source };
    let listener = std::net::TcpListener::bind(address).map_err(refused)?;
    listener.set_nonblocking(true).map_err(refused)?;
    let bound = listener.local_addr().map_err(refused)?;
    Ok((listener, bound))
}

/// Hands over each connection that finds a place; the others are closed.
pub(super) async fn accept(
    listener: TcpListener,
    places: Connections,
    serve: impl Fn(TcpStream, SocketAddr, Connected) + Send,
) {
    loop {
        match listener.accept().await {
            Ok((stream, remote)) => {
                let remote = plain(remote);
                if let Ok(place) = places.enter(customer_of(remote.ip())) {
                    serve(stream, remote, place);
                }
            }
            Err(_) => tokio::time::sleep(REFUSED_PAUSE).await,
        }
    }
}

#[cfg(test)]
mod tests;
