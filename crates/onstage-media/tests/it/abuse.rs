//! Callers that come in numbers, with the wrong token, or never stop: who is in goes on hearing.

mod replay;

use livekit_protocol as proto;
use livekit_protocol::leave_request::Action;

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
