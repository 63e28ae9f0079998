//! WebRTC signals between people on stage, and what others are told who send one.

use serde_json::json;

use super::house::shows;
use super::{play, seed, shows as shows_seed};

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
