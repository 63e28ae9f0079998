//! What the media engine is told once, and why it may refuse to start.

use std::fmt;
use std::net::{IpAddr, SocketAddr};

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
    /// Threads that route media.
    pub shards: usize,
    /// Addresses to advertise; empty means those this machine finds on itself.
    pub public_ips: Vec<IpAddr>,
    /// Whether a validly signed token opens the room it names.
    pub auto_create_rooms: bool,
    /// STUN and TURN servers that clients are told.
    pub ice_servers: Vec<IceServer>,
    /// The address under which browsers reach this server (`http`, `https`, `ws` or `wss`).
    pub public_url: String,
}

impl fmt::Debug for MediaConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MediaConfig")
            .field("api_key", &self.api_key)
            .field("listen", &self.listen)
            .field("udp_port", &self.udp_port)
            .field("shards", &self.shards)
            .field("public_ips", &self.public_ips)
            .field("auto_create_rooms", &self.auto_create_rooms)
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
    /// A thread or its poll could not be made.
    #[error("cannot start a media thread: {0}")]
    Thread(std::io::Error),
}
