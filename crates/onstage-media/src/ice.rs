//! The STUN and TURN servers that a person is told: those of the settings, and our own relay with a name made for them.

use std::net::{IpAddr, SocketAddr};

use onstage_domain::At;
use onstage_domain::media::IceServer;

use crate::config::MediaConfig;
use crate::net::turn::Credentials;

/// What everybody is told, and what is made for each.
#[derive(Debug, Clone, Default)]
pub(crate) struct IceServers {
    configured: Vec<IceServer>,
    relay: Option<RelayOffer>,
}

/// Our own relay.
#[derive(Debug, Clone)]
struct RelayOffer {
    urls: Vec<String>,
    credentials: Credentials,
}

impl IceServers {
    /// Those of the settings alone.
    pub(crate) fn configured(servers: Vec<IceServer>) -> Self {
        Self { configured: servers, relay: None }
    }

    /// With our own relay, which listens there.
    pub(crate) fn with_relay(
        self,
        config: &MediaConfig,
        address: SocketAddr,
        credentials: Credentials,
    ) -> Self {
        let relay = Some(RelayOffer { urls: relay_urls(config, address), credentials });
        Self { relay, ..self }
    }

    /// For one person, from now on for some hours.
    pub(crate) fn offered(&self, identity: &str, now: At) -> Vec<IceServer> {
        let relay = self.relay.as_ref().map(|relay| {
            let (username, credential) = relay.credentials.mint(identity, now);
            IceServer { urls: relay.urls.clone(), username: Some(username), credential: Some(credential) }
        });
        self.configured.iter().cloned().chain(relay).collect()
    }
}

/// By UDP and TCP at each public address, and by TLS at the name that the certificate is for (RFC 7065).
fn relay_urls(config: &MediaConfig, address: SocketAddr) -> Vec<String> {
    let port = address.port();
    let hosts: Vec<String> = if !config.public_ips.is_empty() {
        config.public_ips.iter().map(|ip| in_url(*ip)).collect()
    } else if config.listen.is_unspecified() {
        vec![config.public_host().to_owned()]
    } else {
        vec![in_url(config.listen)]
    };
    let plain = ["udp", "tcp"].into_iter().flat_map(|transport| {
        hosts.iter().map(move |host| format!("turn:{host}:{port}?transport={transport}"))
    });
    let tls = config.tls.is_some().then(|| format!("turns:{}:{port}?transport=tcp", config.public_host()));
    plain.chain(tls).collect()
}

fn in_url(ip: IpAddr) -> String {
    match ip.to_canonical() {
        IpAddr::V4(four) => four.to_string(),
        IpAddr::V6(six) => format!("[{six}]"),
    }
}

#[cfg(test)]
mod tests;
