//! Payload types and what they mean: catches a description that would have the engine give one number to two codecs.

use super::*;

fn section(lines: &[&str]) -> String {
    let attributes: String = lines.iter().map(|line| format!("a={line}\r\n")).collect();
    format!("m=video 9 UDP/TLS/RTP/SAVPF 102\r\n{attributes}")
}

const H264: &str = "rtpmap:102 H264/90000";
const BASELINE: &str = "fmtp:102 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42001f";

fn learned(texts: &[&str]) -> bool {
    let mut meanings = Meanings::default();
    texts.iter().all(|text| meanings.learn(text).is_ok())
}

#[test]
fn the_same_on_every_line_and_at_every_time_is_taken() {
    let line = section(&[H264, BASELINE]);
    assert!(learned(&[&format!("{line}{line}"), &line]));
    let higher_level = section(&[H264, &BASELINE.replace("42001f", "420034")]);
    assert!(learned(&[&format!("{line}{higher_level}")]));
    let stereo = section(&["rtpmap:111 opus/48000/2", "fmtp:111 stereo=1"]);
    assert!(learned(&[&stereo, &stereo.replace("stereo=1", "usedtx=1")]));
}

#[test]
fn a_number_of_two_meanings_is_refused() {
    let line = section(&[H264, BASELINE]);
    for other in [
        section(&[H264]),
        section(&["rtpmap:102 VP8/90000"]),
        section(&[H264, &BASELINE.replace("42001f", "64001f")]),
        section(&[H264, &BASELINE.replace("mode=1", "mode=0")]),
    ] {
        assert!(!learned(&[&format!("{line}{other}")]), "in one description: {other}");
        assert!(!learned(&[&line, &other]), "later: {other}");
    }
    assert!(!learned(&[&section(&["rtpmap:97 rtx/90000", "fmtp:97 apt=96", "fmtp:97 apt=98"])]));
    assert!(!learned(&[&section(&[H264, "rtpmap:102 VP9/90000"])]));
}

#[test]
fn what_is_refused_is_not_remembered() {
    let mut meanings = Meanings::default();
    let line = section(&[H264, BASELINE]);
    let both = format!("{line}{}", section(&["rtpmap:102 VP8/90000"]));
    assert!(meanings.learn(&both).is_err());
    assert!(meanings.learn(&section(&["rtpmap:102 VP8/90000"])).is_ok());
}
