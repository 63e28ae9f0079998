//! The legs between here and a server: pages, clocks, sockets, and every way of media.

use std::net::SocketAddr;
use std::time::{Duration, SystemTime};

use futures_util::future::join_all;
use onstage_media::probe::{self, ProbeFault, RelayUser, Target};
use serde::Deserialize;

use super::web::{Place, Reply, resolve, split, trust};
use super::{Leg, clocks};

/// A TURN server's usual ports (RFC 7065).
const TURN_PORT: u16 = 3478;
const TURNS_PORT: u16 = 5349;

/// Shards that are tried, which is as many as a server has.
pub(super) const SHARDS_TRIED_MAX: usize = 64;

/// A server begins 16 checks in a second, for everybody.
const BETWEEN_CHECKS: Duration = Duration::from_millis(100);

/// What `GET /rtc/check` tells.
#[derive(Debug, Deserialize)]
struct Servers {
    ice_servers: Vec<Server>,
    shards: Option<usize>,
}

#[derive(Debug, Deserialize)]
struct Server {
    urls: Vec<String>,
    username: Option<String>,
    credential: Option<String>,
}

type Tried = Vec<(String, Result<Duration, String>)>;

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
    let cluster = ready.as_ref().ok().and_then(cluster);
    legs.extend(
        ready.iter().flat_map(|reply| [database(reply), clocks::compare(reply.header("date"), heard)]),
    );
    if cluster.is_none() {
        legs.extend(ready.iter().map(media_threads));
    }
    legs.push(socket(&place).await);
    match cluster {
        Some(cluster) => legs.extend(cluster),
        None => legs.extend(media(&place).await),
    }
    legs
}

/// Media that does not pass through the server: whether the cluster answers it, and what is not tried.
pub(super) fn cluster(reply: &Reply) -> Option<Vec<Leg>> {
    let body: serde_json::Value = serde_json::from_str(&reply.body).ok()?;
    if body.get("engine")?.as_str()? != "livekit" {
        return None;
    }
    let answers = if said(reply, "media") {
        Leg::ok("cluster", "answers the server")
    } else {
        let advice = "check LIVEKIT_URL, and that the cluster runs and is reached from the server";
        Leg::failed("cluster", "does not answer the server", advice)
    };
    let own = "not offered (media.engine = livekit): picture and sound go to the cluster, try its own tools";
    Some(vec![answers, Leg::skipped("media_check", own)])
}

/// Opens a check on one shard; the answer tells where picture and sound go.
async fn check(place: &Place, shard: usize) -> Result<Target, String> {
    let offer = probe::offer();
    let more =
        format!("Connection: close\r\nContent-Type: application/sdp\r\nContent-Length: {}\r\n", offer.len());
    let first = format!("POST /rtc/check?shard={shard}");
    let reply = place.ask(&(place.head(&first, &more) + &offer)).await?;
    let target = Target::read(&reply.body).filter(|_| reply.status == 201);
    target.ok_or_else(|| format!("status {}", reply.status))
}

/// How many checks find every port: one for each shard.
pub(super) fn tries(servers: Option<&str>) -> usize {
    let servers: Option<Servers> = servers.and_then(|body| serde_json::from_str(body).ok());
    servers.map_or(1, |servers| servers.shards.unwrap_or(1)).clamp(1, SHARDS_TRIED_MAX)
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

async fn media(place: &Place) -> Vec<Leg> {
    let servers = place.ask(&place.head("GET /rtc/check", "Connection: close\r\n")).await;
    let target = match check(place, 0).await {
        Ok(target) => target,
        Err(why) => return vec![no_check(&why)],
    };
    let is_here = resolve(&place.host, place.port).await.is_ok_and(|address| address.ip().is_loopback());
    let reachable = |address: &&SocketAddr| is_here || !address.ip().is_loopback();
    let tried_tcp = target.tcp.iter().filter(reachable).map(|address| by_tcp(&target, *address));
    let tcp = join_all(tried_tcp).await;
    let mut udp = by_udp(&target, target.udp.iter().filter(reachable)).await;
    for shard in 1..tries(servers.as_ref().ok().map(|reply| reply.body.as_str())) {
        tokio::time::sleep(BETWEEN_CHECKS).await;
        match check(place, shard).await {
            Ok(target) => udp.extend(by_udp(&target, target.udp.iter().filter(reachable)).await),
            Err(why) => udp.push((format!("shard {shard}"), Err(why))),
        }
    }
    let mut legs = vec![
        Leg::any(
            "udp",
            &udp,
            "open media.udp_port (one more for each shard) for UDP, and set media.public_ip to the public address",
        ),
        Leg::any("tcp", &tcp, "open media.tcp_port for TCP, and set media.public_ip to the public address"),
    ];
    legs.extend(relays(servers, &target).await);
    legs
}

async fn by_udp<'a>(target: &Target, addresses: impl Iterator<Item = &'a SocketAddr>) -> Tried {
    let tried = addresses
        .map(|address| async move { (address.to_string(), told(probe::udp(target, *address).await)) });
    join_all(tried).await
}

async fn by_tcp(target: &Target, address: SocketAddr) -> (String, Result<Duration, String>) {
    (address.to_string(), told(probe::tcp(target, address).await))
}

async fn relays(reply: Result<Reply, String>, target: &Target) -> Vec<Leg> {
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

async fn relay(url: &str, user: &RelayUser, target: &Target) -> Result<Duration, String> {
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

fn told(result: Result<Duration, ProbeFault>) -> Result<Duration, String> {
    result.map_err(|fault| fault.to_string())
}
