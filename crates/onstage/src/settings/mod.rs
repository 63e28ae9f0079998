//! The settings, read once at the start: one optional file, every key also as a variable, nothing unknown.

mod given;
mod keys;
mod read;
mod shown;

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use onstage_domain::accounts::{Plan, SignUp};
use onstage_domain::media::IceServer;
use onstage_server::Network;

pub(crate) use given::{Given, Mistake};
pub(crate) use read::read;
pub(crate) use shown::shown;

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
    pub(crate) media_listen: IpAddr,
    pub(crate) auto_create_rooms: bool,
    pub(crate) udp_port: u16,
    pub(crate) public_ips: Vec<IpAddr>,
    pub(crate) shards: usize,
    pub(crate) ice_servers: Vec<IceServer>,
    pub(crate) sign_up: SignUp,
    pub(crate) ping_interval: Duration,
    /// Without any inbound frame for this long a socket is closed.
    pub(crate) silence: Duration,
    /// Whether clients on stage may hand each other WebRTC signals.
    pub(crate) relay_signals: bool,
    pub(crate) limits_enabled: bool,
    pub(crate) default_plan: Plan,
    pub(crate) log_retention_days: u32,
    pub(crate) log_format: LogFormat,
    pub(crate) log_level: String,
    pub(crate) warnings: Vec<String>,
}

impl Settings {
    /// Whether only this machine can reach the server.
    pub(crate) const fn on_loopback(&self) -> bool {
        self.listen.ip().is_loopback()
    }

    /// The address people use, once the port is known.
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

#[cfg(test)]
mod tests;
