//! Frames that no client should send, and sockets that behave badly: nobody else notices.

use futures_util::{SinkExt, StreamExt};
use livekit_protocol as proto;
use livekit_protocol::signal_response::Message as Told;
use prost::Message as _;
use tokio_tungstenite::tungstenite::Message as Frame;

use super::support::bot::{Bot, Socket, connect};
use super::support::*;

/// As the server has it.
const SIGNAL_BYTES: usize = 2 * 1024 * 1024;

async fn next(socket: &mut Socket) -> Option<Frame> {
    tokio::time::timeout(PATIENCE, socket.next()).await.unwrap().and_then(Result::ok)
}

/// Waits for a message of this kind.
async fn until(socket: &mut Socket, wanted: impl Fn(&Told) -> bool) -> bool {
    while let Some(frame) = next(socket).await {
        if let Frame::Binary(bytes) = frame
            && proto::SignalResponse::decode(bytes).unwrap().message.is_some_and(|told| wanted(&told))
        {
            return true;
        }
    }
    false
}

fn ping() -> Frame {
    let ping = proto::signal_request::Message::Ping(1);
    Frame::Binary(proto::SignalRequest { message: Some(ping) }.encode_to_vec().into())
}

#[tokio::test]
async fn unreadable_frames_are_dropped_without_a_word() {
    let server = Server::start(true).await;
    let mut socket = connect(&server, &token("ann", "free"), "").await.unwrap();
    for rubbish in [vec![0xff; 40], vec![], vec![0x0a, 0xff, 0xff, 0xff, 0xff, 0x7f], b"hello".to_vec()] {
        socket.send(Frame::Binary(rubbish.into())).await.unwrap();
    }
    socket.send(ping()).await.unwrap();
    assert!(until(&mut socket, |told| matches!(told, Told::Pong(_))).await, "still served");
}

#[tokio::test]
async fn unreadable_descriptions_hurt_only_their_sender() {
    let server = Server::start(true).await;
    let mut socket = connect(&server, &token("ann", "free"), "").await.unwrap();
    let other = Bot::join(&server, &token("bob", "free")).await;
    let offer = proto::SessionDescription {
        r#type: "offer".into(),
        sdp: "not an sdp".into(),
        id: 1,
        ..Default::default()
    };
    let bytes =
        proto::SignalRequest { message: Some(proto::signal_request::Message::Offer(offer)) }.encode_to_vec();
    socket.send(Frame::Binary(bytes.into())).await.unwrap();
    assert!(until(&mut socket, |told| matches!(told, Told::Leave(_))).await, "told to start anew");
    assert!(other.now().closed.is_none());
}

#[tokio::test]
async fn reaches_signal_bytes_max() {
    let server = Server::start(true).await;
    let mut socket = connect(&server, &token("ann", "free"), "").await.unwrap();
    let _ = socket.send(Frame::Binary(vec![0; SIGNAL_BYTES + 1].into())).await;
    while let Some(frame) = next(&mut socket).await {
        if matches!(frame, Frame::Close(_)) {
            break;
        }
    }
    let other = Bot::join(&server, &token("bob", "free")).await;
    assert!(other.now().subscriber_up, "the server goes on");
}

#[tokio::test]
async fn who_speaks_json_is_answered_in_json() {
    let server = Server::start(true).await;
    let mut socket = connect(&server, &token("ann", "free"), "").await.unwrap();
    socket.send(Frame::Text(r#"{"ping":"7"}"#.into())).await.unwrap();
    loop {
        let Some(frame) = next(&mut socket).await else { panic!("closed") };
        if matches!(frame, Frame::Text(text) if text.contains("\"pong\"")) {
            return;
        }
    }
}

#[tokio::test]
async fn a_second_tab_takes_over() {
    let server = Server::start(true).await;
    let first = Bot::join(&server, &token("ann", "free")).await;
    let second = Bot::join(&server, &token("ann", "free")).await;
    let seen = first.until("the end", |seen| seen.closed.is_some()).await;
    let (why, _) = seen.leave().unwrap();
    assert_eq!(why, proto::DisconnectReason::DuplicateIdentity);
    assert!(second.now().closed.is_none());
}

#[tokio::test]
async fn reaches_shards_max() {
    let refused = onstage_media::Media::start(
        onstage_media::MediaConfig { shards: 65, ..config(false) },
        std::sync::Arc::new(Nobody),
    );
    assert!(matches!(refused, Err(onstage_media::MediaError::Shards(65))));
}

struct Nobody;

impl onstage_domain::ports::ObserveMedia for Nobody {
    fn observe_media(&self, _: onstage_domain::media::MediaFact) -> onstage_domain::ports::Pending<'_, ()> {
        Box::pin(async {})
    }
}
