//! Catches a viewer who sees the wrong person, or whose picture jumps for no reason.

use livekit_protocol as proto;
use livekit_protocol::participant_info::State;
use livekit_protocol::{TrackSource, TrackType};

use super::*;

fn track(sid: &str, source: TrackSource) -> proto::TrackInfo {
    let kind = match source {
        TrackSource::Camera | TrackSource::ScreenShare => TrackType::Video,
        TrackSource::Microphone | TrackSource::ScreenShareAudio | TrackSource::Unknown => TrackType::Audio,
    };
    proto::TrackInfo {
        sid: sid.to_owned(),
        r#type: kind.into(),
        source: source.into(),
        ..proto::TrackInfo::default()
    }
}

fn person(sid: &str, joined_at: i64, tracks: Vec<proto::TrackInfo>) -> proto::ParticipantInfo {
    proto::ParticipantInfo {
        sid: sid.to_owned(),
        joined_at,
        tracks,
        state: State::Active.into(),
        ..proto::ParticipantInfo::default()
    }
}

fn on_stage(sid: &str, joined_at: i64) -> proto::ParticipantInfo {
    let tracks = vec![
        track(&format!("{sid}-cam"), TrackSource::Camera),
        track(&format!("{sid}-mic"), TrackSource::Microphone),
    ];
    person(sid, joined_at, tracks)
}

fn speaks(sid: &str, level: f32) -> proto::SpeakerInfo {
    proto::SpeakerInfo { sid: sid.to_owned(), level, active: level > 0.0 }
}

fn words(list: &[&str]) -> Vec<String> {
    list.iter().map(|word| (*word).to_owned()).collect()
}

#[test]
fn the_first_who_came_is_shown_until_there_is_a_screen() {
    let mut picks = Picks::new(1, 1);
    picks.note(vec![on_stage("guest", 20), on_stage("host", 10)]);
    assert_eq!(picks.changes(), (words(&[]), words(&["host-cam", "host-mic"])));
    let mut guest = on_stage("guest", 20);
    guest.tracks.push(track("guest-screen", TrackSource::ScreenShare));
    picks.note(vec![guest]);
    assert_eq!(picks.changes(), (words(&["host-cam"]), words(&["guest-screen"])));
    assert_eq!(picks.changes(), (words(&[]), words(&[])), "nothing changes twice");
    picks.note(vec![on_stage("guest", 20)]);
    assert_eq!(picks.changes(), (words(&["guest-screen"]), words(&["host-cam"])));
}

#[test]
fn the_loudest_is_heard_and_stays_until_another_speaks() {
    let mut picks = Picks::new(1, 0);
    picks.note(vec![on_stage("host", 10), on_stage("guest", 20), on_stage("third", 30)]);
    assert_eq!(picks.changes().1, words(&["host-mic"]));
    picks.hear(vec![speaks("guest", 0.5), speaks("host", 0.2)]);
    assert_eq!(picks.changes(), (words(&["host-mic"]), words(&["guest-mic"])));
    picks.hear(vec![speaks("guest", 0.0), speaks("host", 0.0)]);
    assert_eq!(picks.changes(), (words(&[]), words(&[])), "silence changes nothing");
    picks.hear(vec![speaks("third", 0.1)]);
    assert_eq!(picks.changes().1, words(&["third-mic"]));
}

#[test]
fn with_lines_enough_everybody_is_heard_whoever_speaks() {
    let mut picks = Picks::new(3, 2);
    picks.note(vec![on_stage("host", 10), on_stage("guest", 20)]);
    assert_eq!(picks.changes().1.len(), 4);
    picks.hear(vec![speaks("guest", 1.0)]);
    assert_eq!(picks.changes(), (words(&[]), words(&[])));
}

#[test]
fn who_is_muted_or_gone_gives_the_line_to_another() {
    let mut picks = Picks::new(1, 1);
    picks.note(vec![on_stage("host", 10), on_stage("guest", 20)]);
    picks.changes();
    let mut muted = on_stage("host", 10);
    muted.tracks.iter_mut().for_each(|track| track.muted = true);
    picks.note(vec![muted]);
    assert_eq!(picks.changes().1, words(&["guest-cam", "guest-mic"]));
    let gone = proto::ParticipantInfo { state: State::Disconnected.into(), ..on_stage("guest", 20) };
    picks.note(vec![gone]);
    assert_eq!(picks.changes(), (words(&["guest-cam", "guest-mic"]), words(&[])));
}

#[test]
fn one_person_or_everybody_but_one() {
    let named =
        |sid: &str, place| proto::ParticipantInfo { identity: sid.to_uppercase(), ..on_stage(sid, place) };
    let everybody = || vec![named("a", 1), named("b", 2), named("c", 3)];
    let taken = |whom| {
        let mut picks = Picks::new(3, 3).of(whom);
        picks.note(everybody());
        picks.changes().1
    };
    assert_eq!(taken(Whom::All).len(), 6);
    assert_eq!(taken(Whom::Only("B".into())), ["b-cam", "b-mic"]);
    assert_eq!(taken(Whom::AllBut("B".into())), ["a-cam", "c-cam", "a-mic", "c-mic"]);
    assert!(taken(Whom::Only("D".into())).is_empty());
}

#[test]
fn another_offer_has_other_lines() {
    let mut picks = Picks::new(1, 1);
    picks.note(vec![on_stage("a", 1), on_stage("b", 2)]);
    assert_eq!(picks.changes().1, ["a-cam", "a-mic"]);
    picks.resize(2, 0);
    assert_eq!(picks.changes(), (vec!["a-cam".to_owned()], vec!["b-mic".to_owned()]));
}
