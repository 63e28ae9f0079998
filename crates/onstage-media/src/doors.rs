//! The ways to media beside UDP: the listener for ICE over TCP, and the relay.

use std::net::SocketAddr;
use std::sync::Arc;

use rand::Rng as _;
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::config::{MediaConfig, MediaError, TlsFiles};
use crate::ice::IceServers;
use crate::net::tcp::{self, TcpDoor};
use crate::net::turn::{self, Credentials, Relay, TurnDoor, TurnFigures};
use crate::net::{self, Connections, ShardHandle};

/// What is bound before the shards start, because they advertise it.
#[derive(Debug)]
pub(crate) struct Doors {
    tcp: Option<TcpDoor>,
    turn: Option<TurnDoor>,
    tls: Option<Arc<ServerConfig>>,
}

/// The open ways, for figures and operators.
#[derive(Debug)]
pub(crate) struct Ways {
    pub(crate) tcp_address: Option<SocketAddr>,
    pub(crate) turn_address: Option<SocketAddr>,
    tcp: Option<Connections>,
    turn: Option<TurnFigures>,
}

impl Doors {
    /// Binds what the settings want.
    pub(crate) fn bind(config: &MediaConfig) -> Result<Self, MediaError> {
        Ok(Self {
            tcp: config.listening(config.tcp_port, tcp::bind)?,
            turn: config.listening(config.turn_port, turn::bind)?,
            tls: config.tls.as_ref().map(server_config).transpose()?,
        })
    }

    /// The port that is advertised for TCP.
    pub(crate) fn tcp_port(&self) -> Option<u16> {
        self.tcp.as_ref().map(|door| door.address().port())
    }

    /// Lets connections in.
    pub(crate) fn serve(
        self,
        config: &MediaConfig,
        shards: &[ShardHandle],
    ) -> Result<(IceServers, Ways), MediaError> {
        let mut servers = IceServers::configured(config.ice_servers.clone());
        let (tcp_address, turn_address) =
            (self.tcp.as_ref().map(TcpDoor::address), self.turn.as_ref().map(TurnDoor::address));
        let tcp = self.tcp.map(|door| door.serve(shards.to_vec())).transpose()?;
        let turn = match self.turn {
            Some(door) => {
                let credentials = Credentials::new(&rand::rng().random::<[u8; 32]>());
                servers = servers.with_relay(config, door.address(), credentials.clone());
                Some(door.serve(relay(config, shards, credentials), shards, self.tls)?)
            }
            None => None,
        };
        Ok((servers, Ways { tcp_address, turn_address, tcp, turn }))
    }
}

impl Ways {
    /// Connections of media over TCP.
    pub(crate) fn tcp_connections(&self) -> usize {
        self.tcp.as_ref().map_or(0, Connections::taken)
    }

    /// Allocations of the relay.
    pub(crate) fn relay_allocations(&self) -> usize {
        self.turn.as_ref().map_or(0, |turn| turn.quota.taken())
    }
}

fn relay(config: &MediaConfig, shards: &[ShardHandle], credentials: Credentials) -> Relay {
    let peers = shards.iter().enumerate();
    let peers = peers.flat_map(|(number, shard)| shard.candidates().iter().map(move |own| (*own, number)));
    Relay {
        credentials,
        peers: peers.collect(),
        quota: turn::quota(),
        relayed_from: net::own_address(config.listen),
    }
}

fn server_config(files: &TlsFiles) -> Result<Arc<ServerConfig>, MediaError> {
    let refused = |error: &dyn std::fmt::Display| MediaError::Tls(error.to_string());
    let certificates: Result<Vec<_>, _> =
        CertificateDer::pem_file_iter(&files.certificate).map_err(|error| refused(&error))?.collect();
    let key = PrivateKeyDer::from_pem_file(&files.key).map_err(|error| refused(&error))?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| refused(&error))?
        .with_no_client_auth()
        .with_single_cert(certificates.map_err(|error| refused(&error))?, key)
        .map_err(|error| refused(&error))?;
    Ok(Arc::new(config))
}
