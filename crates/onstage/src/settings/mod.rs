//! The settings, read once at the start: one optional file, every key also as a variable, nothing unknown.

mod given;
mod keys;
mod read;
mod shown;
mod webhooks;

use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::path::PathBuf;
use std::time::Duration;

use onstage_domain::accounts::{Plan, SignUp};
use onstage_domain::media::IceServer;
use onstage_media::Listening;
use onstage_server::Network;
use sentry::types::Dsn;

pub(crate) use given::{Given, Mistake};
pub(crate) use read::read;
pub(crate) use shown::shown;

/// An address of the documentation's network: routed outward, used by nobody.
const SOMEWHERE_ELSE: (Ipv4Addr, u16) = (Ipv4Addr::new(192, 0, 2, 1), 9);

/// How the server is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Tls {
    Off,
    Files { certificate: PathBuf, key: PathBuf },
}

/// How the log is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LogFormat {
    Pretty,
    Json,
}

/// Key and secret of LiveKit tokens.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct ApiKey {
    pub(crate) key: String,
    pub(crate) secret: String,
}

impl std::fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ApiKey").field("key", &self.key).finish_non_exhaustive()
    }
}

/// Everything an installation can choose.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) data_dir: PathBuf,
    pub(crate) listen: SocketAddr,
    /// From `listen` where it was not given.
    pub(crate) public_url: Option<String>,
    pub(crate) tls: Tls,
    pub(crate) trusted_proxies: Vec<Network>,
    pub(crate) cors_origins: Vec<String>,
    pub(crate) database_url: String,
    /// Generated on the first start where it was not given.
    pub(crate) api_key: Option<ApiKey>,
    /// The LiveKit cluster that carries media instead of this process.
    pub(crate) cluster_url: Option<String>,
    pub(crate) media_listen: IpAddr,
    pub(crate) auto_create_rooms: bool,
    pub(crate) udp_port: u16,
    /// Off at 0; where it was not given, taken if it is free.
    pub(crate) tcp_port: Listening,
    /// As `tcp_port`.
    pub(crate) turn_port: Listening,
    pub(crate) public_ips: Vec<IpAddr>,
    pub(crate) shards: usize,
    pub(crate) ice_servers: Vec<IceServer>,
    /// Where events of rooms are posted.
    pub(crate) webhook_urls: Vec<String>,
    pub(crate) sign_up: SignUp,
    pub(crate) ping_interval: Duration,
    /// Without any inbound frame for this long a socket is closed.
    pub(crate) silence: Duration,
    /// Whether clients on stage may hand each other WebRTC signals.
    pub(crate) relay_signals: bool,
    pub(crate) limits_enabled: bool,
    pub(crate) default_plan: Plan,
    pub(crate) log_retention_days: u32,
    /// Off where it was not given.
    pub(crate) metrics_listen: Option<SocketAddr>,
    /// Off where it was not given.
    pub(crate) sentry_dsn: Option<Dsn>,
    pub(crate) log_format: LogFormat,
    pub(crate) log_level: String,
    pub(crate) warnings: Vec<String>,
}

impl Settings {
    /// Whether only this machine can reach the server.
    pub(crate) const fn on_loopback(&self) -> bool {
        self.listen.ip().is_loopback()
    }

    /// The address that other devices use, where one is known.
    pub(crate) fn reach_at(&self, bound: SocketAddr) -> String {
        match outward_address().filter(|_| self.public_url.is_none() && bound.ip().is_unspecified()) {
            Some(address) => self.url_at(SocketAddr::new(address, bound.port())),
            None => self.url_at(bound),
        }
    }

    /// The address that names this server, once the port is known; it stays the same when the network changes.
    pub(crate) fn url_at(&self, bound: SocketAddr) -> String {
        if let Some(url) = &self.public_url {
            return url.clone();
        }
        let scheme = if self.tls == Tls::Off { "http" } else { "https" };
        if bound.ip().is_unspecified() {
            return format!("{scheme}://127.0.0.1:{}", bound.port());
        }
        format!("{scheme}://{bound}")
    }
}

/// The address this machine would send from. Nothing is sent to find it.
fn outward_address() -> Option<IpAddr> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
    socket.connect(SOMEWHERE_ELSE).ok()?;
    socket.local_addr().ok().map(|address| address.ip()).filter(|address| !address.is_unspecified())
}

#[cfg(test)]
mod tests;
