//! Catches descriptions that a browser reads another way than we mean.

use super::*;

const ANSWER: &str = "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 63 111\r\na=mid:0\r\na=rtpmap:63 red/48000/2\r\n\
    a=fmtp:63 111/111\r\na=rtpmap:111 opus/48000/2\r\na=fmtp:111 minptime=10;useinbandfec=1\r\n\
    m=video 9 UDP/TLS/RTP/SAVPF 96 97 108 109 45\r\na=mid:1\r\na=rtpmap:96 VP8/90000\r\na=rtpmap:97 rtx/90000\r\n\
    a=fmtp:97 apt=96\r\na=rtpmap:108 H264/90000\r\na=rtcp-fb:108 nack\r\na=rtpmap:109 rtx/90000\r\n\
    a=fmtp:109 apt=108\r\na=rtpmap:45 AV1/90000\r\n";

fn with(mid: &str, preference: Preference) -> String {
    with_preferences(ANSWER, &HashMap::from([(mid.to_owned(), preference)]))
}

#[test]
fn the_wanted_codec_comes_first_with_its_repair() {
    let text = with("1", Preference { order: vec![108, 45], ..Preference::default() });
    assert!(text.contains("m=video 9 UDP/TLS/RTP/SAVPF 108 109 45 96 97\r\n"), "{text}");
    assert!(text.contains("m=audio 9 UDP/TLS/RTP/SAVPF 63 111\r\n"), "{text}");
    assert_eq!(text.lines().count(), ANSWER.lines().count());
}

#[test]
fn what_is_not_agreed_to_leaves_no_trace() {
    let text = with("0", Preference { without: HashSet::from([63]), ..Preference::default() });
    assert!(text.contains("m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n"), "{text}");
    assert!(!text.contains(":63 "), "{text}");
    assert!(!text.contains("\r\n\r\n"), "{text}");
    assert!(text.contains("a=rtpmap:96 VP8/90000\r\n"), "{text}");
}

#[test]
fn opus_gets_its_parameters_once() {
    let opus = vec!["stereo=1", "usedtx=1", "minptime=10"];
    let text = with("0", Preference { opus, ..Preference::default() });
    assert!(text.contains("a=fmtp:111 minptime=10;useinbandfec=1;stereo=1;usedtx=1\r\n"), "{text}");
    assert!(text.contains("a=fmtp:63 111/111\r\n"), "{text}");
}

#[test]
fn without_preferences_nothing_changes() {
    assert_eq!(with_preferences(ANSWER, &HashMap::new()), ANSWER);
}
