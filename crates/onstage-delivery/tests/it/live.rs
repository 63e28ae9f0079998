//! Would catch an S3 client that is let in without a reason, that misses, repeats or overhears an event, or that is
//! closed with a code it does not know.

use std::time::Duration;

use futures_util::SinkExt as _;
use onstage_delivery::Limits;
use onstage_domain::chat::Command as Chat;
use onstage_domain::ports::{HangUp, Publish as _};
use onstage_domain::problem::{Code, Problem};
use onstage_domain::stage::{Event as Stage, ParticipantView, RequestState, RequestView, Role};
use onstage_domain::{Command, Event, FamilyId, samples, stage};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::world::{Client, House, message, named, said, session, token};

fn status(refused: Result<Client, Error>) -> (u16, Value) {
    let Err(Error::Http(response)) = refused else { panic!("it was let in") };
    assert_eq!(response.headers()["content-type"], "application/problem+json");
    let body = response.body().as_deref().unwrap_or_default();
    (response.status().as_u16(), serde_json::from_slice(body).unwrap())
}

fn words(frames: &[Value]) -> Vec<&str> {
    frames.iter().filter_map(|frame| frame["message"].as_str()).collect()
}

fn request(n: u8) -> RequestView {
    match named("stage.requested") {
        Event::Stage(Stage::Requested { request }) => {
            RequestView { user_id: samples::user(n), state: RequestState::Pending, ..request }
        }
        other => panic!("{other:?}"),
    }
}

async fn frames(client: &mut Client, count: usize) -> Vec<Value> {
    let mut frames = Vec::new();
    while frames.len() < count {
        frames.push(client.next().await);
    }
    frames
}

#[tokio::test]
async fn s3_2_s3_47_identity_is_judged_before_the_upgrade() {
    let house = House::open().await;
    for query in ["", "?username=ada", "?token=forged", "?ticket=forged"] {
        let (code, problem) = status(house.live_at(query).await);
        assert_eq!((code, problem["code"].as_str()), (401, Some("accounts/unauthenticated")), "{query}");
    }
    house.world.block(1);
    let (code, problem) = status(house.live_at(&format!("?token={}", token(1))).await);
    assert_eq!((code, problem["code"].as_str()), (403, Some("moderation/blocked")));
    let nowhere = format!("ws://{}/ws/live/nowhere?token={}", house.address, token(2));
    let refused = tokio_tungstenite::connect_async(nowhere).await.map(|(socket, _)| Client { socket });
    assert_eq!(status(refused).0, 404);
    assert_eq!(house.delivery.connections(), 0);
}

#[tokio::test]
async fn a_token_a_ticket_and_a_header_open_the_same_door() {
    let house = House::open().await;
    for query in [format!("?token={}&username=somebody%20else", token(1)), format!("?ticket={}", token(2))] {
        let mut client = house.live_at(&query).await.unwrap();
        assert_eq!(client.next().await["type"], "current_participants");
    }
    let mut request = format!("ws://{}/ws/live/{}", house.address, session()).into_client_request().unwrap();
    let bearer = format!("Bearer {}", token(3)).parse().unwrap();
    request.headers_mut().insert("authorization", bearer);
    let (socket, _) = tokio_tungstenite::connect_async(request).await.unwrap();
    assert_eq!(Client { socket }.next().await["type"], "current_participants");
}

#[tokio::test]
async fn s3_13_s3_39_first_the_participants_then_history_then_live() {
    let house = House::open().await;
    house.world.set_viewers(vec![samples::viewer()]);
    house.world.set_messages((0..50).map(|n| message(format!("before {n}"))).collect());
    house.world.chat("before");
    let mut client = house.live_at(&format!("?token={}", token(1))).await.unwrap();
    let first = client.next().await;
    assert_eq!((first["type"].as_str(), first["seq"].as_i64()), (Some("current_participants"), Some(1)));
    assert_eq!(
        (first["viewer_count"].as_u64(), first["participants"][0]["role"].as_str()),
        (Some(1), Some("viewer"))
    );
    let history = frames(&mut client, 50).await;
    assert!(history.iter().all(|frame| frame["type"] == "chat_message" && frame["history"] == true));
    assert_eq!(words(&history)[49], "before 49");
    house.world.chat("live");
    let live = client.next().await;
    assert_eq!(
        (live["message"].as_str(), live["seq"].as_i64(), live["prev"].as_i64()),
        (Some("live"), Some(2), Some(1))
    );
    assert!(live["history"].is_null());
}

#[tokio::test]
async fn reaches_viewers_named_max() {
    let house = House::open().await;
    let viewer = |n: u8| ParticipantView { user_id: samples::user(n), ..samples::viewer() };
    house.world.set_viewers((0..150).map(viewer).collect());
    let mut client = house.live_at(&format!("?token={}", token(1))).await.unwrap();
    let first = client.next().await;
    assert_eq!(
        (first["participants"].as_array().unwrap().len(), first["viewer_count"].as_u64()),
        (100, Some(150))
    );
}

#[tokio::test]
async fn k25_since_brings_what_was_missed_instead_of_the_history() {
    let house = House::open().await;
    house.world.set_messages(vec![message("history")]);
    for n in 1..=5 {
        house.world.chat(format!("{n}"));
    }
    let mut client = house.live_at(&format!("?token={}&since=2", token(1))).await.unwrap();
    let first = client.next().await;
    assert_eq!((first["type"].as_str(), first["seq"].as_i64()), (Some("current_participants"), Some(2)));
    let missed = frames(&mut client, 3).await;
    assert_eq!(words(&missed), ["3", "4", "5"]);
    house.world.chat("6");
    let live = client.next().await;
    assert_eq!((live["message"].as_str(), live["prev"].as_i64()), (Some("6"), Some(5)));
}

#[tokio::test]
async fn a_place_the_log_does_not_reach_begins_from_the_start() {
    let house = House::open().await;
    house.world.set_messages(vec![message("history")]);
    for n in 1..=9 {
        house.world.chat(format!("{n}"));
    }
    house.world.forget_before(5);
    for since in [2, 700] {
        let mut client = house.live_at(&format!("?token={}&since={since}", token(1))).await.unwrap();
        let first = client.next().await;
        assert_eq!((first["type"].as_str(), first["seq"].as_i64()), (Some("current_participants"), Some(9)));
        assert_eq!(client.next().await["history"], true);
    }
    let refused = house.live_at(&format!("?token={}&since=yesterday", token(1))).await;
    assert_eq!(status(refused).0, 400);
}

/// What the room's memory no longer has is read from the log, and what was never told as well.
#[tokio::test]
async fn nothing_is_missed_or_told_twice_while_more_happens() {
    let house = House::with(Limits { recent_events: 2, ..Limits::default() }).await;
    let _keeps_the_room_open = house.live(2).await;
    house.world.chat("1");
    house.world.run_away(true);
    let mut client = house.live_at(&format!("?token={}&since=0", token(1))).await.unwrap();
    client.next().await;
    let mut heard = Vec::new();
    while heard.last() < Some(&8) {
        let frame = client.next().await;
        assert_eq!(frame["prev"].as_i64(), Some(heard.last().copied().unwrap_or(0)));
        heard.push(frame["seq"].as_i64().unwrap());
    }
    assert_eq!(heard, (1..=8).collect::<Vec<_>>());
}

#[tokio::test]
async fn s3_18_s3_35_requests_reach_managers_and_the_chain_of_others_leaves_them_out() {
    let house = House::open().await;
    house.world.set_role(0, Role::Owner);
    let mut owner = house.live(0).await;
    let mut asker = house.live(1).await;
    let mut stranger = house.live(2).await;
    house.world.publish(Event::Stage(Stage::Requested { request: request(1) }));
    house.world.chat("next");
    let asked = owner.next().await;
    assert_eq!(
        (asked["type"].as_str(), asked["user_id"].as_str().unwrap()),
        (Some("guest_request"), samples::user(1).to_string().as_str())
    );
    assert_eq!(owner.next().await["prev"], 1);
    for other in [&mut asker, &mut stranger] {
        let heard = other.next().await;
        assert_eq!(
            (heard["message"].as_str(), heard["seq"].as_i64(), heard["prev"].as_i64()),
            (Some("next"), Some(2), Some(0))
        );
    }
}

/// A console that is opened, or a cohost that is made, sees the queue as it stands.
#[tokio::test]
async fn who_answers_requests_is_told_those_that_wait() {
    let house = House::open().await;
    house.world.set_role(0, Role::Owner);
    house.world.set_requests(vec![request(3)]);
    let mut owner = house.live(0).await;
    let waiting = owner.next().await;
    assert_eq!((waiting["type"].as_str(), waiting["history"].as_bool()), (Some("guest_request"), Some(true)));
    assert!(waiting["seq"].is_null() && waiting["after"].is_null());
    let mut guest = house.live(1).await;
    house.world.set_role(1, Role::Cohost);
    let actor = samples::actor(1);
    let participant = ParticipantView { user_id: actor.user_id, role: Role::Cohost, ..samples::guest() };
    let by = samples::user(0);
    house.world.publish(Event::Stage(Stage::RoleChanged { participant, by, by_handle: "mara".into() }));
    assert_eq!(guest.next().await["type"], "promoted");
    assert_eq!(guest.next().await["type"], "participant_media_changed");
    let waiting = guest.next().await;
    assert_eq!((waiting["type"].as_str(), waiting["history"].as_bool()), (Some("guest_request"), Some(true)));
    house.world.publish(Event::Stage(Stage::Requested { request: request(4) }));
    let live = guest.next().await;
    assert_eq!((live["type"].as_str(), live["seq"].as_i64()), (Some("guest_request"), Some(2)));
}

#[tokio::test]
async fn s3_5_s3_6_actions_are_carried_out_and_refusals_are_told() {
    let house = House::open().await;
    let mut client = house.live(1).await;
    client.send(json!({ "action": "ping" })).await;
    assert_eq!(client.next().await["type"], "pong");
    client.send(json!({ "action": "chat", "message": "Hello!" })).await;
    house.until(|| house.world.commands().len() == 1).await;
    assert!(matches!(house.world.commands()[..], [Command::Chat(Chat::Send { .. })]));
    house.world.refuse(Problem::new(Code::ChatOff));
    client.send(json!({ "action": "chat", "message": "Hello?" })).await;
    let error = client.next().await;
    assert_eq!(
        (error["type"].as_str(), error["action"].as_str(), error["code"].as_str()),
        (Some("error"), Some("chat"), Some("chat/off"))
    );
    assert_eq!(error["problem"]["status"], 409);
}

#[tokio::test]
async fn s3_24_s3_48_a_kick_is_told_and_closes_with_4403() {
    let house = House::open().await;
    let mut kicked = house.live(1).await;
    let mut other = house.live(2).await;
    house.world.block(1);
    let actor = samples::actor(1);
    let (user_id, by) = (actor.user_id, samples::user(0));
    let kick =
        stage::Event::Kicked { user_id, handle: actor.handle, by, by_handle: "mara".into(), reason: None };
    // Told by the hang-up alone: the event itself was lost on its way.
    house.world.commit(Event::Stage(kick));
    house.delivery.hang_up(HangUp::Kicked(session(), user_id));
    assert_eq!(kicked.next().await["type"], "kicked");
    assert_eq!(kicked.close_code().await, 4403);
    house.until(|| house.world.presence().contains(&(user_id, false))).await;
    house.world.chat("without them");
    assert_eq!(other.next().await["message"], "without them");
    assert_eq!(status(house.live_at(&format!("?token={}", token(1))).await).0, 403);
}

#[tokio::test]
async fn s3_28_the_end_is_told_and_closes_with_4410_also_who_comes_later() {
    let house = House::open().await;
    let mut client = house.live(1).await;
    house.world.chat("last words");
    house.world.end();
    assert_eq!(client.next().await["message"], "last words");
    assert_eq!(client.next().await["type"], "session_ended");
    assert_eq!(client.close_code().await, 4410);
    for query in ["", "&since=0", "&since=1", "&since=2"] {
        let mut late = house.live_at(&format!("?token={}{query}", token(2))).await.unwrap();
        assert_eq!(late.next().await["type"], "current_participants");
        let mut heard = Vec::new();
        let code = loop {
            match late.message().await {
                Ok(frame) => heard.push(frame),
                Err(code) => break code,
            }
        };
        assert_eq!(code, 4410, "{query}");
        let told = heard.last().is_some_and(|frame| frame["type"] == "session_ended");
        assert_eq!(told, query != "&since=2", "{query}");
    }
}

#[tokio::test]
async fn sign_out_closes_with_4401_and_a_drain_with_1012() {
    let house = House::open().await;
    let mut out = house.live(1).await;
    let mut other = house.live(2).await;
    house.delivery.hang_up(HangUp::Family(FamilyId::new(samples::user(1).uuid())));
    assert_eq!(out.close_code().await, 4401);
    house.delivery.drain();
    assert_eq!(other.close_code().await, 1012);
}

#[tokio::test]
async fn silence_closes_with_4408_and_any_sign_of_life_prevents_it() {
    let limits = Limits {
        silence: Duration::from_millis(80),
        ping_every: Duration::from_secs(60),
        ..Limits::default()
    };
    let house = House::with(limits).await;
    let mut silent = house.live(1).await;
    assert_eq!(silent.close_code().await, 4408);
}

#[tokio::test]
async fn a_pong_in_words_is_a_sign_of_life_and_not_a_bad_frame() {
    let house = House::open().await;
    let mut client = house.live(1).await;
    for _ in 0..20 {
        client.send(json!({ "action": "pong" })).await;
    }
    client.send(json!({ "action": "ping" })).await;
    assert_eq!(client.next().await["type"], "pong");
}

#[tokio::test]
async fn hard_case_17_malformed_frames_of_s3_are_answered_and_harm_nobody() {
    let house = House::open().await;
    let mut other = house.live(2).await;
    let mut client = house.live(1).await;
    let deep = format!("{}{}", "[".repeat(1_000), "]".repeat(1_000));
    let texts = ["", "{", "null", "7", &deep, r#"{"action":"chat","message":-1}"#, r#"{"action":"burn"}"#];
    for text in texts {
        client.socket.send(Message::text(text)).await.unwrap();
        let error = client.next().await;
        assert_eq!(error["type"], "error", "{text:.20}");
        assert!(error["code"].is_string() && error["problem"]["status"].is_u64());
    }
    client.socket.send(Message::binary(vec![0xff, 0xfe, 0x00])).await.unwrap();
    assert_eq!(client.next().await["code"], "request/unreadable");
    house.world.publish(said("all is well"));
    for client in [&mut client, &mut other] {
        assert_eq!(client.next().await["message"], "all is well");
    }
    for _ in 0..2 {
        client.socket.send(Message::text("?")).await.unwrap();
    }
    assert_eq!(client.close_code().await, 1008);
}

/// Arrivals are in no log: who comes while a newcomer looks around is told, and who was seen is not told again.
#[tokio::test]
async fn who_arrives_while_a_newcomer_looks_is_told_once() {
    let house = House::open().await;
    let _keeps_the_room_open = house.live(2).await;
    let seen = ParticipantView { user_id: samples::user(100), ..samples::viewer() };
    house.world.set_viewers(vec![seen]);
    house.world.arrive(3);
    let mut client = house.live_at(&format!("?token={}", token(1))).await.unwrap();
    assert_eq!(client.next().await["participants"].as_array().unwrap().len(), 1);
    for n in [101, 102] {
        let joined = client.next().await;
        let id = samples::user(n).to_string();
        assert_eq!(
            (joined["type"].as_str(), joined["user_id"].as_str()),
            (Some("user_joined"), Some(id.as_str()))
        );
    }
    house.world.chat("next");
    assert_eq!(client.next().await["message"], "next");
}

#[tokio::test]
async fn reaches_arrivals_remembered_max() {
    let house = House::open().await;
    let _keeps_the_room_open = house.live(2).await;
    house.world.arrive(20);
    let mut client = house.live_at(&format!("?token={}", token(1))).await.unwrap();
    client.next().await;
    for n in 104..120 {
        let joined = client.next().await;
        assert_eq!(joined["user_id"].as_str().unwrap(), samples::user(n).to_string());
    }
    house.world.chat("next");
    assert_eq!(client.next().await["message"], "next");
}

/// Somebody who comes after the end hears the last words, however long the show was.
#[tokio::test]
async fn reaches_last_words_max() {
    let house = House::open().await;
    for n in 0..40 {
        house.world.chat(format!("{n}"));
    }
    house.world.end();
    let mut late = house.live_at(&format!("?token={}", token(1))).await.unwrap();
    assert_eq!(late.next().await["seq"], 25);
    let heard = frames(&mut late, 16).await;
    assert_eq!(heard[15]["type"], "session_ended");
    assert_eq!(late.close_code().await, 4410);
}
