//! WebRTC signals between people on stage, who answers where nobody's client does, and what others are told who send one.

use std::time::Duration;

use onstage_sim::media::{Film, Voice};
use onstage_sim::rtc::{Caller, Options, RtcClient};
use serde_json::{Value, json};

use super::client::Client;
use super::house::{Show, shows};
use super::{play, seed, shows as shows_seed};

/// As long as media may take on a slow machine.
const MEDIA_WITHIN: Duration = Duration::from_secs(30);

#[tokio::test]
async fn s3_11_27_and_k7_signals_go_both_ways_as_they_were_sent() {
    for show in shows().await {
        let (mut host, mut theirs, guest) = show.on_stage().await;
        // The document lets both sides offer: neither is held back here.
        let offer = seed("s3_11_webrtc_signal")["signal_data"].clone();
        host.send(play("s3_11_webrtc_signal", [("to_user_id", &guest.id)])).await;
        theirs.send(play("s3_11_webrtc_signal", [("to_user_id", &show.host.id)])).await;
        for (client, from) in [(&mut theirs, &show.host.id), (&mut host, &guest.id)] {
            let signal = client.hear("webrtc_signal").await;
            shows_seed("s3_27_webrtc_signal", &signal);
            assert_eq!((&signal["from_user_id"], &signal["signal_type"]), (&json!(from), &json!("offer")));
            assert_eq!(signal["signal_data"], offer);
        }
        for (kind, data) in [
            ("answer", json!({ "type": "answer", "sdp": "v=0" })),
            (
                "ice_candidate",
                json!({ "candidate": "candidate:1 1 udp 1 192.0.2.1 9 typ host", "sdpMid": "0" }),
            ),
            ("ice_candidate", json!(null)),
        ] {
            let mut signal =
                play("s3_11_webrtc_signal", [("to_user_id", &show.host.id), ("signal_type", kind)]);
            signal["signal_data"] = data.clone();
            theirs.send(signal).await;
            let heard = host.hear("webrtc_signal").await;
            assert_eq!((&heard["signal_type"], &heard["signal_data"]), (&json!(kind), &data));
        }
    }
}

#[tokio::test]
async fn s3_27_who_is_not_on_stage_is_told_that_a_signal_went_nowhere() {
    for show in shows().await {
        let (mut host, mut theirs, _guest) = show.on_stage().await;
        let viewer = show.person("viewer").await;
        let mut watching = show.enter(&viewer).await;
        watching.send(play("s3_11_webrtc_signal", [("to_user_id", &show.host.id)])).await;
        host.send(play("s3_11_webrtc_signal", [("to_user_id", &viewer.id)])).await;
        for client in [&mut watching, &mut host] {
            let error = client.hear("error").await;
            assert_eq!(
                (&error["action"], &error["code"]),
                (&json!("webrtc_signal"), &json!("stage/signal_refused"))
            );
        }
        theirs.send(play("s3_6_chat", [("message", "after")])).await;
        for client in [&mut watching, &mut host] {
            let frames = client.until(|frame| frame["message"] == "after").await;
            assert!(frames.iter().all(|frame| frame["type"] != "webrtc_signal"), "{frames:?}");
        }
    }
}

/// Somebody who has a LiveKit client and nothing else, with camera and microphone on.
async fn livekit(show: &Show, token: &str) -> RtcClient {
    let joined = show.post("/live/join", token, json!({ "session_id": show.id })).await;
    let text = |field: &str| joined["webrtc_config"][field].as_str().unwrap().to_owned();
    let client =
        RtcClient::join(Options::new(&text("server_url"), &text("participant_token"))).await.unwrap();
    client.connected().await.unwrap();
    client.publish(Some(Film::marked(&[(640, 360, 3_000)], 30, 60)), Some(Voice::silent())).await.unwrap();
    client
}

/// Calls as a client of S3 does; the answer looks as if it came from whom it called.
async fn call(client: &mut Client, to: &str) -> Caller {
    let (caller, sdp) = Caller::call([127, 0, 0, 1].into(), 1, 1).await.unwrap();
    let mut offer = play("s3_11_webrtc_signal", [("to_user_id", to)]);
    offer["signal_data"] = json!({ "type": "offer", "sdp": sdp });
    client.send(offer).await;
    let answer = client.hear("webrtc_signal").await;
    shows_seed("s3_27_webrtc_signal", &answer);
    assert_eq!((&answer["from_user_id"], &answer["signal_type"]), (&json!(to), &json!("answer")));
    caller.answered(answer["signal_data"]["sdp"].as_str().unwrap()).await.unwrap();
    let candidate = json!({ "candidate": "candidate:1 1 udp 1 192.0.2.1 9 typ host", "sdpMid": "0" });
    for data in [candidate, Value::Null] {
        let mut signal = play("s3_11_webrtc_signal", [("to_user_id", to), ("signal_type", "ice_candidate")]);
        signal["signal_data"] = data;
        client.send(signal).await;
    }
    caller
}

/// Whole pictures come, and sound.
async fn sees_and_hears(caller: &Caller) {
    let found = caller.wait("pictures and sound", MEDIA_WITHIN, |report| {
        let pictures: u64 = report.tracks.values().map(|track| track.pictures).sum();
        let broken: u64 = report.tracks.values().map(|track| track.broken).sum();
        let sounds = report.tracks.values().filter(|track| track.pictures == 0).map(|track| track.packets);
        (pictures >= 30 && sounds.sum::<u64>() >= 30).then_some(broken)
    });
    assert_eq!(found.await.unwrap(), 0, "every picture can be decoded");
}

#[tokio::test]
async fn s3_11_27_who_has_no_such_socket_is_answered_for_by_the_sfu() {
    for show in shows().await {
        let (host, mut theirs, guest) = show.on_stage().await;
        host.leave().await;
        theirs.hear("host_lost").await;
        let _media = livekit(&show, &show.host.token).await;
        for to in [show.host.id.as_str(), "server"] {
            let caller = call(&mut theirs, to).await;
            sees_and_hears(&caller).await;
        }
        // Who steps down sees nothing more, and asks in vain.
        let demote = json!({ "session_id": show.id, "user_id": guest.id, "action": "demote" });
        show.post("/live/manage-participant", &show.host.token, demote).await;
        theirs.hear("promoted").await;
        theirs.send(play("s3_11_webrtc_signal", [("to_user_id", "server")])).await;
        let error = theirs.hear("error").await;
        assert_eq!(error["code"], "stage/signal_refused");
    }
}

#[tokio::test]
async fn an_offer_that_is_none_is_refused_by_its_code() {
    for show in shows().await {
        let (mut host, _theirs, _guest) = show.on_stage().await;
        for (data, code) in [
            (json!({ "sdp": "hello" }), "request/unreadable"),
            (json!({ "type": "offer" }), "request/invalid"),
        ] {
            let mut offer = play("s3_11_webrtc_signal", [("to_user_id", "server")]);
            offer["signal_data"] = data;
            host.send(offer).await;
            assert_eq!(host.hear("error").await["code"], code);
        }
    }
}
