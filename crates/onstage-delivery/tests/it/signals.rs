//! Would catch a signal that reaches somebody who is not on stage, that comes from the audience, or that is lost in
//! silence; and an answered connection that nobody holds any more.

use onstage_delivery::Limits;
use onstage_domain::ports::Behalf;
use onstage_domain::problem::{Code, Problem};
use onstage_domain::stage::{ParticipantView, Role};
use onstage_domain::{Event, samples, stage};
use serde_json::{Value, json};

use crate::engine::Done;
use crate::world::{Client, House};

fn signal(to: &str, number: usize) -> Value {
    let data = json!({ "sdp": format!("v=0 {number}"), "nested": [{ "x": 1.5 }] });
    json!({ "action": "webrtc_signal", "to_user_id": to, "signal_type": "offer", "signal_data": data })
}

fn id(n: u8) -> String {
    samples::user(n).to_string()
}

async fn refusal(client: &mut Client, frame: Value) -> String {
    client.send(frame).await;
    let error = client.next().await;
    assert_eq!((error["type"].as_str(), error["action"].as_str()), (Some("error"), Some("webrtc_signal")));
    error["code"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn s3_11_s3_27_a_signal_reaches_every_socket_of_the_other_person_on_stage_as_it_came() {
    let house = House::open().await;
    house.world.set_role(0, Role::Owner);
    house.world.set_role(1, Role::Guest);
    let mut host = house.live(0).await;
    let (mut guest, mut second) = (house.live(1).await, house.live(1).await);
    let mut viewer = house.live(2).await;
    host.send(signal(&id(1), 1)).await;
    for client in [&mut guest, &mut second] {
        let heard = client.next().await;
        let sent = signal(&id(1), 1);
        assert_eq!(
            (heard["type"].as_str(), heard["signal_type"].as_str()),
            (Some("webrtc_signal"), Some("offer"))
        );
        assert_eq!(
            (heard["from_user_id"].as_str().unwrap(), &heard["signal_data"]),
            (id(0).as_str(), &sent["signal_data"])
        );
    }
    house.world.chat("for all");
    assert_eq!(viewer.next().await["message"], "for all");
    assert_eq!(host.next().await["message"], "for all");
}

#[tokio::test]
async fn signals_from_or_to_the_audience_and_to_nobody_are_refused() {
    let house = House::open().await;
    house.world.set_role(0, Role::Owner);
    let (mut host, mut viewer) = (house.live(0).await, house.live(1).await);
    for to in [id(1), id(9)] {
        assert_eq!(refusal(&mut host, signal(&to, 1)).await, "stage/signal_refused", "{to}");
    }
    for to in [id(0), "server".to_owned()] {
        assert_eq!(refusal(&mut viewer, signal(&to, 1)).await, "stage/signal_refused", "{to}");
    }
    assert!(house.world.engine.done().is_empty());
    house.world.chat("for all");
    assert_eq!(host.next().await["message"], "for all");
    assert_eq!(viewer.next().await["message"], "for all");
}

fn say(to: &str, kind: &str, data: Value) -> Value {
    json!({ "action": "webrtc_signal", "to_user_id": to, "signal_type": kind, "signal_data": data })
}

fn offer(to: &str, sdp: &str) -> Value {
    say(to, "offer", json!({ "type": "offer", "sdp": sdp }))
}

/// Host and guest on stage; only the host has a socket of this language.
async fn half_a_stage() -> (House, Client) {
    let house = House::open().await;
    house.world.stage(0, Role::Owner);
    house.world.stage(1, Role::Guest);
    let host = house.live(0).await;
    (house, host)
}

async fn is_answered(client: &mut Client, from: &str, sdp: &str) {
    let heard = client.next().await;
    let told = json!({
        "type": "webrtc_signal",
        "signal_type": "answer",
        "from_user_id": from,
        "signal_data": { "type": "answer", "sdp": sdp },
    });
    assert_eq!(heard, told);
}

#[tokio::test]
async fn s3_11_s3_27_an_offer_to_somebody_without_such_a_socket_is_answered_in_their_name() {
    let (house, mut host) = half_a_stage().await;
    let _speaks_another_language = house.listener(1).await;
    host.send(offer(&id(1), "pc:1")).await;
    is_answered(&mut host, &id(1), "answer to pc:1").await;
    host.send(say(&id(1), "ice_candidate", json!({ "candidate": "candidate:1", "sdpMid": "0" }))).await;
    host.send(say(&id(1), "ice_candidate", Value::Null)).await;
    host.send(offer(&id(1), "pc:2")).await;
    is_answered(&mut host, &id(1), "answer to pc:2").await;
    host.send(offer("server", "all:1")).await;
    is_answered(&mut host, "server", "answer to all:1").await;
    let person = Behalf::Person(samples::user(1));
    let done = [
        Done::Opened(samples::user(0), person, "pc:1".into()),
        Done::Candidate("candidate:1".into()),
        Done::Again("pc:2".into()),
        Done::Opened(samples::user(0), Behalf::Stage, "all:1".into()),
    ];
    assert_eq!(house.world.engine.done(), done);
}

#[tokio::test]
async fn a_new_connection_to_the_same_person_takes_the_place_of_the_last() {
    let (house, mut host) = half_a_stage().await;
    for name in ["first:1", "second:1"] {
        host.send(offer(&id(1), name)).await;
        is_answered(&mut host, &id(1), &format!("answer to {name}")).await;
    }
    let done = house.world.engine.done();
    assert_eq!((done.len(), &done[1]), (3, &Done::Ended));
    host.send(say(&id(1), "bye", Value::Null)).await;
    house.until(|| house.world.engine.done().last() == Some(&Done::Ended)).await;
    let candidate = say(&id(1), "ice_candidate", json!({ "candidate": "candidate:1" }));
    assert_eq!(refusal(&mut host, candidate).await, "stage/signal_refused", "nothing is left of it");
}

#[tokio::test]
async fn what_is_answered_ends_with_the_seat_and_with_the_socket() {
    let (house, mut host) = half_a_stage().await;
    let mut guest = house.live(1).await;
    for (client, from) in [(&mut host, 0), (&mut guest, 1)] {
        client.send(offer("server", &format!("{from}:1"))).await;
        is_answered(client, "server", &format!("answer to {from}:1")).await;
    }
    let participant = ParticipantView { user_id: samples::user(1), role: Role::Viewer, ..samples::viewer() };
    house.world.publish(Event::Stage(stage::Event::RoleChanged {
        participant,
        by: samples::user(0),
        by_handle: String::new(),
    }));
    let ended = || house.world.engine.done().into_iter().filter(|done| *done == Done::Ended).count();
    house.until(|| ended() == 1).await;
    drop(host);
    house.until(|| ended() == 2).await;
}

#[tokio::test]
async fn an_end_by_itself_is_told_in_the_persons_name() {
    let (house, mut host) = half_a_stage().await;
    host.send(offer(&id(1), "pc:1")).await;
    is_answered(&mut host, &id(1), "answer to pc:1").await;
    house.world.engine.end_all();
    let goodbye = host.next().await;
    assert_eq!(
        (goodbye["signal_type"].as_str(), goodbye["from_user_id"].as_str()),
        (Some("bye"), Some(&*id(1)))
    );
    host.send(offer(&id(1), "pc:2")).await;
    is_answered(&mut host, &id(1), "answer to pc:2").await;
    let opened = house.world.engine.done().into_iter().filter(|done| matches!(done, Done::Opened(..)));
    assert_eq!(opened.count(), 2, "what has ended is not spoken to");
}

#[tokio::test]
async fn a_person_who_comes_with_such_a_socket_is_signalled_to_from_then_on() {
    let (house, mut host) = half_a_stage().await;
    host.send(offer(&id(1), "pc:1")).await;
    is_answered(&mut host, &id(1), "answer to pc:1").await;
    let mut guest = house.live(1).await;
    host.send(offer(&id(1), "pc:2")).await;
    is_answered(&mut host, &id(1), "answer to pc:2").await;
    for signal in [say(&id(1), "answer", json!({ "sdp": "v=0" })), offer(&id(1), "another:1")] {
        host.send(signal.clone()).await;
        let heard = guest.next().await;
        assert_eq!(
            (&heard["signal_type"], &heard["signal_data"]),
            (&signal["signal_type"], &signal["signal_data"])
        );
    }
    // The answered connection gives way.
    house.until(|| house.world.engine.done().last() == Some(&Done::Ended)).await;
}

#[tokio::test]
async fn what_the_engine_cannot_read_or_take_is_refused_by_its_code() {
    let (house, mut host) = half_a_stage().await;
    for (kind, data, code) in [
        ("answer", json!({ "sdp": "v=0" }), "stage/signal_refused"),
        ("renegotiate", Value::Null, "stage/signal_refused"),
        ("ice_candidate", json!({ "candidate": "candidate:1" }), "stage/signal_refused"),
        ("ice_candidate", Value::Null, "stage/signal_refused"),
        ("bye", Value::Null, "stage/signal_refused"),
        ("ice_candidate", json!({ "sdpMid": "0" }), "request/invalid"),
        ("offer", json!({ "type": "offer" }), "request/invalid"),
    ] {
        for to in ["server", &id(1)] {
            assert_eq!(refusal(&mut host, say(to, kind, data.clone())).await, code, "{kind} {data} to {to}");
        }
    }
    house.world.engine.refuse(Problem::new(Code::TooFast));
    assert_eq!(refusal(&mut host, offer("server", "pc:1")).await, Code::TooFast.name());
    assert!(house.world.engine.done().is_empty());
}

#[tokio::test]
async fn the_operator_may_switch_signals_off() {
    let house = House::with(Limits { relay_signals: false, ..Limits::default() }).await;
    house.world.set_role(0, Role::Owner);
    house.world.set_role(1, Role::Guest);
    let (mut host, _guest) = (house.live(0).await, house.live(1).await);
    for to in [id(1), "server".to_owned()] {
        assert_eq!(refusal(&mut host, signal(&to, 1)).await, "stage/signal_refused", "{to}");
    }
    assert!(house.world.engine.done().is_empty());
}

#[tokio::test]
async fn reaches_signals_per_window_max() {
    const MOST: usize = 1_000;
    let house = House::open().await;
    house.world.set_role(0, Role::Owner);
    house.world.set_role(1, Role::Guest);
    let (mut host, mut guest) = (house.live(0).await, house.live(1).await);
    for number in 0..MOST {
        host.send(signal(&id(1), number)).await;
        let heard = guest.next().await;
        assert_eq!(heard["signal_data"]["sdp"], format!("v=0 {number}"));
    }
    assert_eq!(refusal(&mut host, signal(&id(1), MOST)).await, "request/too_fast");
}
