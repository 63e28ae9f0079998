//! The three mute facts, and what the client may do about them: nothing against a host.

use onstage_domain::media::Media;

use super::*;

const HOST_MUTED: MediaGrant = MediaGrant { host_muted_audio: true, self_muted_audio: true, ..ALL };
const SELF_MUTED: MediaGrant = MediaGrant { self_muted_audio: true, ..ALL };

fn mute(sid: &str, muted: bool) -> Asked {
    Asked::Mute(proto::MuteTrackRequest { sid: sid.into(), muted })
}

fn on_air() -> (Stage, Client, Client, TrackKey, String) {
    let mut stage = Stage::new(true);
    stage.order(user(1), true, ALL);
    let mut viewer = stage.join(&user(2).to_string());
    let mut speaker = stage.join(&user(1).to_string());
    let (track, sid) = stage.publish(&mut speaker, microphone("m"));
    viewer.told();
    speaker.told();
    stage.facts.clear();
    (stage, speaker, viewer, track, sid)
}

fn shown_muted(told: &[Told]) -> Option<bool> {
    updates(told).pop().map(|info| info.tracks[0].muted)
}

#[test]
fn a_hosts_mute_closes_the_gate_and_tells_everybody() {
    let (mut stage, mut speaker, mut viewer, track, sid) = on_air();
    stage.order(user(1), true, HOST_MUTED);
    assert!(!stage.gate(track));
    let told = speaker.told();
    assert_eq!(names(&told), ["mute", "update"], "the client first mutes itself, then sees it");
    let Told::Mute(order) = &told[0] else { panic!("{told:?}") };
    assert!(order.muted && order.sid == sid);
    assert_eq!(shown_muted(&viewer.told()), Some(true));
}

#[test]
fn the_client_cannot_take_it_back() {
    let (mut stage, mut speaker, mut viewer, track, sid) = on_air();
    stage.order(user(1), true, HOST_MUTED);
    speaker.told();
    viewer.told();
    for _ in 0..5 {
        stage.say(&speaker, mute(&sid, false));
    }
    assert!(!stage.gate(track));
    assert!(stage.facts.is_empty(), "its word is not even told: {:?}", stage.facts);
    assert_eq!(names(&speaker.told()), ["mute"], "reminded once, not five times");
    assert!(viewer.told().is_empty(), "nobody sees it flicker");
    stage.say(&speaker, mute(&sid, true));
    assert!(!stage.gate(track));
}

#[test]
fn lifted_it_waits_for_the_persons_own_word() {
    let (mut stage, mut speaker, _, track, sid) = on_air();
    stage.order(user(1), true, HOST_MUTED);
    stage.say(&speaker, mute(&sid, true));
    stage.order(user(1), true, SELF_MUTED);
    assert!(!stage.gate(track));
    speaker.told();
    stage.say(&speaker, mute(&sid, false));
    assert_eq!(stage.facts, [Seen::SelfMuted { media: Media::Audio, muted: false }]);
    assert!(!stage.gate(track), "the order has not answered yet");
    stage.order(user(1), true, ALL);
    assert!(stage.gate(track));
    let told = speaker.told();
    assert_eq!(names(&told), ["update"], "no server unmute: the client did it itself");
    assert_eq!(shown_muted(&told), Some(false));
}

#[test]
fn the_persons_own_mute_holds_at_once_and_is_told_once() {
    let (mut stage, speaker, mut viewer, track, sid) = on_air();
    stage.say(&speaker, mute(&sid, true));
    assert!(!stage.gate(track));
    assert_eq!(shown_muted(&viewer.told()), Some(true));
    stage.order(user(1), true, SELF_MUTED);
    stage.say(&speaker, mute(&sid, true));
    assert_eq!(stage.facts, [Seen::SelfMuted { media: Media::Audio, muted: true }]);
    assert!(viewer.told().is_empty(), "nothing changed for others");
}

#[test]
fn a_late_answer_does_not_unmute_a_person() {
    let (mut stage, mut speaker, _, track, sid) = on_air();
    for muted in [true, false, true] {
        stage.say(&speaker, mute(&sid, muted));
    }
    speaker.told();
    // Answers to the first and second word arrive after the third was said.
    stage.order(user(1), true, SELF_MUTED);
    stage.order(user(1), true, ALL);
    assert!(!stage.gate(track));
    assert!(!names(&speaker.told()).contains(&"mute"), "and the client is not told to unmute");
    stage.order(user(1), true, SELF_MUTED);
    assert!(!stage.gate(track));
}

#[test]
fn an_unmute_by_the_persons_other_device_reaches_the_client_and_its_echo_is_swallowed() {
    let (mut stage, mut speaker, mut viewer, track, sid) = on_air();
    stage.say(&speaker, mute(&sid, true));
    stage.order(user(1), true, SELF_MUTED);
    stage.pass(OWN_WORD_STANDS);
    speaker.told();
    viewer.told();
    stage.facts.clear();
    stage.order(user(1), true, ALL);
    assert!(stage.gate(track));
    let told = speaker.told();
    let Some(Told::Mute(unmute)) = told.first() else { panic!("{told:?}") };
    assert!(!unmute.muted);
    stage.say(&speaker, mute(&sid, true));
    assert!(stage.gate(track), "livekit-client first repeats its old state");
    stage.say(&speaker, mute(&sid, false));
    assert!(stage.gate(track) && stage.facts.is_empty());
    let flicker: Vec<bool> = updates(&viewer.told()).iter().map(|info| info.tracks[0].muted).collect();
    assert_eq!(flicker, [false]);
    stage.say(&speaker, mute(&sid, true));
    assert!(!stage.gate(track), "a later mute is meant");
}

#[test]
fn who_is_muted_publishes_into_a_closed_gate() {
    let mut stage = Stage::new(true);
    stage.order(user(1), true, HOST_MUTED);
    let mut speaker = stage.join(&user(1).to_string());
    let (track, sid) = stage.publish(&mut speaker, microphone("m"));
    let closed =
        stage.controls.iter().position(|control| *control == Control::SetGate { track, open: false });
    let expected = stage.controls.iter().position(|control| matches!(control, Control::ExpectTrack { .. }));
    assert_eq!(closed, expected.map(|at| at + 1), "before the first packet can come");
    assert!(stage.member(&speaker).track(&sid).unwrap().info.muted);
    assert_eq!(names(&speaker.told()), ["update", "mute"], "its button is put right");
}

#[test]
fn a_microphone_sent_as_screen_sound_is_held_too() {
    let mut stage = Stage::new(true);
    stage.order(user(1), true, HOST_MUTED);
    let mut speaker = stage.join(&user(1).to_string());
    let mut screen = microphone("s");
    screen.source = proto::TrackSource::ScreenShareAudio.into();
    let (track, _) = stage.publish(&mut speaker, screen);
    assert!(!stage.gate(track));
}

#[test]
fn a_track_that_starts_muted_is_the_persons_word() {
    let mut stage = Stage::new(true);
    stage.order(user(1), true, ALL);
    let mut speaker = stage.join(&user(1).to_string());
    let mut request = microphone("m");
    request.muted = true;
    let (track, _) = stage.publish(&mut speaker, request);
    assert!(!stage.gate(track));
    assert!(stage.facts.contains(&Seen::SelfMuted { media: Media::Audio, muted: true }));
}

#[test]
fn a_demotion_takes_the_tracks_down() {
    let (mut stage, mut speaker, mut viewer, track, sid) = on_air();
    stage.order(user(1), true, MediaGrant::NOTHING);
    assert!(stage.controls.contains(&Control::RemoveTrack { track }));
    let told = speaker.told();
    let Some(Told::TrackUnpublished(gone)) =
        told.iter().find(|told| matches!(told, Told::TrackUnpublished(_)))
    else {
        panic!("{told:?}")
    };
    assert_eq!(gone.track_sid, sid);
    assert_eq!(names(&told).last(), Some(&"refresh_token"));
    let seen = updates(&viewer.told());
    assert!(seen.last().unwrap().tracks.is_empty());
    assert!(stage.facts.contains(&Seen::Unpublished { source: onstage_domain::media::Source::Microphone }));
    stage.say(&speaker, Asked::AddTrack(microphone("again")));
    assert_eq!(names(&speaker.told()), ["request_response"]);
}

#[test]
fn versions_only_grow() {
    let (mut stage, speaker, mut viewer, _, sid) = on_air();
    for round in 0..6 {
        stage.say(&speaker, mute(&sid, round % 2 == 0));
    }
    let versions: Vec<u32> = updates(&viewer.told()).iter().map(|info| info.version).collect();
    assert_eq!(versions.len(), 6);
    assert!(versions.windows(2).all(|pair| pair[0] < pair[1]), "{versions:?}");
}
