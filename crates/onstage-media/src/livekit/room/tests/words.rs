//! What people say of themselves and whom they let receive them: with the right to say it, all of it or nothing.

use livekit_protocol::request_response::Reason;

use super::*;
use crate::livekit::description::METADATA_BYTES_MAX;

fn words(name: &str, metadata: &str, attributes: &[(&str, &str)]) -> Asked {
    let attributes = attributes.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Asked::UpdateMetadata(proto::UpdateParticipantMetadata {
        metadata: metadata.into(),
        name: name.into(),
        attributes: attributes.collect(),
        request_id: 3,
    })
}

fn reason(told: &[Told]) -> Reason {
    let response = told.iter().find_map(|message| match message {
        Told::RequestResponse(response) => Some(response),
        _ => None,
    });
    let response = response.expect("an answer");
    assert_eq!(response.request_id, 3);
    assert!(response.request.is_some(), "the request is echoed");
    response.reason()
}

#[test]
fn a_description_is_told_to_all_then_confirmed() {
    let mut stage = Stage::new(false);
    stage.may_describe = true;
    let mut ann = stage.join("ann");
    let mut bob = stage.join_single("bob");
    ann.told();
    stage.say(&ann, words("Ann A.", "m1", &[("hand", "up"), ("seat", "3")]));
    let told = ann.told();
    assert_eq!(names(&told), ["update", "refresh_token", "request_response"]);
    assert_eq!(reason(&told), Reason::Ok);
    let info = updates(&bob.told()).pop().unwrap();
    assert_eq!((info.name.as_str(), info.metadata.as_str()), ("Ann A.", "m1"));
    stage.say(&ann, words("", "", &[("hand", "")]));
    let info = updates(&bob.told()).pop().unwrap();
    assert_eq!((info.name.as_str(), info.metadata.as_str()), ("Ann A.", "m1"), "what is empty stays");
    let attributes: Vec<_> = info.attributes.iter().collect();
    assert_eq!(attributes, [(&"seat".to_owned(), &"3".to_owned())], "an empty value takes its name away");
}

#[test]
fn without_the_right_or_too_long_nothing_changes() {
    let mut stage = Stage::new(false);
    let mut ann = stage.join("ann");
    stage.say(&ann, words("Eve", "m", &[]));
    let told = ann.told();
    assert_eq!(names(&told), ["request_response"]);
    assert_eq!(reason(&told), Reason::NotAllowed);
    stage.may_describe = true;
    let mut bob = stage.join("bob");
    let long = "m".repeat(METADATA_BYTES_MAX + 1);
    let attributes = "v".repeat(crate::livekit::description::ATTRIBUTES_BYTES_MAX + 1);
    for asked in
        [words("B", &long, &[]), words(&"B".repeat(257), "m", &[]), words("B", "m", &[("hand", &attributes)])]
    {
        stage.say(&bob, asked);
        assert_eq!(reason(&bob.told()), Reason::LimitExceeded);
    }
    let member = stage.member(&bob);
    assert_eq!((member.name.as_str(), member.metadata.as_str(), member.attributes.len()), ("bob", "", 0));
}

#[test]
fn in_a_session_the_stage_names_people() {
    let mut stage = Stage::new(true);
    stage.may_describe = true;
    stage.order(user(1), true, ALL);
    let mut host = stage.join(&user(1).to_string());
    stage.say(&host, words("Eve", "m", &[]));
    assert_eq!(reason(&host.told()), Reason::NotAllowed);
}

#[test]
fn reaches_token_description_bytes_max() {
    let mut stage = Stage::new(false);
    stage.may_describe = true;
    let mut ann = stage.join("ann");
    let token = |told: &[Told]| {
        told.iter()
            .find_map(|message| match message {
                Told::RefreshToken(token) => Some(token.len()),
                _ => None,
            })
            .unwrap()
    };
    stage.say(&ann, words("", &"m".repeat(TOKEN_DESCRIPTION_BYTES_MAX), &[]));
    assert!(token(&ann.told()) > TOKEN_DESCRIPTION_BYTES_MAX);
    stage.say(&ann, words("", &"m".repeat(TOKEN_DESCRIPTION_BYTES_MAX + 1), &[]));
    assert!(token(&ann.told()) < TOKEN_DESCRIPTION_BYTES_MAX, "it stays out of the token");
}

fn only(entries: Vec<proto::TrackPermission>) -> Asked {
    Asked::SubscriptionPermission(proto::SubscriptionPermission {
        all_participants: false,
        track_permissions: entries,
    })
}

fn allowed(told: &[Told]) -> Vec<bool> {
    told.iter()
        .filter_map(|message| match message {
            Told::SubscriptionPermissionUpdate(update) => Some(update.allowed),
            _ => None,
        })
        .collect()
}

#[test]
fn a_persons_tracks_go_to_whom_they_name() {
    let mut stage = Stage::new(false);
    let mut ann = stage.join_single("ann");
    let mut bob = stage.join_single("bob");
    let mut cleo = stage.join("cleo");
    let (voice, voice_sid) = stage.publish(&mut ann, microphone("m"));
    let (face, _) = stage.publish(&mut ann, camera("c"));
    assert_eq!((allowed(&bob.told()), allowed(&cleo.told())), (vec![true, true], vec![true, true]));
    let to_bob = proto::TrackPermission {
        participant_identity: "bob".into(),
        track_sids: vec![voice_sid],
        ..proto::TrackPermission::default()
    };
    stage.controls.clear();
    stage.say(&ann, only(vec![to_bob]));
    let (bobs, cleos) = (stage.subscriber(&bob), stage.subscriber(&cleo));
    let ended: Vec<_> = stage
        .controls
        .iter()
        .filter_map(|control| match control {
            Control::Unsubscribe { peer, track } => Some((*peer, *track)),
            _ => None,
        })
        .collect();
    assert_eq!(ended, [(cleos, voice), (bobs, face), (cleos, face)]);
    assert_eq!((allowed(&bob.told()), allowed(&cleo.told())), (vec![false], vec![false, false]));
    let mut late = stage.join_single("dan");
    assert!(stage.member(&late).subscribed.is_empty(), "who comes later is not named either");
    stage.publish(&mut ann, microphone("m2"));
    assert_eq!(allowed(&late.told()), [false], "told once for each track");
    let everybody = proto::SubscriptionPermission { all_participants: true, track_permissions: Vec::new() };
    stage.say(&ann, Asked::SubscriptionPermission(everybody.clone()));
    assert_eq!(allowed(&late.told()), [true, true, true]);
    assert_eq!(stage.member(&cleo).subscribed.len(), 3);
    stage.controls.clear();
    stage.say(&ann, Asked::SubscriptionPermission(everybody));
    assert!(stage.controls.is_empty(), "said again, as clients do at each connection");
}

#[test]
fn a_choice_stays_under_the_owners_word() {
    let mut stage = Stage::new(false);
    let mut ann = stage.join("ann");
    let mut bob = stage.join("bob");
    let (_, sid) = stage.publish(&mut ann, microphone("m"));
    stage.say(&ann, only(Vec::new()));
    bob.told();
    let choose = proto::UpdateSubscription { track_sids: vec![sid], subscribe: true, ..Default::default() };
    stage.say(&bob, Asked::Subscription(choose));
    assert!(stage.member(&bob).subscribed.is_empty());
    assert!(bob.told().is_empty(), "it is withheld as before");
}

#[test]
fn reaches_audience_max() {
    let mut stage = Stage::new(false);
    let mut ann = stage.join("ann");
    let bob = stage.join("bob");
    stage.publish(&mut ann, microphone("m"));
    let entry = proto::TrackPermission {
        participant_identity: "bob".into(),
        all_tracks: true,
        ..proto::TrackPermission::default()
    };
    stage.say(&ann, only(vec![entry.clone(); AUDIENCE_MAX]));
    assert_eq!(stage.member(&bob).subscribed.len(), 1);
    stage.say(&ann, only(vec![entry; AUDIENCE_MAX + 1]));
    assert!(stage.member(&bob).subscribed.is_empty(), "nothing is given by mistake");
}

#[test]
fn what_a_sound_may_use_is_handed_on() {
    let mut stage = Stage::new(false);
    let client = stage.join("ann");
    let sound = |stage: &Stage| {
        let expected = stage.controls.iter().rev().find_map(|control| match control {
            Control::ExpectTrack { description, .. } => Some(description.sound),
            _ => None,
        });
        let sound = expected.unwrap();
        (sound.has_redundancy, sound.is_stereo, sound.has_dtx)
    };
    stage.say(&client, Asked::AddTrack(microphone("plain")));
    assert_eq!(sound(&stage), (true, false, true));
    let music = proto::AddTrackRequest {
        disable_red: true,
        audio_features: vec![
            proto::AudioTrackFeature::TfStereo.into(),
            proto::AudioTrackFeature::TfNoDtx.into(),
        ],
        ..microphone("music")
    };
    stage.say(&client, Asked::AddTrack(music));
    assert_eq!(sound(&stage), (false, true, false));
    let older = proto::AddTrackRequest { stereo: true, disable_dtx: true, ..microphone("older") };
    stage.say(&client, Asked::AddTrack(older));
    assert_eq!(sound(&stage), (true, true, false));
}

#[test]
fn reaches_stream_bytes_max() {
    let mut stage = Stage::new(false);
    let mut client = stage.join("ann");
    let mut named = |stage: &mut Stage, cid: &str, length: usize| {
        let request = proto::AddTrackRequest { stream: "s".repeat(length), ..microphone(cid) };
        let (_, sid) = stage.publish(&mut client, request);
        stage.member(&client).track(&sid).unwrap().info.stream.clone()
    };
    assert_eq!(named(&mut stage, "a", STREAM_BYTES_MAX).len(), STREAM_BYTES_MAX);
    assert_eq!(
        named(&mut stage, "b", STREAM_BYTES_MAX + 1),
        "camera",
        "a long name is not the client's to give"
    );
}

#[test]
fn who_joins_first_knows_the_mark_of_an_encrypted_room() {
    let mut stage = Stage::new(false);
    let told = stage.knock("ann", &[]).told();
    let Some(Told::Join(join)) = told.first() else { panic!("{told:?}") };
    assert!(!join.sif_trailer.is_empty());
}

#[test]
fn test_suites_see_their_next_resume_fail_once() {
    use proto::simulate_scenario::Scenario;
    for (scenario, first) in [
        (
            Scenario::DisconnectSignalOnResume(true),
            vec!["reconnect", "update", "room_update", "refresh_token"],
        ),
        (Scenario::DisconnectSignalOnResumeNoMessages(true), Vec::new()),
    ] {
        let mut stage = Stage::new(false);
        let client = stage.join("ann");
        stage.say(&client, Asked::Simulate(proto::SimulateScenario { scenario: Some(scenario) }));
        let again = [("reconnect", "1"), ("sid", client.sid.as_str())];
        let mut cut = stage.knock("ann", &again);
        assert_eq!(names(&cut.told()), first);
        assert!(stage.member(&client).connection.is_none(), "the socket is closed");
        let mut back = stage.knock("ann", &again);
        assert_eq!(names(&back.told())[0], "reconnect");
        assert!(stage.member(&client).connection.is_some());
    }
    let mut stage = Stage::new(false);
    let client = stage.join("ann");
    let peer = stage.subscriber(&client);
    for (limit, bits_per_second_max) in [(300_000, Some(300_000)), (0, None), (-1, None)] {
        let scenario = Some(Scenario::SubscriberBandwidth(limit));
        stage.say(&client, Asked::Simulate(proto::SimulateScenario { scenario }));
        assert_eq!(stage.controls.last(), Some(&Control::LimitPeer { peer, bits_per_second_max }));
    }
}
