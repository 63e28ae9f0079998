//! Catches a relay that clients are told under an address which they cannot reach, and names that are shared.

use super::*;
use crate::config::{Listening, TlsFiles};

fn config(listen: &str, public_ips: &[&str]) -> MediaConfig {
    MediaConfig {
        api_key: "key".into(),
        api_secret: "secret".into(),
        listen: listen.parse().unwrap(),
        udp_port: 0,
        tcp_port: Listening::Off,
        turn_port: Listening::Preferred(3478),
        tls: None,
        shards: 1,
        public_ips: public_ips.iter().map(|ip| ip.parse().unwrap()).collect(),
        auto_create_rooms: false,
        ice_servers: Vec::new(),
        limits_enabled: true,
        public_url: "https://show.example:8443/".into(),
    }
}

fn urls(config: &MediaConfig) -> Vec<String> {
    relay_urls(config, SocketAddr::new(config.listen, 3478))
}

#[test]
fn the_relay_is_told_where_clients_reach_it() {
    assert_eq!(
        urls(&config("10.0.0.5", &[])),
        ["turn:10.0.0.5:3478?transport=udp", "turn:10.0.0.5:3478?transport=tcp"]
    );
    assert_eq!(urls(&config("0.0.0.0", &[]))[0], "turn:show.example:3478?transport=udp");
    let public = urls(&config("0.0.0.0", &["203.0.113.7", "2001:db8::7"]));
    assert_eq!(public.len(), 4);
    assert_eq!(public[1], "turn:[2001:db8::7]:3478?transport=udp");
    let files = TlsFiles { certificate: "cert.pem".into(), key: "key.pem".into() };
    let secure = MediaConfig { tls: Some(files), ..config("10.0.0.5", &["203.0.113.7"]) };
    assert_eq!(
        urls(&secure).last().unwrap(),
        "turns:show.example:3478?transport=tcp",
        "the certificate's name"
    );
}

#[test]
fn everybody_has_a_name_of_their_own() {
    let configured = IceServer { urls: vec!["stun:stun.example".into()], username: None, credential: None };
    let servers = IceServers::configured(vec![configured.clone()]);
    assert_eq!(servers.offered("ada", At(0)), [configured]);
    let config = config("10.0.0.5", &[]);
    let servers =
        servers.with_relay(&config, SocketAddr::new(config.listen, 3478), Credentials::new(b"secret"));
    let (ada, bob) = (servers.offered("ada", At(0)), servers.offered("bob", At(0)));
    assert_eq!(ada.len(), 2);
    assert!(ada[1].username.is_some() && ada[1].username != bob[1].username);
    assert_ne!(ada[1].credential, bob[1].credential);
}
