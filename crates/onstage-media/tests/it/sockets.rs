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
async fn rooms_live_on_both_shards() {
    let server = Server::with(onstage_media::MediaConfig { shards: 2, ..config(true) }).await;
    server.media.open_doors();
    let addresses = server.media.health().addresses;
    assert_ne!(addresses[0].port(), addresses[1].port());
    for room in ["one", "two"] {
        let speaker = Bot::join(&server, &token("ann", room)).await;
        let track = speaker.speak().await;
        let viewer = Bot::join(&server, &token("bob", room)).await;
        viewer.hears(&track.sid, 10).await;
    }
}

#[tokio::test]
async fn rubbish_on_the_media_port_is_nobodys() {
    let server = Server::start(true).await;
    let speaker = Bot::join(&server, &token("ann", "free")).await;
    let track = speaker.speak().await;
    let viewer = Bot::join(&server, &token("bob", "free")).await;
    let stranger = tokio::net::UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let port = server.media.health().addresses[0];
    for number in 0..2_000_u32 {
        let length = usize::try_from(number % 200).unwrap();
        let bytes: Vec<u8> = number.to_be_bytes().into_iter().cycle().take(length).collect();
        stranger.send_to(&bytes, port).await.unwrap();
    }
    viewer.hears(&track.sid, 25).await;
}

#[tokio::test]
async fn who_does_not_read_is_closed_and_nobody_waits_for_it() {
    let server = Server::start(true).await;
    let mut deaf = connect(&server, &token("ann", "free"), "").await.unwrap();
    let other = Bot::join(&server, &token("bob", "free")).await;
    // Never read: the refusals, which echo the request, fill every buffer on the way, then the queue.
    let update = proto::UpdateParticipantMetadata { metadata: "m".repeat(60_000), ..Default::default() };
    let message = Some(proto::signal_request::Message::UpdateMetadata(update));
    let request = Frame::Binary(proto::SignalRequest { message }.encode_to_vec().into());
    let flood = async { while deaf.send(request.clone()).await.is_ok() {} };
    tokio::time::timeout(PATIENCE, flood).await.expect("the server closes the socket");
    assert!(other.now().closed.is_none());
    let third = Bot::join(&server, &token("eve", "free")).await;
    assert!(third.now().subscriber_up);
}

/// Sends until the server has closed the socket; returns how many it sent.
async fn sends_until_closed(request: Frame) -> usize {
    let server = Server::start(true).await;
    let mut socket = connect(&server, &token("ann", "free"), "").await.unwrap();
    let (mut sink, mut stream) = futures_util::StreamExt::split(&mut socket);
    let reading = async { while let Some(Ok(_)) = stream.next().await {} };
    let mut sent = 0;
    let sending = async {
        while sink.send(request.clone()).await.is_ok() {
            sent += 1;
        }
    };
    tokio::time::timeout(PATIENCE, async { tokio::join!(reading, sending) }).await.expect("it is closed");
    let other = Bot::join(&server, &token("bob", "free")).await;
    assert!(other.now().subscriber_up, "nobody else notices");
    sent
}

#[tokio::test]
async fn reaches_signals_per_second_max() {
    assert!(sends_until_closed(ping()).await >= 1_000);
}

#[tokio::test]
async fn reaches_signal_bytes_per_second_max() {
    let megabyte = Frame::Binary(vec![0; 1024 * 1024].into());
    assert!(sends_until_closed(megabyte).await >= 8);
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
