//! Catches lines that a browser would read otherwise than we do.
#![allow(clippy::arithmetic_side_effects, reason = "tests")]

use proptest::prelude::*;

use super::*;

const OFFER: &str = "v=0\r\na=group:BUNDLE 0 1 2\r\na=msid-semantic: WMS x\r\n\
m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\na=sendonly\r\na=msid:stream mic\r\na=ssrc:5 cname:c\r\na=ssrc:5 msid:stream mic\r\n\
m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:1\r\na=sendrecv\r\na=msid:- cam\r\na=simulcast:send q;~h;f,g recv x\r\n\
m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:2\r\na=inactive\r\na=msid:old old\r\na=ssrc:6 cname:c\r\n\
m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:3\r\n";

#[test]
fn sections_are_read() {
    let sections = read(OFFER).unwrap();
    let words: Vec<_> =
        sections.iter().map(|s| (s.kind, s.mid.as_str(), s.is_sending, s.track_id.as_str())).collect();
    assert_eq!(
        words,
        [
            (Some(MediaKind::Audio), "0", true, "mic"),
            (Some(MediaKind::Video), "1", true, "cam"),
            (Some(MediaKind::Video), "2", false, "old"),
            (None, "3", true, ""),
        ]
    );
    assert_eq!(sections[1].rids, ["q", "h", "f"]);
}

#[test]
fn msids_are_ours_and_freed_lines_have_none() {
    let msid = Msid { stream: "PA_1|TR_9".to_owned(), track: "TR_9".to_owned() };
    let text = with_msids(OFFER, &HashMap::from([("0".to_owned(), msid)]));
    assert!(text.contains("a=msid:PA_1|TR_9 TR_9\r\n"));
    assert!(text.contains("a=ssrc:5 cname:c\r\na=ssrc:5 msid:PA_1|TR_9 TR_9\r\n"));
    assert!(!text.contains("old"), "{text}");
    assert!(!text.contains("a=ssrc:6"), "{text}");
    assert_eq!(text.matches("\r\n").count(), text.matches('\n').count());
}

#[test]
fn reaches_sdp_bytes_max() {
    assert_eq!(read(&"x".repeat(SDP_BYTES_MAX + 1)), Err(Refusal::Full("SDP_BYTES_MAX")));
    assert!(read(&"x".repeat(SDP_BYTES_MAX)).is_ok());
}

#[test]
fn reaches_media_lines_max() {
    assert!(read(&"m=audio 9\r\n".repeat(MEDIA_LINES_MAX)).is_ok());
    let more = read(&"m=audio 9\r\n".repeat(MEDIA_LINES_MAX + 1));
    assert_eq!(more, Err(Refusal::Full("MEDIA_LINES_MAX")));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_panics(text in "([ma]=[a-z]{0,9}[: ;,~]?[ -~]{0,20}\r?\n){0,20}") {
        let sections = read(&text).unwrap();
        prop_assert_eq!(sections.len(), text.lines().filter(|line| line.starts_with("m=")).count());
        let _ = with_msids(&text, &HashMap::new());
    }
}
