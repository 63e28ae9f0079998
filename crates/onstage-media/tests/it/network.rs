//! Ways to media beside UDP: catches a listener or a relay that no client gets through, or that strangers do.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use onstage_media::probe::{self, ProbeFault, RelayUser, Target};
use onstage_media::{Listening, MediaConfig, TlsFiles};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use serde_json::Value;
use str0m::channel::ChannelConfig;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UdpSocket};

use super::support::*;

/// `POST /rtc/check`.
async fn check(server: &Server, offer: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    let head = format!(
        "POST /rtc/check HTTP/1.1\r\nHost: test\r\nConnection: close\r\nContent-Type: application/sdp\r\n\
         Content-Length: {}\r\n\r\n",
        offer.len()
    );
    stream.write_all(format!("{head}{offer}").as_bytes()).await.unwrap();
    let mut text = String::new();
    tokio::time::timeout(PATIENCE, stream.read_to_string(&mut text)).await.unwrap().unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    (head.split_whitespace().nth(1).unwrap().parse().unwrap(), body.to_owned())
}

async fn target(server: &Server) -> Target {
    let (status, answer) = check(server, &probe::offer()).await;
    assert_eq!(status, 201, "{answer}");
    Target::read(&answer).unwrap()
}

async fn relay(server: &Server) -> (SocketAddr, RelayUser) {
    let (status, _, body) = server.get("/rtc/check", false).await;
    assert_eq!(status, 200);
    let body: Value = serde_json::from_str(&body).unwrap();
    let relay = &body["ice_servers"][0];
    let text = |name: &str| relay[name].as_str().unwrap().to_owned();
    let user = RelayUser { username: text("username"), credential: text("credential") };
    assert!(relay["urls"][0].as_str().unwrap().starts_with("turn:127.0.0.1:"));
    (server.media.health().turn_address.unwrap(), user)
}

#[tokio::test]
async fn checks_are_answered_by_udp_tcp_and_both_relays_on_every_shard() {
    let server = Server::with(MediaConfig { shards: 3, ..config(false) }).await;
    let (relay, user) = relay(&server).await;
    for _ in 0..3 {
        let target = target(&server).await;
        assert_eq!(target.tcp, [server.media.health().tcp_address.unwrap()], "one listener for all");
        probe::udp(&target, target.udp[0]).await.unwrap();
        probe::tcp(&target, target.tcp[0]).await.unwrap();
        probe::relay_udp(relay, &user, &target, target.udp[0]).await.unwrap();
        probe::relay_tcp(relay, None, &user, (&target, target.udp[0])).await.unwrap();
    }
}

#[tokio::test]
async fn the_relay_is_no_way_to_anybody_else() {
    let server = Server::with(config(false)).await;
    let (relay, user) = relay(&server).await;
    let target = target(&server).await;
    let neighbour = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    for foreign in ["169.254.169.254:80", "192.168.0.1:7882", "[::1]:22"] {
        let refused = probe::relay_udp(relay, &user, &target, foreign.parse().unwrap()).await;
        assert_eq!(refused, Err(ProbeFault::Refused(403)), "{foreign}");
    }
    let guessed = RelayUser { credential: "guess".into(), ..user.clone() };
    let refused = probe::relay_udp(relay, &guessed, &target, target.udp[0]).await;
    assert_eq!(refused, Err(ProbeFault::Refused(401)));
    // Another port of an address of ours: nothing arrives there, and the relay goes on.
    let to = neighbour.local_addr().unwrap();
    let silent = probe::relay_tcp(relay, None, &user, (&target, to)).await;
    assert_eq!(silent, Err(ProbeFault::Silent));
    assert!(neighbour.try_recv_from(&mut [0; 8]).is_err());
    probe::relay_udp(relay, &user, &target, target.udp[0]).await.unwrap();
}

/// Stands between a client and the server, so that the server sees it by TCP.
async fn by_tcp(server: SocketAddr) -> SocketAddr {
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let address = socket.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut reader, mut writer) = TcpStream::connect(server).await.unwrap().into_split();
        let mut buffer = [0_u8; 2_048];
        let (length, client) = socket.recv_from(&mut buffer).await.unwrap();
        let framed = |bytes: &[u8]| [&u16::try_from(bytes.len()).unwrap().to_be_bytes(), bytes].concat();
        writer.write_all(&framed(&buffer[..length])).await.unwrap();
        let there = async {
            loop {
                let (length, _) = socket.recv_from(&mut buffer).await.unwrap();
                writer.write_all(&framed(&buffer[..length])).await.unwrap();
            }
        };
        let back = async {
            while let Ok(length) = reader.read_u16().await {
                let mut frame = vec![0; usize::from(length)];
                reader.read_exact(&mut frame).await.unwrap();
                socket.send_to(&frame, client).await.unwrap();
            }
        };
        tokio::join!(there, back)
    });
    address
}

#[tokio::test]
async fn a_connection_by_tcp_alone_comes_up_with_its_channel() {
    let server = Server::with(config(false)).await;
    let mut peer = peer::Peer::new().await;
    let offer = peer.offer_channel(ChannelConfig { label: "_reliable".into(), ..ChannelConfig::default() });
    let (status, answer) = check(&server, &offer).await;
    assert_eq!(status, 201, "{answer}");
    let gateway = by_tcp(server.media.health().tcp_address.unwrap()).await;
    let mut lines: Vec<String> =
        answer.lines().filter(|line| !line.starts_with("a=candidate:")).map(str::to_owned).collect();
    lines.push(format!("a=candidate:1 1 udp 2130706431 127.0.0.1 {} typ host", gateway.port()));
    peer.accept_answer(&(lines.join("\r\n") + "\r\n"));
    let begun = Instant::now();
    while !peer.has_channel() {
        assert!(begun.elapsed() < Duration::from_secs(30), "connected: {}", peer.connected);
        peer.turn().await;
    }
    let figures = server.media.figures().await.unwrap();
    assert_eq!((figures.tcp_connections, figures.peers), (1, 1));
}

#[tokio::test]
async fn who_does_not_begin_with_a_check_of_ours_is_shown_the_door() {
    let server = Server::with(config(false)).await;
    let tcp = server.media.health().tcp_address.unwrap();
    for first in [&b"\x00\x04\x00\x01\x00\x00"[..], b"GET / HTTP/1.1\r\n\r\n", b"\xff\xff"] {
        let mut stream = TcpStream::connect(tcp).await.unwrap();
        stream.write_all(first).await.unwrap();
        let read = tokio::time::timeout(PATIENCE, stream.read(&mut [0; 8])).await.unwrap();
        assert!(matches!(read, Ok(0) | Err(_)), "closed: {read:?}");
    }
    let begun = Instant::now();
    let mut silent = TcpStream::connect(tcp).await.unwrap();
    let read = tokio::time::timeout(PATIENCE, silent.read(&mut [0; 8])).await.unwrap();
    assert!(matches!(read, Ok(0) | Err(_)), "closed after a while: {read:?}");
    assert!(begun.elapsed() >= Duration::from_secs(4), "a slow network has its time");
}

#[tokio::test]
async fn ports_that_are_taken_matter_only_when_they_were_asked_for() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let preferred = MediaConfig {
        tcp_port: Listening::Preferred(port),
        turn_port: Listening::Preferred(port),
        ..config(false)
    };
    let server = Server::with(preferred.clone()).await;
    let health = server.media.health();
    assert_eq!((health.tcp_address, health.turn_address), (None, None));
    assert!(target(&server).await.tcp.is_empty());
    let required = MediaConfig { tcp_port: Listening::Required(port), ..preferred };
    let (told, _facts) = tokio::sync::mpsc::unbounded_channel();
    let refused = onstage_media::Media::start(required, std::sync::Arc::new(Recorder::new(told)));
    assert!(refused.unwrap_err().to_string().contains("cannot listen on TCP"));
}

#[tokio::test]
async fn with_a_certificate_the_relay_answers_by_tls_on_the_same_port() {
    let folder = tempfile::tempdir().unwrap();
    let own = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let files = TlsFiles { certificate: folder.path().join("cert.pem"), key: folder.path().join("key.pem") };
    std::fs::write(&files.certificate, own.cert.pem()).unwrap();
    std::fs::write(&files.key, own.signing_key.serialize_pem()).unwrap();
    let server = Server::with(MediaConfig { tls: Some(files.clone()), ..config(false) }).await;
    let (_, _, body) = server.get("/rtc/check", false).await;
    assert!(body.contains("turns:live.example:"), "told under the name of the certificate: {body}");
    let (relay, user) = relay(&server).await;
    let target = target(&server).await;
    let mut roots = RootCertStore::empty();
    roots.add(own.cert.der().clone()).unwrap();
    let provider = std::sync::Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let trusting = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let tls = (ServerName::try_from("localhost").unwrap(), std::sync::Arc::new(trusting));
    probe::relay_tcp(relay, Some(tls), &user, (&target, target.udp[0])).await.unwrap();
    probe::relay_tcp(relay, None, &user, (&target, target.udp[0])).await.unwrap();
    let broken =
        MediaConfig { tls: Some(TlsFiles { key: files.certificate.clone(), ..files }), ..config(false) };
    let (told, _facts) = tokio::sync::mpsc::unbounded_channel();
    let refused = onstage_media::Media::start(broken, std::sync::Arc::new(Recorder::new(told)));
    assert!(refused.unwrap_err().to_string().contains("certificate"));
}
