//! Catches an offer of S3's clients that the SFU does not recognise, and one that it takes for something else.

use serde_json::{Value, json};

use crate::socket::{Meaning, Signal, SignalTarget, StandIn, stand_in_frame};
use onstage_domain::samples::user;

fn signal(kind: &str, data: Value) -> Signal {
    Signal { to: SignalTarget::Server, kind: kind.to_owned(), data }
}

#[test]
fn s3_11_an_offer_is_read_in_every_wrapping() {
    for data in [json!("v=0"), json!({ "sdp": "v=0" }), json!({ "sdp": { "type": "offer", "sdp": "v=0" } })] {
        assert_eq!(signal("offer", data.clone()).meaning(), Meaning::Offer("v=0"), "{data}");
    }
    for data in [Value::Null, json!({}), json!({ "sdp": 7 }), json!(["v=0"])] {
        assert_eq!(signal("offer", data.clone()).meaning(), Meaning::Incomplete, "{data}");
    }
}

#[test]
fn s3_11_a_candidate_is_read_in_every_wrapping_and_so_is_the_last() {
    let text = "candidate:1 1 udp 1 192.0.2.1 9 typ host";
    let browser = json!({ "candidate": text, "sdpMid": "0", "sdpMLineIndex": 0 });
    for data in [json!(text), browser.clone(), json!({ "candidate": browser })] {
        for kind in ["ice_candidate", "ice-candidate", "icecandidate", "candidate", "ice"] {
            assert_eq!(signal(kind, data.clone()).meaning(), Meaning::Candidate(text), "{kind} {data}");
        }
    }
    for data in [Value::Null, json!(""), json!({ "candidate": "" }), json!({ "candidate": null })] {
        assert_eq!(signal("ice_candidate", data.clone()).meaning(), Meaning::LastCandidate, "{data}");
    }
    assert_eq!(signal("ice_candidate", json!({ "sdpMid": "0" })).meaning(), Meaning::Incomplete);
}

#[test]
fn what_ends_a_connection_and_what_nobody_but_its_receiver_understands() {
    for kind in ["bye", "leave", "hangup", "close"] {
        assert_eq!(signal(kind, Value::Null).meaning(), Meaning::Goodbye);
    }
    for kind in ["answer", "Offer", "renegotiate", ""] {
        assert_eq!(signal(kind, json!({ "sdp": "v=0" })).meaning(), Meaning::Other, "{kind}");
    }
}

#[test]
fn s3_27_the_sfu_answers_as_the_person_would() {
    let read = |frame: String| serde_json::from_str::<Value>(&frame).unwrap();
    let answer = stand_in_frame(SignalTarget::Person(user(1)), StandIn::Answer("v=0"));
    let told = json!({
        "type": "webrtc_signal",
        "signal_type": "answer",
        "from_user_id": user(1),
        "signal_data": { "type": "answer", "sdp": "v=0" },
    });
    assert_eq!(read(answer), told);
    let goodbye = read(stand_in_frame(SignalTarget::Server, StandIn::Goodbye));
    assert_eq!((&goodbye["from_user_id"], &goodbye["signal_type"]), (&json!("server"), &json!("bye")));
}
