//! Sound and data from one to another, and back after a broken socket.

use livekit_protocol as proto;
use livekit_protocol::signal_response::Message as Told;
use onstage_domain::media::{Seen as Fact, Source};

use super::support::bot::{Bot, connect};
use super::support::*;

#[tokio::test]
async fn sound_reaches_who_was_there_and_who_comes_later() {
    let server = Server::start(false).await;
    server.open().await;
    server.person(user(1), true, ALL).await;
    let early = Bot::join(&server, &token(&user(2).to_string(), ROOM)).await;
    let speaker = Bot::join(&server, &token(&user(1).to_string(), ROOM)).await;
    server.seen(user(1), Fact::Connected).await;
    let track = speaker.speak().await;
    server.seen(user(1), Fact::Published { source: Source::Microphone }).await;
    early.hears(&track.sid, 25).await;
    let late = Bot::join(&server, &token(&user(3).to_string(), ROOM)).await;
    let first_offer = late.now().told.into_iter().find_map(|told| match told {
        Told::Offer(offer) => Some(offer),
        _ => None,
    });
    let first_offer = first_offer.unwrap();
    assert!(first_offer.mid_to_track_id.values().any(|sid| *sid == track.sid), "in the first offer already");
    late.hears(&track.sid, 25).await;
    early
        .until("loudness", |seen| seen.told.iter().any(|told| matches!(told, Told::SpeakersChanged(_))))
        .await;
    server.seen_where(user(1), |seen| matches!(seen, Fact::Speaking { level_eighths: 1.. })).await;
}

#[tokio::test]
async fn a_dropped_socket_resumes_without_a_gap() {
    let server = Server::start(false).await;
    server.open().await;
    server.person(user(1), true, ALL).await;
    let speaker = Bot::join(&server, &token(&user(1).to_string(), ROOM)).await;
    let track = speaker.speak().await;
    let viewer = Bot::join(&server, &token(&user(2).to_string(), ROOM)).await;
    viewer.hears(&track.sid, 10).await;
    let sid = viewer.now().own().sid;
    viewer.drop_socket();
    viewer.hears(&track.sid, 25).await;
    let token = token(&user(2).to_string(), ROOM);
    let socket = connect(&server, &token, &format!("&reconnect=1&sid={sid}")).await.unwrap();
    viewer.attach(socket);
    let seen = viewer
        .until("an offer", |seen| {
            matches!(seen.told.first(), Some(Told::Reconnect(_)))
                && seen.told.iter().any(|told| matches!(told, Told::Offer(_)))
        })
        .await;
    assert!(seen.leave().is_none());
    viewer.hears(&track.sid, 25).await;
    viewer.hears(&track.sid, 10).await;
}

#[tokio::test]
async fn an_unknown_resume_gets_one_word() {
    let server = Server::start(false).await;
    server.open().await;
    let token = token(&user(2).to_string(), ROOM);
    let bot = Bot::start(connect(&server, &token, "&reconnect=1&sid=PA_gone").await.unwrap()).await;
    let seen = bot.until("the end", |seen| seen.closed.is_some()).await;
    assert_eq!(seen.told.len(), 1);
    assert_eq!(
        seen.leave(),
        Some((proto::DisconnectReason::StateMismatch, proto::leave_request::Action::Reconnect))
    );
    assert_eq!(seen.closed, Some(Some(1000)));
}

#[tokio::test]
async fn data_goes_from_the_stage_to_everybody() {
    let server = Server::start(false).await;
    server.open().await;
    server.person(user(1), true, ALL).await;
    let viewer = Bot::join(&server, &token(&user(2).to_string(), ROOM)).await;
    let speaker = Bot::join(&server, &token(&user(1).to_string(), ROOM)).await;
    let track = speaker.speak().await;
    viewer.hears(&track.sid, 5).await;
    let packet = proto::DataPacket {
        sequence: 1,
        participant_identity: "forged".into(),
        ..proto::DataPacket::default()
    };
    speaker.send_data(&packet);
    let seen = viewer.until("data", |seen| !seen.data.is_empty()).await;
    assert_eq!(seen.data[0].participant_identity, user(1).to_string());
    assert_eq!(seen.data[0].participant_sid, speaker.now().own().sid);
}

#[tokio::test]
async fn a_shutdown_sends_clients_to_come_back() {
    let server = Server::start(false).await;
    server.open().await;
    let viewer = Bot::join(&server, &token(&user(2).to_string(), ROOM)).await;
    assert!(server.media.health().shards_alive);
    server.media.shutdown().await;
    let seen = viewer.until("the end", |seen| seen.closed.is_some()).await;
    assert_eq!(
        seen.leave(),
        Some((proto::DisconnectReason::ServerShutdown, proto::leave_request::Action::Reconnect))
    );
    assert!(!server.media.health().shards_alive);
}
