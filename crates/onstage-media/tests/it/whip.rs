//! WHIP in and WHEP out over real HTTP and real UDP: catches sessions that outlive their person, and answers that a
//! standard client does not expect.

use std::time::Duration;

use onstage_domain::media::{MediaGrant, Seen, Source};
use reqwest::{Client, Method, RequestBuilder, Response};
use serde_json::Value;
use str0m::media::{Direction, MediaKind};

use super::support::bot::Bot;
use super::support::peer::Peer;
use super::support::*;

fn request(server: &Server, method: Method, path: &str) -> RequestBuilder {
    Client::new().request(method, format!("http://{}{path}", server.address)).timeout(PATIENCE)
}

async fn post(server: &Server, path: &str, token: &str, sdp: String) -> Response {
    let request =
        request(server, Method::POST, path).bearer_auth(token).header("Content-Type", "application/sdp");
    request.body(sdp).send().await.unwrap()
}

fn header(response: &Response, name: &str) -> String {
    response.headers().get(name).unwrap_or_else(|| panic!("{name}")).to_str().unwrap().to_owned()
}

/// Status and code of a problem, which everybody may read.
async fn problem(response: Response) -> (u16, String) {
    assert_eq!(header(&response, "content-type"), "application/problem+json");
    assert_eq!(header(&response, "access-control-allow-origin"), "*");
    let status = response.status().as_u16();
    let body: Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
    assert_eq!(body["status"], status);
    assert_eq!(body["type"], format!("/problems/{}", body["code"].as_str().unwrap()));
    (status, body["code"].as_str().unwrap().to_owned())
}

fn identity(number: u128) -> String {
    token(&user(number).to_string(), ROOM)
}

/// Somebody who publishes by HTTP: where the session is, and its version.
async fn publish(server: &Server, peer: &mut Peer, token: &str) -> (String, String) {
    let offer = peer.offer("mic");
    let response = post(server, "/whip/v1", token, offer).await;
    assert_eq!(response.status(), 201);
    assert_eq!(header(&response, "content-type"), "application/sdp");
    let exposed = header(&response, "access-control-expose-headers");
    assert!(["Location", "ETag", "Link"].iter().all(|name| exposed.contains(name)), "{exposed}");
    assert!(header(&response, "link").contains("rel=\"ice-server\""));
    let named = (header(&response, "location"), header(&response, "etag"));
    peer.accept_answer(&response.text().await.unwrap());
    named
}

/// Lets a peer live on its own, and speak.
fn let_speak(mut peer: Peer) {
    tokio::spawn(async move {
        loop {
            let _ = tokio::time::timeout(Duration::from_millis(20), peer.turn()).await;
            peer.speak();
        }
    });
}

/// Lets a peer live until something holds.
async fn live(peer: &mut Peer, what: &str, holds: impl Fn(&Peer) -> bool) {
    let living = async {
        while !holds(peer) {
            let _ = tokio::time::timeout(Duration::from_millis(20), peer.turn()).await;
            peer.speak();
        }
    };
    tokio::time::timeout(PATIENCE, living).await.unwrap_or_else(|_| panic!("{what} never came"));
}

async fn stage() -> Server {
    let server = Server::start(false).await;
    server.open().await;
    server.person(user(1), true, ALL).await;
    server
}

#[tokio::test]
async fn who_publishes_by_http_is_heard_in_the_room_until_it_says_goodbye() {
    let server = stage().await;
    let listener = Bot::join(&server, &identity(2)).await;
    let mine = identity(1);
    let mut peer = Peer::new().await;
    let (location, _) = publish(&server, &mut peer, &mine).await;
    assert!(location.starts_with("/whip/v1/"), "{location}");
    let_speak(peer);
    server.seen(user(1), Seen::Published { source: Source::Microphone }).await;
    let seen = listener.until("sound", |seen| seen.packets.values().any(|count| *count > 10)).await;
    assert_eq!(seen.packets.len(), 1);
    let gone = request(&server, Method::DELETE, &location).bearer_auth(&mine).send().await.unwrap();
    assert_eq!(gone.status(), 200);
    server.seen(user(1), Seen::Lost).await;
    let again = request(&server, Method::DELETE, &location).bearer_auth(&mine).send().await.unwrap();
    assert_eq!(problem(again).await, (404, "request/not_found".into()));
}

/// Asks until a session is no more.
async fn is_over(server: &Server, location: &str, token: &str) {
    let mut pace = tokio::time::interval(Duration::from_millis(100));
    let gone = async {
        loop {
            let request = request(server, Method::PATCH, location).bearer_auth(token);
            if request.send().await.unwrap().status() == 404 {
                return;
            }
            pace.tick().await;
        }
    };
    tokio::time::timeout(PATIENCE, gone).await.expect("the session ends");
}

#[tokio::test]
async fn who_is_removed_loses_the_session_and_makes_no_other() {
    let server = stage().await;
    let mine = identity(1);
    let mut peer = Peer::new().await;
    let (location, _) = publish(&server, &mut peer, &mine).await;
    live(&mut peer, "the connection", |peer| peer.connected).await;
    server.person(user(1), false, MediaGrant::NOTHING).await;
    is_over(&server, &location, &mine).await;
    let offer = Peer::new().await.offer("mic");
    let again = post(&server, "/whip/v1", &mine, offer).await;
    assert_eq!(problem(again).await, (403, "moderation/blocked".into()));
}

#[tokio::test]
async fn who_is_not_on_stage_publishes_nothing() {
    let server = stage().await;
    let offer = Peer::new().await.offer("mic");
    let refused = post(&server, "/whip/v1", &identity(5), offer).await;
    assert_eq!(problem(refused).await, (403, "stage/not_permitted".into()));
}

#[tokio::test]
async fn a_viewer_gets_what_there_is_and_what_comes_later_without_another_offer() {
    let server = stage().await;
    server.person(user(3), true, ALL).await;
    let mut viewer = Peer::new().await;
    let offer = viewer.offer_lines(&[(MediaKind::Audio, Direction::RecvOnly)]);
    let response = post(&server, "/whep/v1", &identity(2), offer).await;
    assert_eq!(response.status(), 201);
    assert!(header(&response, "location").starts_with("/whep/v1/"));
    let answer = response.text().await.unwrap();
    assert!(answer.contains("a=sendonly") && answer.contains("a=ssrc:"), "{answer}");
    viewer.accept_answer(&answer);
    live(&mut viewer, "the connection", |peer| peer.connected).await;
    let mine = identity(1);
    let mut first = Peer::new().await;
    let (location, _) = publish(&server, &mut first, &mine).await;
    let_speak(first);
    live(&mut viewer, "the first", |peer| peer.got.values().sum::<u64>() > 10).await;
    let gone = request(&server, Method::DELETE, &location).bearer_auth(&mine).send().await.unwrap();
    assert_eq!(gone.status(), 200);
    let heard: u64 = viewer.got.values().sum();
    let mut second = Peer::new().await;
    publish(&server, &mut second, &identity(3)).await;
    let_speak(second);
    live(&mut viewer, "the second", |peer| peer.got.values().sum::<u64>() > heard + 20).await;
    let listener = Bot::join(&server, &identity(4)).await;
    let others = listener.now().told.into_iter().find_map(|told| match told {
        livekit_protocol::signal_response::Message::Join(join) => Some(join.other_participants),
        _ => None,
    });
    let others: Vec<String> = others.unwrap().into_iter().map(|other| other.identity).collect();
    assert_eq!(others, [user(3).to_string()], "nobody sees who watches");
}

#[tokio::test]
async fn candidates_and_a_restart_come_by_patch() {
    let server = stage().await;
    let mine = identity(1);
    let mut peer = Peer::new().await;
    let (location, etag) = publish(&server, &mut peer, &mine).await;
    live(&mut peer, "the connection", |peer| peer.connected).await;
    let patch = |version: &str, body: &str| {
        let request = request(&server, Method::PATCH, &location).bearer_auth(&mine);
        let request = request.header("Content-Type", "application/trickle-ice-sdpfrag");
        let request = if version.is_empty() { request } else { request.header("If-Match", version) };
        request.body(body.to_owned()).send()
    };
    let candidate = "a=candidate:1 1 udp 1 127.0.0.1 9 typ host\r\n";
    assert_eq!(patch(&etag, candidate).await.unwrap().status(), 204);
    assert_eq!(problem(patch("", candidate).await.unwrap()).await.0, 428);
    assert_eq!(problem(patch("\"old\"", candidate).await.unwrap()).await.0, 412);
    assert_eq!(problem(patch(&etag, "nothing").await.unwrap()).await.0, 400);
    let restart = patch("*", "a=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuvwx\r\n").await.unwrap();
    assert_eq!(restart.status(), 200);
    assert_eq!(header(&restart, "content-type"), "application/trickle-ice-sdpfrag");
    let newer = header(&restart, "etag");
    assert_ne!(newer, etag);
    let fragment = restart.text().await.unwrap();
    assert!(fragment.contains("a=ice-ufrag:") && fragment.contains("a=candidate:"), "{fragment}");
    assert_eq!(problem(patch(&etag, candidate).await.unwrap()).await.0, 412);
    assert_eq!(patch(&newer, candidate).await.unwrap().status(), 204);
}

#[tokio::test]
async fn what_is_wrong_is_said_by_its_code() {
    let server = stage().await;
    let mine = identity(1);
    let plain = |method: Method, path: &str| request(&server, method, path).bearer_auth(&mine);
    let options = plain(Method::OPTIONS, "/whip/v1").send().await.unwrap();
    assert_eq!(
        (options.status().as_u16(), header(&options, "accept-post").as_str()),
        (204, "application/sdp")
    );
    assert!(header(&options, "access-control-allow-headers").contains("If-Match"));
    let typeless = plain(Method::POST, "/whip/v1").body("v=0").send().await.unwrap();
    assert_eq!(problem(typeless).await, (415, "request/unsupported_type".into()));
    assert_eq!(problem(plain(Method::GET, "/whip/v1").send().await.unwrap()).await.0, 405);
    assert_eq!(problem(plain(Method::DELETE, "/whip/v1/unknown").send().await.unwrap()).await.0, 404);
    let nobody = request(&server, Method::POST, "/whip/v1").header("Content-Type", "application/sdp");
    let nobody = nobody.body("v=0").send().await.unwrap();
    assert_eq!(header(&nobody, "www-authenticate"), "Bearer", "RFC 6750 section 3");
    assert_eq!(problem(nobody).await.0, 401);
    assert_eq!(problem(post(&server, "/whip/v1", &mine, "hello".into()).await).await.0, 400);
    assert_eq!(problem(post(&server, "/whip/v1", &token("x", "elsewhere"), "v=0".into()).await).await.0, 404);
    let garbled = format!("{}a=ice-ufrag:x\r\na=ice-pwd:y\r\n", "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n");
    assert_eq!(
        problem(post(&server, "/whip/v1", &mine, garbled).await).await,
        (422, "request/invalid".into())
    );
}

#[tokio::test]
async fn reaches_edge_body_bytes_max() {
    let server = stage().await;
    let large = "v=0\r\n".to_owned() + &"a=x\r\n".repeat(64 * 1024 / 5);
    assert_eq!(problem(post(&server, "/whip/v1", &identity(1), large).await).await.0, 413);
}
