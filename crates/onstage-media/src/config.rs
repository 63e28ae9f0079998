//! What the media engine is told once, and why it may refuse to start.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use onstage_domain::media::IceServer;

/// Most shards of one process.
pub(crate) const SHARDS_MAX: usize = 64;

/// Settings of the media engine (`media.*` in the configuration).
#[derive(Clone, PartialEq, Eq)]
pub struct MediaConfig {
    /// `iss` of LiveKit tokens.
    pub api_key: String,
    /// Signs LiveKit tokens.
    pub api_secret: String,
    /// Where the UDP sockets are bound.
    pub listen: IpAddr,
    /// Port of the first shard; one more for each further shard. 0 lets the system choose.
    pub udp_port: u16,
    /// Where TCP carries media of clients whose network lets no UDP pass.
    pub tcp_port: Listening,
    /// Where the relay is, by UDP and TCP (and by TLS, with [`Self::tls`]).
    pub turn_port: Listening,
    /// The certificate of the relay by TLS.
    pub tls: Option<TlsFiles>,
    /// Threads that route media.
    pub shards: usize,
    /// Addresses to advertise; empty means those this machine finds on itself.
    pub public_ips: Vec<IpAddr>,
    /// Whether a validly signed token opens the room it names.
    pub auto_create_rooms: bool,
    /// STUN and TURN servers that clients are told.
    pub ice_servers: Vec<IceServer>,
    /// Whether an address that joins too often is turned away; off for load tests only.
    pub limits_enabled: bool,
    /// The address under which browsers reach this server (`http`, `https`, `ws` or `wss`).
    pub public_url: String,
}

/// A listener that media can do without.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listening {
    /// None.
    Off,
    /// On this port, or no start. 0 lets the system choose.
    Required(u16),
    /// On this port if it is free. 0 lets the system choose.
    Preferred(u16),
}

/// A certificate and its key, as PEM files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsFiles {
    /// The certificate with what it is signed by.
    pub certificate: PathBuf,
    /// Its private key.
    pub key: PathBuf,
}

impl fmt::Debug for MediaConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MediaConfig")
            .field("api_key", &self.api_key)
            .field("listen", &self.listen)
            .field("udp_port", &self.udp_port)
            .field("tcp_port", &self.tcp_port)
            .field("turn_port", &self.turn_port)
            .field("shards", &self.shards)
            .field("public_ips", &self.public_ips)
            .field("auto_create_rooms", &self.auto_create_rooms)
            .field("limits_enabled", &self.limits_enabled)
            .field("public_url", &self.public_url)
            .finish_non_exhaustive()
    }
}

impl MediaConfig {
    /// Where the socket of a shard is bound.
    pub(crate) fn bind_address(&self, shard: usize) -> Result<SocketAddr, MediaError> {
        if self.udp_port == 0 {
            return Ok(SocketAddr::new(self.listen, 0));
        }
        u16::try_from(shard)
            .ok()
            .and_then(|shard| self.udp_port.checked_add(shard))
            .map(|port| SocketAddr::new(self.listen, port))
            .ok_or(MediaError::Ports { first: self.udp_port, shards: self.shards })
    }

    /// Binds a listener, if it is wanted and, where it is only preferred, if its port is free.
    pub(crate) fn listening<T>(
        &self,
        wish: Listening,
        bind: impl Fn(SocketAddr) -> Result<T, MediaError>,
    ) -> Result<Option<T>, MediaError> {
        match wish {
            Listening::Off => Ok(None),
            Listening::Required(port) => bind(SocketAddr::new(self.listen, port)).map(Some),
            Listening::Preferred(port) => Ok(bind(SocketAddr::new(self.listen, port))
                .inspect_err(|error| tracing::warn!("{error}; media goes on without it"))
                .ok()),
        }
    }

    /// The host in [`Self::public_url`].
    pub(crate) fn public_host(&self) -> &str {
        let rest = self.public_url.split_once("://").map_or(self.public_url.as_str(), |(_, rest)| rest);
        let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
        match authority.rsplit_once(':') {
            Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
            Some(_) | None => authority,
        }
    }

    /// The address for LiveKit clients: `ws://` or `wss://`, without a slash at the end.
    pub(crate) fn signal_url(&self) -> String {
        let url = self.public_url.trim_end_matches('/');
        match url.split_once("://") {
            Some(("http", rest)) => format!("ws://{rest}"),
            Some(("https", rest)) => format!("wss://{rest}"),
            Some(_) => url.to_owned(),
            None => format!("ws://{url}"),
        }
    }
}

/// Why the media engine did not start.
#[derive(Debug, thiserror::Error)]
pub enum MediaError {
    /// The UDP port cannot be had.
    #[error("cannot listen on UDP {address}: {source}")]
    Bind {
        /// Which.
        address: SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
    /// A TCP port cannot be had.
    #[error("cannot listen on TCP {address}: {source}")]
    BindTcp {
        /// Which.
        address: SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
    /// The certificate of the relay cannot be used.
    #[error("the certificate of the relay cannot be used: {0}")]
    Tls(String),
    /// There are not so many ports.
    #[error("{shards} shards do not fit above UDP port {first}")]
    Ports {
        /// `media.udp_port`.
        first: u16,
        /// `media.shards`.
        shards: usize,
    },
    /// Too few or too many shards.
    #[error("media.shards must be 1 to {SHARDS_MAX}, not {0}")]
    Shards(usize),
    /// Key or secret is empty.
    #[error("media.api_key and media.api_secret must not be empty")]
    Keys,
    /// The address of the cluster is none.
    #[error("LIVEKIT_URL must be a ws, wss, http or https address")]
    ClusterUrl,
    /// Webhooks cannot be kept or sent.
    #[error("webhooks: {0}")]
    Webhooks(String),
    /// A thread or its poll could not be made.
    #[error("cannot start a media thread: {0}")]
    Thread(std::io::Error),
}
