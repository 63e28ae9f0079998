//! Catches offers that are read otherwise than browsers mean them, versions that nobody checks, and lists without end.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "tests"
)]

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use livekit_protocol::{TrackSource, TrackType};
use onstage_domain::Code;
use onstage_sfu::MediaKind;

use super::description::{Offer, receiving_only};
use super::fragment::{Fragment, of_answer};
use super::session::Command;
use super::sessions::{Sessions, Step};
use super::*;

const HEAD: &str = "v=0\r\no=- 1 2 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n";

fn line(kind: &str, mid: usize, more: &str) -> String {
    format!(
        "m={kind} 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:{mid}\r\na=ice-ufrag:abcd\r\na=ice-pwd:a password of theirs\r\n{more}"
    )
}

fn sdp(lines: &[(&str, &str)]) -> String {
    let lines = lines.iter().enumerate().map(|(mid, (kind, more))| line(kind, mid, more));
    HEAD.to_owned() + &lines.collect::<String>()
}

fn publishing() -> String {
    sdp(&[
        ("video", "a=sendonly\r\na=msid:s cam\r\n"),
        ("audio", "a=sendrecv\r\n"),
        ("video", "a=sendonly\r\na=msid:s scr\r\n"),
        ("video", "a=recvonly\r\n"),
        ("application", ""),
    ])
}

#[test]
fn a_publisher_is_a_camera_then_a_screen_then_nothing_more() {
    let offer = Offer::read(Protocol::Whip, &publishing()).unwrap();
    let tracks: Vec<_> =
        offer.tracks().into_iter().map(|track| (track.cid.clone(), track.source(), track.r#type())).collect();
    assert_eq!(
        tracks,
        [
            ("cam".to_owned(), TrackSource::Camera, TrackType::Video),
            ("scr".to_owned(), TrackSource::ScreenShare, TrackType::Video),
            ("line-1".to_owned(), TrackSource::Microphone, TrackType::Audio),
        ]
    );
    assert_eq!((offer.receiving(MediaKind::Video), offer.receiving(MediaKind::Audio)), (1, 1));
}

#[test]
fn what_is_of_no_use_is_refused_by_its_kind() {
    let refused = |protocol, sdp: &str| Offer::read(protocol, sdp).unwrap_err().code;
    assert_eq!(refused(Protocol::Whip, "hello"), Code::Unreadable);
    assert_eq!(refused(Protocol::Whip, &sdp(&[("video", "a=recvonly\r\n")])), Code::Invalid);
    assert_eq!(refused(Protocol::Whep, &sdp(&[("video", "a=sendonly\r\n")])), Code::Invalid);
    assert_eq!(refused(Protocol::Whip, &sdp(&[("application", "")])), Code::Invalid);
    let nameless = publishing().replace("a=ice-pwd", "a=other");
    assert_eq!(refused(Protocol::Whip, &nameless), Code::Invalid);
}

#[test]
fn reaches_edge_lines_max() {
    let many = |count| sdp(&vec![("video", "a=sendonly\r\n"); count]);
    assert!(Offer::read(Protocol::Whip, &many(EDGE_LINES_MAX)).is_ok());
    let more = Offer::read(Protocol::Whip, &many(EDGE_LINES_MAX + 1));
    assert_eq!(more.unwrap_err().code, Code::Invalid);
}

#[test]
fn a_restart_is_the_same_offer_under_another_name() {
    let offer =
        Offer::read(Protocol::Whip, &(publishing() + "a=candidate:1 1 udp 1 10.0.0.1 9 typ host\r\n"));
    let restarted = offer.unwrap().restarted("efgh", "another password");
    assert!(!restarted.sdp.contains("abcd") && !restarted.sdp.contains("candidate"), "{}", restarted.sdp);
    assert_eq!(restarted.sdp.matches("a=ice-ufrag:efgh\r\n").count(), 5);
    let again = Offer::read(Protocol::Whip, &restarted.sdp).unwrap();
    assert_eq!((again.ufrag.as_str(), again.password.as_str()), ("efgh", "another password"));
}

#[test]
fn who_sends_nothing_offers_the_same_lines_for_receiving() {
    let offer = Offer::of_either_way(&receiving_only(&publishing())).unwrap();
    assert!(offer.tracks().is_empty());
    assert_eq!((offer.receiving(MediaKind::Video), offer.receiving(MediaKind::Audio)), (1, 1));
    assert_eq!(offer.sdp.matches("m=").count(), 5);
    let idle = sdp(&[("audio", "a=inactive\r\n"), ("application", "")]);
    assert_eq!(Offer::of_either_way(&idle).unwrap_err().code, Code::Invalid);
}

#[test]
fn a_peer_connection_is_known_by_its_name_and_firefox_by_its_own() {
    let offer = |origin: &str| {
        let text = publishing().replace("o=- 1 2 IN IP4 0.0.0.0", &format!("o={origin} IN IP4 0.0.0.0"));
        Offer::of_either_way(&text).unwrap()
    };
    let (first, again, other) =
        (offer("- 77 2"), offer("- 77 3"), offer("mozilla...THIS_IS_SDPARTA-99 78 0"));
    assert_eq!((first.origin(), again.origin()), ("77".to_owned(), "77".to_owned()));
    assert_ne!(first.origin(), other.origin());
    assert!(other.is_of_firefox() && !first.is_of_firefox());
}

#[test]
fn a_fragment_names_candidates_or_another_pair() {
    let trickle = Fragment::read(
        "a=ice-ufrag:abcd\r\na=ice-pwd:pw\r\nm=audio 9 X 0\r\na=mid:0\r\na=candidate:1 1 udp 1 10.0.0.1 9 typ host\r\n",
    );
    let trickle = trickle.unwrap();
    assert_eq!(trickle.candidates, ["candidate:1 1 udp 1 10.0.0.1 9 typ host"]);
    assert!(!trickle.restarts("abcd", "pw"));
    assert!(trickle.restarts("abcd", "other") && trickle.restarts("other", "pw"));
    assert!(Fragment::read("a=end-of-candidates\r\n").is_ok());
    assert_eq!(Fragment::read("nothing").unwrap_err().code, Code::Unreadable);
}

#[test]
fn our_side_of_a_restart_is_the_first_line_alone() {
    let answer =
        sdp(&[("video", "a=candidate:1 1 udp 1 10.0.0.1 9 typ host\r\n"), ("audio", "a=candidate:2\r\n")]);
    let fragment = of_answer(&answer);
    assert_eq!(
        fragment,
        "a=ice-ufrag:abcd\r\na=ice-pwd:a password of theirs\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:0\r\n\
a=candidate:1 1 udp 1 10.0.0.1 9 typ host\r\na=end-of-candidates\r\n"
    );
}

#[test]
fn reaches_candidates_per_patch_max() {
    let text = "a=candidate:1 1 udp 1 10.0.0.1 9 typ host\r\n".repeat(CANDIDATES_PER_PATCH_MAX + 5);
    assert_eq!(Fragment::read(&text).unwrap().candidates.len(), CANDIDATES_PER_PATCH_MAX);
}

fn offered() -> Offer {
    Offer::read(Protocol::Whip, &publishing()).unwrap()
}

#[test]
fn reaches_sessions_per_token_max() {
    let sessions = Arc::<Sessions>::default();
    let place = |token| sessions.place((Protocol::Whip, token), &offered(), Instant::now());
    let mut held: Vec<_> = (0..SESSIONS_PER_TOKEN_MAX).map(|_| place("mine").unwrap()).collect();
    assert_eq!(place("mine").unwrap_err().code, Code::TooFast);
    assert!(place("yours").is_ok());
    held.pop();
    assert!(place("mine").is_ok(), "a session that ended counts no more");
}

#[test]
fn reaches_edge_sessions_max() {
    let sessions = Arc::<Sessions>::default();
    let offer = offered();
    let place = |number: usize| sessions.place((Protocol::Whip, &number.to_string()), &offer, Instant::now());
    let held: Vec<_> = (0..EDGE_SESSIONS_MAX).map(|number| place(number).unwrap()).collect();
    assert_eq!(place(held.len()).unwrap_err().code, Code::TryLater);
    drop(held);
    assert_eq!(sessions.count(), 0, "nothing is left of them");
}

#[test]
fn reaches_patches_per_second_max() {
    let sessions = Arc::<Sessions>::default();
    let now = Instant::now();
    let place = sessions.place((Protocol::Whip, "mine"), &offered(), now).unwrap();
    let name = (Protocol::Whip, place.id.as_str());
    for _ in 0..PATCHES_PER_SECOND_MAX {
        sessions.knock(name, "mine", now).unwrap();
    }
    assert_eq!(sessions.knock(name, "mine", now).unwrap_err().code, Code::TooFast);
    assert!(sessions.knock(name, "mine", now + Duration::from_secs(1)).is_ok());
}

#[test]
fn only_its_own_token_and_protocol_touch_a_session() {
    let sessions = Arc::<Sessions>::default();
    let now = Instant::now();
    let place = sessions.place((Protocol::Whip, "mine"), &offered(), now).unwrap();
    let knock =
        |protocol, token| sessions.knock((protocol, &place.id), token, now).map_err(|refused| refused.code);
    assert_eq!(knock(Protocol::Whip, "yours"), Err(Code::Unauthenticated));
    assert_eq!(knock(Protocol::Whep, "mine"), Err(Code::NotFound));
    assert_eq!(knock(Protocol::Whip, "mine"), Ok(()));
}

#[test]
fn a_restart_makes_a_new_version_and_the_old_one_stale() {
    let sessions = Arc::<Sessions>::default();
    let place = sessions.place((Protocol::Whip, "mine"), &offered(), Instant::now()).unwrap();
    let name = (Protocol::Whip, place.id.as_str());
    let current = |version: &str| sessions.is_current(name, version).map_err(|refused| refused.code);
    assert_eq!(current(&place.etag), Ok(()));
    assert_eq!(current(""), Err(Code::PreconditionMissing));
    assert_eq!(current("\"other\""), Err(Code::PreconditionFailed));
    assert_eq!((current("*"), current("\"*\"")), (Ok(()), Ok(())));
    let fragment = Fragment::read("a=ice-ufrag:efgh\r\na=ice-pwd:another\r\n").unwrap();
    let Step::Restart(_, offer) = sessions.step(name, &fragment).unwrap() else {
        unreachable!("another pair is a restart")
    };
    let etag = sessions.restarted(name, *offer);
    assert_eq!(current(&place.etag), Err(Code::PreconditionFailed));
    assert_eq!(current(&etag), Ok(()));
    let again = sessions.step(name, &fragment).unwrap();
    assert!(matches!(again, Step::Trickle(_)), "the pair is known now");
}

#[test]
fn reaches_edge_commands_max() {
    let (told, mut commands) = tokio::sync::mpsc::channel(EDGE_COMMANDS_MAX);
    let way = super::session::Way::new(told);
    for _ in 0..EDGE_COMMANDS_MAX {
        assert!(way.trickle(Vec::new()).now_or_never().is_some());
    }
    assert!(way.trickle(Vec::new()).now_or_never().is_none(), "it waits, and nothing piles up");
    assert!(matches!(commands.try_recv(), Ok(Command::Trickle(_))));
}
