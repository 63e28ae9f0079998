//! Orders are enforced where packets pass, whatever the client does.

use std::time::{Duration, Instant};

use livekit_protocol as proto;
use livekit_protocol::leave_request::Action;
use livekit_protocol::signal_request::Message as Ask;
use livekit_protocol::signal_response::Message as Told;
use onstage_domain::media::{MediaGrant, Seen as Fact};

use super::support::bot::{Bot, connect};
use super::support::*;

/// Packets of 20 ms: what was under way when the order was acknowledged has arrived after so many.
const UNDER_WAY: u64 = 3;
/// A second of silence.
const SILENCE: u64 = 50;

async fn on_air() -> (Server, Bot, Bot, String) {
    let server = Server::start(false).await;
    server.open().await;
    server.person(user(1), true, ALL).await;
    let speaker = Bot::join(&server, &token(&user(1).to_string(), ROOM)).await;
    let track = speaker.speak().await;
    let viewer = Bot::join(&server, &token(&user(2).to_string(), ROOM)).await;
    viewer.hears(&track.sid, 10).await;
    (server, speaker, viewer, track.sid)
}

/// What a listener got once nothing was under way any more, and a second later, while the speaker went on sending.
async fn counts(speaker: &Bot, listener: &Bot, sid: &str) -> (u64, u64) {
    speaker.says(UNDER_WAY).await;
    let after = listener.count(sid);
    speaker.says(SILENCE).await;
    (after, listener.count(sid))
}

#[tokio::test]
async fn a_hosts_mute_stops_every_packet_and_the_client_cannot_undo_it() {
    let (server, speaker, viewer, sid) = on_air().await;
    let asked = Instant::now();
    server.person(user(1), true, HOST_MUTED).await;
    assert!(asked.elapsed() < Duration::from_millis(250), "{:?}", asked.elapsed());
    for _ in 0..3 {
        speaker.ask(Ask::Mute(proto::MuteTrackRequest { sid: sid.clone(), muted: false }));
    }
    let (after, later) = counts(&speaker, &viewer, &sid).await;
    assert_eq!(after, later, "it kept speaking, and nobody heard it");
    speaker
        .until("the server's mute", |seen| {
            seen.told.iter().any(|told| matches!(told, Told::Mute(mute) if mute.muted))
        })
        .await;
    server.person(user(1), true, ALL).await;
    viewer.hears(&sid, 10).await;
}

#[tokio::test]
async fn a_kick_ends_everything_and_no_token_opens_again() {
    let (server, speaker, viewer, sid) = on_air().await;
    server.person(user(4), true, ALL).await;
    let other = Bot::join(&server, &token(&user(4).to_string(), ROOM)).await;
    other.speak().await;
    server.person(user(1), false, MediaGrant::NOTHING).await;
    let (after, later) = counts(&other, &viewer, &sid).await;
    assert_eq!(after, later, "while somebody else was heard");
    let seen = speaker.until("the end", |seen| seen.closed.is_some()).await;
    assert_eq!(seen.leave(), Some((proto::DisconnectReason::ParticipantRemoved, Action::Disconnect)));
    server.seen(user(1), Fact::Lost).await;
    let any = token(&user(1).to_string(), ROOM);
    assert_eq!(connect(&server, &any, "").await.err(), Some(403));
    let own = seen.own().sid;
    assert_eq!(
        connect(&server, &any, &format!("&reconnect=1&sid={own}")).await.err(),
        Some(403),
        "nor by a resume"
    );
    // After a restart the orders are replayed to an engine that knows nothing.
    let restarted = Server::closed(false).await;
    let kicked = onstage_domain::media::MediaOrder::Person {
        session: session(),
        user: user(1),
        admitted: false,
        grant: MediaGrant::NOTHING,
    };
    restarted.order(vec![room(true), kicked]).await;
    restarted.media.open_doors();
    assert_eq!(connect(&restarted, &any, "").await.err(), Some(403));
}

#[tokio::test]
async fn a_viewers_own_token_makes_no_speaker() {
    let server = Server::start(false).await;
    server.open().await;
    let viewer = Bot::join(&server, &token(&user(2).to_string(), ROOM)).await;
    viewer.ask(Ask::AddTrack(proto::AddTrackRequest {
        cid: "mic".into(),
        source: proto::TrackSource::Microphone.into(),
        ..proto::AddTrackRequest::default()
    }));
    let refused = |told: &Told| matches!(told, Told::RequestResponse(response) if response.reason() == proto::request_response::Reason::NotAllowed);
    viewer.until("a refusal", |seen| seen.told.iter().any(refused)).await;
}

#[tokio::test]
async fn a_promotion_is_told_in_band() {
    let (server, speaker, viewer, _) = on_air().await;
    server.person(user(2), true, ALL).await;
    let may = |told: &Told| match told {
        Told::Update(update) => update.participants.iter().any(|info| {
            info.identity == user(2).to_string()
                && info.permission.as_ref().is_some_and(|permission| permission.can_publish)
        }),
        _ => false,
    };
    viewer.until("the permission", |seen| seen.told.iter().any(may)).await;
    let own = viewer.speak().await;
    let other = Bot::join(&server, &token(&user(3).to_string(), ROOM)).await;
    other.hears(&own.sid, 10).await;
    server.person(user(2), true, MediaGrant::NOTHING).await;
    let (after, later) = counts(&speaker, &other, &own.sid).await;
    assert_eq!(after, later, "demoted: nothing of it leaves");
    viewer
        .until("track_unpublished", |seen| {
            seen.told.iter().any(|told| matches!(told, Told::TrackUnpublished(_)))
        })
        .await;
}

#[tokio::test]
async fn the_end_of_a_session_ends_its_room() {
    let (server, speaker, viewer, _) = on_air().await;
    server.order(vec![room(false)]).await;
    for bot in [speaker, viewer] {
        let seen = bot.until("the end", |seen| seen.closed.is_some()).await;
        assert_eq!(seen.leave(), Some((proto::DisconnectReason::RoomDeleted, Action::Disconnect)));
    }
    let late = connect(&server, &token(&user(2).to_string(), ROOM), "").await;
    assert_eq!(late.err(), Some(404));
}
