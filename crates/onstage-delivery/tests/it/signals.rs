//! Would catch a signal that reaches somebody who is not on stage, that comes from the audience, or that is lost in
//! silence.

use onstage_delivery::Limits;
use onstage_domain::samples;
use onstage_domain::stage::Role;
use serde_json::{Value, json};

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
async fn signals_from_or_to_the_audience_to_nobody_and_to_the_server_are_refused() {
    let house = House::open().await;
    house.world.set_role(0, Role::Owner);
    house.world.set_role(3, Role::Guest);
    let (mut host, mut viewer) = (house.live(0).await, house.live(1).await);
    let _speaks_another_language = house.listener(3).await;
    for to in [id(1), id(3), id(9), "server".to_owned()] {
        assert_eq!(refusal(&mut host, signal(&to, 1)).await, "stage/signal_refused", "{to}");
    }
    assert_eq!(refusal(&mut viewer, signal(&id(0), 1)).await, "stage/signal_refused");
    house.world.chat("for all");
    assert_eq!(host.next().await["message"], "for all");
    assert_eq!(viewer.next().await["message"], "for all");
}

#[tokio::test]
async fn the_operator_may_switch_signals_off() {
    let house = House::with(Limits { relay_signals: false, ..Limits::default() }).await;
    house.world.set_role(0, Role::Owner);
    house.world.set_role(1, Role::Guest);
    let (mut host, _guest) = (house.live(0).await, house.live(1).await);
    assert_eq!(refusal(&mut host, signal(&id(1), 1)).await, "stage/signal_refused");
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
