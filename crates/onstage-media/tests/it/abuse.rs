//! Callers that come in numbers, with the wrong token, or never stop: who is in goes on hearing.

mod replay;

use futures_util::future::join_all;
use livekit_protocol as proto;
use livekit_protocol::leave_request::Action;
use reqwest::{Client, RequestBuilder, Response};
use tokio_tungstenite::tungstenite::Error;

use super::support::bot::{Bot, connect};
use super::support::*;

/// A speaker, somebody who hears it, and the track.
async fn on_air(server: &Server) -> (Bot, Bot, String) {
    let speaker = Bot::join(server, &token("ann", "free")).await;
    let track = speaker.speak().await;
    let viewer = Bot::join(server, &token("bob", "free")).await;
    viewer.hears(&track.sid, 10).await;
    (speaker, viewer, track.sid)
}

#[tokio::test]
async fn callers_that_never_connect_hold_up_nobody() {
    let server = Server::start(true).await;
    let (_speaker, viewer, sid) = on_air(&server).await;
    let mut silent = Vec::new();
    for number in 0..150 {
        silent.push(connect(&server, &token(&format!("silent-{number}"), "free"), "").await.unwrap());
    }
    viewer.hears(&sid, 25).await;
    assert!(server.media.figures().await.unwrap().participants <= 152, "each is one, and no more");
    // The same caller again and again is one caller.
    for _ in 0..30 {
        silent.push(connect(&server, &token("again", "free"), "").await.unwrap());
    }
    viewer.hears(&sid, 10).await;
    let figures = server.media.figures().await.unwrap();
    assert!(figures.participants <= 153, "{} participants", figures.participants);
    assert_eq!(figures.faults, 0);
    drop(silent);
    viewer.hears(&sid, 25).await;
}

/// Calls two hundred at a time until one is turned away for coming too often; how many were not.
async fn until_refused(call: impl Fn() -> RequestBuilder) -> (usize, Response) {
    let mut heard = 0;
    for _ in 0..50 {
        for answer in join_all((0..200).map(|_| call().timeout(PATIENCE).send())).await {
            let answer = answer.unwrap();
            if answer.status() == 429 {
                return (heard, answer);
            }
            heard += 1;
        }
    }
    panic!("{heard} calls and nobody was turned away");
}

#[tokio::test]
async fn every_door_for_joins_turns_away_who_comes_without_end() {
    let server = Server::start(true).await;
    let (_speaker, viewer, sid) = on_air(&server).await;
    let (http, base) = (Client::new(), format!("http://{}", server.address));
    let get = |path: &str| http.get(format!("{base}{path}")).bearer_auth("wrong");
    let (heard, _) = until_refused(|| get("/rtc/validate")).await;
    assert!(heard >= 400, "a school may come at once, and {heard} did");
    // Each of the doors counts, and a socket's does before it reads a token.
    for path in ["/rtc/validate", "/rtc/v1/validate"] {
        let (_, answer) = until_refused(|| get(path)).await;
        assert_eq!(answer.headers()["retry-after"], "1");
        assert_eq!(answer.headers()["access-control-allow-origin"], "*");
        assert_eq!(answer.text().await.unwrap(), "too many joins");
    }
    for path in ["/whip/v1", "/whep/v1"] {
        let post = || {
            http.post(format!("{base}{path}")).bearer_auth("wrong").header("Content-Type", "application/sdp")
        };
        let (_, answer) = until_refused(post).await;
        assert_eq!(answer.headers()["content-type"], "application/problem+json");
        assert!(answer.headers().contains_key("retry-after"));
        let problem: serde_json::Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
        assert_eq!(
            (problem["status"].as_u64(), problem["code"].as_str()),
            (Some(429), Some("request/too_fast"))
        );
    }
    for path in ["/rtc", "/rtc/v1"] {
        let url = format!("ws://{}{path}?access_token={}", server.address, token("crowd", "free"));
        let mut refused = 0;
        for _ in 0..50 {
            let sockets = join_all((0..40).map(|_| tokio_tungstenite::connect_async(&url))).await;
            let is_refused = |error: &Error| matches!(error, Error::Http(answer) if answer.status() == 429);
            refused = sockets.iter().filter(|socket| socket.as_ref().is_err_and(is_refused)).count();
            if refused > 0 {
                break;
            }
        }
        assert!(refused > 0, "{path}");
    }
    let figures = server.media.figures().await.unwrap();
    assert!(figures.joins_refused >= 6, "{figures:?}");
    viewer.hears(&sid, 25).await;
}

#[tokio::test]
async fn a_token_for_one_room_opens_no_other() {
    let server = Server::start(true).await;
    let (_speaker, viewer, sid) = on_air(&server).await;
    let own = viewer.now().own().sid;
    // With the name of somebody in there, and a token of theirs for another room.
    let socket = connect(&server, &token("bob", "elsewhere"), &format!("&reconnect=1&sid={own}")).await;
    let thief = Bot::start(socket.unwrap()).await;
    let seen = thief.until("the end", |seen| seen.closed.is_some()).await;
    assert_eq!(seen.leave(), Some((proto::DisconnectReason::StateMismatch, Action::Reconnect)));
    assert_eq!(seen.told.len(), 1, "nothing is told of the room");
    viewer.hears(&sid, 25).await;
    assert!(viewer.now().closed.is_none());
}

#[tokio::test]
async fn who_never_stops_sending_data_is_not_heard_and_holds_up_nobody() {
    let server = Server::start(true).await;
    let (speaker, viewer, sid) = on_air(&server).await;
    for sequence in 1..=2_000 {
        let user = proto::UserPacket { payload: vec![7; 200], ..proto::UserPacket::default() };
        let value = Some(proto::data_packet::Value::User(user));
        speaker.send_data(&proto::DataPacket { sequence, value, ..proto::DataPacket::default() });
    }
    viewer.hears(&sid, 100).await;
    assert!(viewer.now().closed.is_none());
    assert_eq!(server.media.figures().await.unwrap().faults, 0);
}
