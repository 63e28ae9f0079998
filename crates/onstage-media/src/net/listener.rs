//! TCP listeners: bound at once, and fed to whoever serves them.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};

use super::caps::{Caps, Pass};
use super::socket::plain;
use crate::config::MediaError;

/// A connection that takes nothing for so long is closed.
pub(crate) const STALLED_FOR_MAX: Duration = Duration::from_secs(15);
/// A pause when the system gives no more connections: it will say so again at once.
const REFUSED_PAUSE: Duration = Duration::from_millis(100);

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
    caps: Caps,
    serve: impl Fn(TcpStream, SocketAddr, Pass) + Send,
) {
    loop {
        match listener.accept().await {
            Ok((stream, remote)) => {
                let remote = plain(remote);
                if let Some(pass) = caps.enter(remote.ip()) {
                    serve(stream, remote, pass);
                }
            }
            Err(_) => tokio::time::sleep(REFUSED_PAUSE).await,
        }
    }
}
