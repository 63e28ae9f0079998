//! Callers that come in numbers or talk nonsense at every door of media: catches a log that they fill, a bound that they
//! escape by a header, and one that a whole proxy shares.

use std::net::SocketAddr;

use futures_util::future::join_all;
use futures_util::{SinkExt as _, StreamExt as _};
use jsonwebtoken::{EncodingKey, Header};
use onstage_media::probe::{self, Target};
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpStream, UdpSocket};
use tokio_tungstenite::tungstenite::Message;

use crate::running::{Installation, PATIENCE, Running};

const KEY: &str = "key";
const SECRET: &str = "a secret of the tests that is long enough";
/// Lines that all this nonsense together may leave in the log.
const LINES_MAX: usize = 10;
/// Joins that an address may make at once, as the server has it.
const JOINS_AT_ONCE: usize = 600;

fn installation() -> Installation {
    Installation::new()
        .with("ONSTAGE_MEDIA_API_KEY", KEY)
        .with("ONSTAGE_MEDIA_API_SECRET", SECRET)
        .with("ONSTAGE_MEDIA_AUTO_CREATE_ROOMS", "true")
}

fn token(identity: &str) -> String {
    let claims = json!({"iss": KEY, "sub": identity, "exp": 4_000_000_000_u64,
        "video": {"roomJoin": true, "room": "free", "canPublish": true}});
    jsonwebtoken::encode(&Header::default(), &claims, &EncodingKey::from_secret(SECRET.as_bytes())).unwrap()
}

/// The answer to a test offer, and where the relay is.
async fn doors(server: &Running) -> (String, SocketAddr) {
    let url = format!("{}/rtc/check", server.url);
    let offered = server.http.post(&url).header("content-type", "application/sdp").body(probe::offer());
    let answer = offered.send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::CREATED);
    let servers: Value = server.get("/rtc/check", "").await;
    let relay = servers["ice_servers"][0]["urls"][0].as_str().unwrap();
    let relay = relay.trim_start_matches("turn:").split('?').next().unwrap().parse().unwrap();
    (answer.text().await.unwrap(), relay)
}

/// A STUN request (RFC 8489 §5) with a name, and a proof that proves nothing.
fn forged(method: u8, username: &str) -> Vec<u8> {
    let mut name = username.as_bytes().to_vec();
    name.resize(name.len().next_multiple_of(4), 0);
    let body =
        [&[0, 6][..], &(username.len() as u16).to_be_bytes(), &name, &[0, 8, 0, 20], &[7; 20]].concat();
    let head = [&[0, method][..], &(body.len() as u16).to_be_bytes(), &[0x21, 0x12, 0xa4, 0x42], &[9; 12]];
    [head.concat(), body].concat()
}

fn noise(number: u32) -> Vec<u8> {
    let first = [0, 1, 22, 64, 128, 200][number as usize % 6];
    let length = number as usize % 300;
    [first].into_iter().chain(number.to_be_bytes().into_iter().cycle().take(length)).collect()
}

/// Everything that can be sent without a word over HTTP.
async fn nonsense_by_packets(udp: SocketAddr, tcp: SocketAddr, (relay, ufrag): (SocketAddr, &str)) {
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    for number in 0..3_000 {
        for datagram in [noise(number), forged(1, &format!("{ufrag}:doctor")), forged(1, "nobody:doctor")] {
            let _refused_now_and_then = socket.send_to(&datagram, udp).await;
        }
        for datagram in [noise(number), forged(3, "9999999999:nobody")] {
            let _refused_now_and_then = socket.send_to(&datagram, relay).await;
        }
    }
    for number in 0..60 {
        for door in [tcp, relay] {
            let mut stream = TcpStream::connect(door).await.unwrap();
            let _closed_meanwhile = stream.write_all(&noise(number * 7)).await;
        }
    }
}

/// Wrong words at every door for calls, and nonsense of people who have a token.
async fn nonsense_by_calls(server: &Running) {
    let wrong = "e30.e30.e30";
    for path in ["/rtc", "/rtc/v1", "/rtc/validate", "/rtc/v1/validate?join_request=%25"] {
        let calls =
            (0..50).map(|_| server.http.get(format!("{}{path}", server.url)).bearer_auth(wrong).send());
        join_all(calls).await;
    }
    for path in ["/whip/v1", "/whep/v1", "/twirp/livekit.RoomService/ListRooms", "/rtc/check"] {
        let call = || server.http.post(format!("{}{path}", server.url)).bearer_auth(wrong);
        join_all((0..50).map(|_| call().header("content-type", "application/sdp").body("v=0\r\nm=x").send()))
            .await;
    }
    for number in 0..40 {
        let url =
            format!("{}/rtc?access_token={}", server.url.replace("http", "ws"), token(&number.to_string()));
        let (mut socket, _) = tokio_tungstenite::connect_async(url).await.unwrap();
        for frame in [
            Message::binary(vec![0xff; 40]),
            Message::text("{"),
            Message::text("{\"offer\":{\"type\":\"offer\",\"sdp\":\"v=0\\r\\nm=nonsense\\r\\n\"}}"),
        ] {
            socket.send(frame).await.unwrap();
        }
        // It is told to come back, and the socket is closed.
        let end = async { while let Some(Ok(_)) = socket.next().await {} };
        tokio::time::timeout(PATIENCE, end).await.unwrap();
    }
}

#[tokio::test]
async fn nonsense_at_every_door_is_no_flood_in_the_log() {
    let installation = installation();
    let server = installation.start();
    let (answer, relay) = doors(&server).await;
    let target = Target::read(&answer).unwrap();
    let ufrag = answer.lines().find_map(|line| line.trim().strip_prefix("a=ice-ufrag:")).unwrap();
    let before = installation.log().lines().count();
    nonsense_by_packets(target.udp[0], target.tcp[0], (relay, ufrag)).await;
    nonsense_by_calls(&server).await;
    // What came before a check that is answered has been read.
    probe::udp(&target, target.udp[0]).await.expect("still answered");
    let log = installation.log();
    let lines: Vec<&str> = log.lines().skip(before).collect();
    assert!(lines.len() <= LINES_MAX, "{} lines: {:#?}", lines.len(), &lines[..LINES_MAX]);
    assert!(!log.contains("ERROR"), "{log}");
}

/// Knocks from an address that a proxy names, two hundred at a time, until somebody is turned away; how many were not.
async fn knock(server: &Running, address: &str, most: usize) -> (usize, bool) {
    let http = Client::new();
    let call = || http.get(format!("{}/rtc/validate", server.url)).header("x-forwarded-for", address).send();
    let mut heard = 0;
    while heard < most {
        for answer in join_all((0..200).map(|_| call())).await {
            let answer = answer.unwrap();
            match answer.status() {
                StatusCode::UNAUTHORIZED => heard += 1,
                StatusCode::TOO_MANY_REQUESTS => {
                    assert_eq!(answer.headers()["retry-after"], "1");
                    return (heard, true);
                }
                other => panic!("{other}"),
            }
        }
    }
    (heard, false)
}

#[tokio::test]
async fn who_joins_without_end_is_turned_away_and_nobody_beside_them() {
    let installation = installation().with("ONSTAGE_SERVER_TRUSTED_PROXIES", "127.0.0.1/32");
    let server = installation.start();
    let (heard, refused) = knock(&server, "203.0.113.7", 20_000).await;
    assert!(refused && heard >= JOINS_AT_ONCE, "{heard} before the first was turned away");
    assert_eq!(
        knock(&server, "203.0.113.8", 200).await,
        (200, false),
        "another address behind the same proxy"
    );
}

#[tokio::test]
async fn nobody_chooses_the_address_that_joins_count_for() {
    let server = installation().start();
    let mut heard = 0;
    for last in 0..100 {
        let (more, refused) = knock(&server, &format!("203.0.113.{last}"), 200).await;
        heard += more;
        if refused {
            return assert!(heard >= JOINS_AT_ONCE, "{heard} before the first was turned away");
        }
    }
    panic!("{heard} joins of one address that wrote others into a header");
}

#[tokio::test]
async fn without_limits_nobody_is_turned_away() {
    let server = installation().with("ONSTAGE_LIMITS_ENABLED", "false").start();
    assert_eq!(knock(&server, "203.0.113.7", 2_000).await, (2_000, false));
}
