//! The legs between here and a server: pages, clocks, sockets, and every way of media.

use std::time::SystemTime;

use onstage_media::probe::{self, ProbeFault, RelayUser, Target};
use serde::Deserialize;

use super::web::{Place, Reply, resolve, split, trust};
use super::{Leg, clocks};

/// A TURN server's usual ports (RFC 7065).
const TURN_PORT: u16 = 3478;
const TURNS_PORT: u16 = 5349;

/// What `GET /rtc/check` tells.
#[derive(Debug, Deserialize)]
struct Servers {
    ice_servers: Vec<Server>,
}

#[derive(Debug, Deserialize)]
struct Server {
    urls: Vec<String>,
    username: Option<String>,
    credential: Option<String>,
}

type Tried = Vec<(String, Result<std::time::Duration, String>)>;

/// Tries every leg. Without pages the others are not tried.
pub(super) async fn examine(url: &str) -> Vec<Leg> {
    let place = match Place::read(url) {
        Ok(place) => place,
        Err(why) => return vec![Leg::failed("http", why, "give the address that browsers use")],
    };
    let ready = place.ask(&place.head("GET /readyz", "Connection: close\r\n")).await;
    let heard = SystemTime::now();
    let (http, is_there) = pages(&ready);
    let mut legs = vec![http];
    if !is_there {
        return legs;
    }
    legs.extend(ready.iter().flat_map(|reply| {
        [database(reply), media_threads(reply), clocks::compare(reply.header("date"), heard)]
    }));
    legs.push(socket(&place).await);
    let answer = place
        .ask(&{
            let offer = probe::offer();
            let more = format!(
                "Connection: close\r\nContent-Type: application/sdp\r\nContent-Length: {}\r\n",
                offer.len()
            );
            place.head("POST /rtc/check", &more) + &offer
        })
        .await;
    match answer.map(|reply| (reply.status, Target::read(&reply.body))) {
        Ok((201, Some(target))) => legs.extend(media(&place, &target).await),
        Ok((status, _)) => legs.push(no_check(&format!("status {status}"))),
        Err(why) => legs.push(no_check(&why)),
    }
    legs
}

fn no_check(why: &str) -> Leg {
    Leg::failed(
        "media_check",
        why,
        "a proxy in front has to pass /rtc on; the server may also be busy: try again",
    )
}

fn pages(ready: &Result<Reply, String>) -> (Leg, bool) {
    let advice = "start the server, or correct server.public_url, the proxy in front or the firewall";
    match ready {
        Ok(reply) if matches!(reply.status, 200 | 503) => (Leg::ok("http", "answers"), true),
        Ok(reply) => (Leg::failed("http", format!("status {}", reply.status), advice), false),
        Err(why) => (Leg::failed("http", why.clone(), advice), false),
    }
}

fn said(reply: &Reply, name: &str) -> bool {
    let body: Option<serde_json::Value> = serde_json::from_str(&reply.body).ok();
    body.and_then(|body| body.get(name)?.as_bool()).unwrap_or(false)
}

fn database(reply: &Reply) -> Leg {
    if said(reply, "database") {
        return Leg::ok("database", "answers");
    }
    Leg::failed("database", "does not answer", "see the log; check database.url and the disk")
}

fn media_threads(reply: &Reply) -> Leg {
    if said(reply, "media") {
        return Leg::ok("media_threads", "run");
    }
    Leg::failed("media_threads", "do not run", "see the log, then start the server again")
}

async fn socket(place: &Place) -> Leg {
    let advice = "the proxy in front has to pass WebSocket upgrades on (Upgrade and Connection headers)";
    let upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
                   Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n";
    match place.ask(&place.head("GET /v1/events", upgrade)).await {
        Ok(reply) if reply.status == 101 => Leg::ok("websocket", "upgraded"),
        Ok(reply) => Leg::failed("websocket", format!("status {}", reply.status), advice),
        Err(why) => Leg::failed("websocket", why, advice),
    }
}

async fn media(place: &Place, target: &Target) -> Vec<Leg> {
    let is_here = resolve(&place.host, place.port).await.is_ok_and(|address| address.ip().is_loopback());
    let reachable = |address: &&std::net::SocketAddr| is_here || !address.ip().is_loopback();
    let (mut udp, mut tcp): (Tried, Tried) = Default::default();
    for address in target.udp.iter().filter(reachable) {
        udp.push((address.to_string(), told(probe::udp(target, *address).await)));
    }
    for address in target.tcp.iter().filter(reachable) {
        tcp.push((address.to_string(), told(probe::tcp(target, *address).await)));
    }
    let mut legs = vec![
        Leg::any(
            "udp",
            &udp,
            "open media.udp_port (one more for each shard) for UDP, and set media.public_ip to the public address",
        ),
        Leg::any("tcp", &tcp, "open media.tcp_port for TCP, and set media.public_ip to the public address"),
    ];
    legs.extend(relays(place, target).await);
    legs
}

async fn relays(place: &Place, target: &Target) -> Vec<Leg> {
    let reply = place.ask(&place.head("GET /rtc/check", "Connection: close\r\n")).await;
    let servers = reply.ok().and_then(|reply| serde_json::from_str::<Servers>(&reply.body).ok());
    let (mut udp, mut tcp, mut tls): (Tried, Tried, Tried) = Default::default();
    for server in servers.map(|servers| servers.ice_servers).unwrap_or_default() {
        let (Some(username), Some(credential)) = (server.username, server.credential) else { continue };
        let user = RelayUser { username, credential };
        for url in server.urls {
            let result = relay(&url, &user, target).await;
            let list = match (url.starts_with("turns:"), url.ends_with("transport=tcp")) {
                (true, _) => &mut tls,
                (false, true) => &mut tcp,
                (false, false) => &mut udp,
            };
            list.push((url, result));
        }
    }
    let advice = "open media.turn_port for UDP and TCP";
    vec![
        Leg::any("relay_udp", &udp, advice),
        Leg::any("relay_tcp", &tcp, advice),
        Leg::any(
            "relay_tls",
            &tls,
            "open media.turn_port for TCP; the certificate has to be for the public name",
        ),
    ]
}

async fn relay(url: &str, user: &RelayUser, target: &Target) -> Result<std::time::Duration, String> {
    let peer = *target.udp.first().ok_or("no candidate to relay to")?;
    let rest = url.strip_prefix("turns:").or_else(|| url.strip_prefix("turn:")).ok_or("no TURN address")?;
    let authority = rest.split('?').next().unwrap_or(rest);
    let is_tls = url.starts_with("turns:");
    let (host, port) =
        split(authority, if is_tls { TURNS_PORT } else { TURN_PORT }).ok_or("no TURN address")?;
    let address = resolve(&host, port).await?;
    if is_tls {
        return told(probe::relay_tcp(address, Some(trust(&host)?), user, (target, peer)).await);
    }
    if url.ends_with("transport=tcp") {
        return told(probe::relay_tcp(address, None, user, (target, peer)).await);
    }
    told(probe::relay_udp(address, user, target, peer).await)
}

fn told(result: Result<std::time::Duration, ProbeFault>) -> Result<std::time::Duration, String> {
    result.map_err(|fault| fault.to_string())
}
