//! One connection for both ways: what a client says with its join, in which order it is answered, and nothing of the dual layout.

use onstage_sfu::{EndReason, MidTrack, PeerRole};

use super::*;

fn offers(stage: &Stage) -> Vec<(PeerKey, u32)> {
    let offer = |control: &Control| match control {
        Control::AcceptOffer { peer, offer_id, .. } => Some((*peer, *offer_id)),
        _ => None,
    };
    stage.controls.iter().filter_map(offer).collect()
}

/// Words that are only for peers for which we make the offers.
fn dual_words(stage: &Stage) -> usize {
    let dual = |control: &&Control| {
        matches!(
            control,
            Control::Negotiate { .. } | Control::RestartIce { .. } | Control::AcceptAnswer { .. }
        )
    };
    stage.controls.iter().filter(dual).count()
}

#[test]
fn the_offer_of_the_join_is_taken_after_everything_that_runs() {
    let mut stage = Stage::new(false);
    let mut host = stage.join("ann");
    let (track, sid) = stage.publish(&mut host, camera("c"));
    stage.controls.clear();
    let mut client = stage.knock_single("bob", Opening { offer: Some(offer(1)), ..Opening::default() });
    let told = client.told();
    assert_eq!(names(&told), ["join", "refresh_token", "subscription_permission_update"]);
    let Told::Join(join) = &told[0] else { panic!("{told:?}") };
    assert!(!join.subscriber_primary && join.fast_publish);
    client.sid = join.participant.clone().unwrap().sid;
    let peer = stage.subscriber(&client);
    let order: Vec<&Control> = stage.controls.iter().collect();
    assert!(matches!(order[0], Control::OpenPeer { role: PeerRole::Single, .. }), "{order:?}");
    assert_eq!(order[1], &Control::Subscribe { peer, track });
    assert_eq!(offers(&stage), [(peer, 1)]);
    assert_eq!(dual_words(&stage), 0);
    let mid = MidTrack { mid: "3".into(), track, msid_track: sid.clone() };
    stage.notice(Notice::Answer {
        peer,
        offer_id: 1,
        sdp: "v=0".into(),
        tracks: Vec::new(),
        mid_to_track: vec![mid],
    });
    let told = client.told();
    let Some(Told::Answer(answer)) = told.first() else { panic!("{told:?}") };
    assert_eq!((answer.id, answer.mid_to_track_id["3"].as_str()), (1, sid.as_str()));
}

#[test]
fn a_client_that_offers_later_is_waited_for() {
    let mut stage = Stage::new(false);
    let mut firefox = stage.knock_single("fox", Opening::default());
    assert_eq!(names(&firefox.told()), ["join", "refresh_token"]);
    assert!(offers(&stage).is_empty());
    let candidate_init = r#"{"candidate":"candidate:1"}"#.to_owned();
    stage.say(&firefox, Asked::Trickle(proto::TrickleRequest { candidate_init, target: 0, r#final: false }));
    assert!(!stage.controls.iter().any(|control| matches!(control, Control::RemoteCandidate { .. })));
    stage.say(&firefox, Asked::Offer(offer(1)));
    let peer = offers(&stage)[0].0;
    assert!(matches!(
        stage.controls.last(),
        Some(Control::RemoteCandidate { peer: about, .. }) if *about == peer
    ));
    let opened = stage.controls.iter().filter(|control| matches!(control, Control::OpenPeer { .. })).count();
    assert_eq!(opened, 1, "the only connection serves as publisher too");
}

#[test]
fn tracks_may_be_announced_with_the_join() {
    let mut stage = Stage::new(false);
    let opening = Opening { tracks: vec![microphone("m")], offer: Some(offer(1)), ..Opening::default() };
    let mut client = stage.knock_single("ann", opening);
    assert_eq!(names(&client.told()), ["join", "refresh_token", "track_published"]);
    let expected = stage.controls.iter().position(|control| matches!(control, Control::ExpectTrack { .. }));
    let offered = stage.controls.iter().position(|control| matches!(control, Control::AcceptOffer { .. }));
    assert!(expected.unwrap() < offered.unwrap(), "a track is expected before the offer that carries it");
}

#[test]
fn missing_lines_are_asked_for_after_their_tracks_are_known() {
    let mut stage = Stage::new(false);
    let mut viewer = stage.join_single("vic");
    let mut host = stage.join_single("ann");
    viewer.told();
    let (track, sid) = stage.publish(&mut host, camera("c"));
    let peer = stage.subscriber(&viewer);
    stage.notice(Notice::SectionsNeeded { peer, audios: 0, videos: 1 });
    let told = viewer.told();
    assert_eq!(names(&told), ["update", "subscription_permission_update", "media_sections_requirement"]);
    let Some(Told::MediaSectionsRequirement(missing)) = told.last() else { panic!("{told:?}") };
    assert_eq!((missing.num_audios, missing.num_videos), (0, 1));
    stage.say(&viewer, Asked::Offer(offer(2)));
    assert_eq!(offers(&stage).last(), Some(&(peer, 2)));
    let mid = MidTrack { mid: "4".into(), track, msid_track: sid };
    stage.notice(Notice::Answer {
        peer,
        offer_id: 2,
        sdp: "v=0".into(),
        tracks: Vec::new(),
        mid_to_track: vec![mid],
    });
    assert_eq!(names(&viewer.told()), ["answer"]);
    assert_eq!(dual_words(&stage), 0);
}

#[test]
fn the_only_connection_is_closed_once_and_its_end_is_the_end() {
    let mut stage = Stage::new(false);
    let mut client = stage.join_single("ann");
    let peer = stage.subscriber(&client);
    stage.controls.clear();
    stage.say(&client, Asked::Leave(proto::LeaveRequest::default()));
    let closed = stage.controls.iter().filter(|control| **control == Control::ClosePeer { peer }).count();
    assert_eq!(closed, 1);
    client = stage.join_single("ann");
    let peer = stage.subscriber(&client);
    stage.notice(Notice::PeerEnded { peer, reason: EndReason::IceTimeout });
    let (reason, action) = leave_of(&client.told()).expect("told to come back");
    assert_eq!(reason, proto::DisconnectReason::ConnectionTimeout);
    assert_eq!(action, proto::leave_request::Action::Reconnect);
    assert_eq!(stage.room.present(), 0);
}

#[test]
fn a_resume_keeps_the_connection_and_waits_for_its_offer() {
    let mut stage = Stage::new(false);
    let mut host = stage.join_single("ann");
    let (_, sid) = stage.publish(&mut host, microphone("m"));
    let connection = host.connection;
    stage.tell(RoomInput::Gone(connection));
    stage.controls.clear();
    let query = JoinQuery {
        single: true,
        auto_subscribe: true,
        reconnect: true,
        participant_sid: host.sid.clone(),
        ..JoinQuery::default()
    };
    let published = proto::TrackPublishedResponse {
        cid: "m".into(),
        track: Some(proto::TrackInfo { sid, ..proto::TrackInfo::default() }),
    };
    let state = proto::SyncState { publish_tracks: vec![published], ..proto::SyncState::default() };
    let opening = Opening { offer: Some(offer(7)), sync_state: Some(state), ..Opening::default() };
    let mut back = stage.arrive("ann", query.clone(), opening);
    assert_eq!(names(&back.told()), ["reconnect", "update", "room_update", "refresh_token"]);
    assert_eq!((offers(&stage).len(), dual_words(&stage)), (1, 0));
    let unknown = proto::TrackPublishedResponse {
        cid: "x".into(),
        track: Some(proto::TrackInfo { sid: "TR_gone".into(), ..proto::TrackInfo::default() }),
    };
    let state = proto::SyncState { publish_tracks: vec![unknown], ..proto::SyncState::default() };
    let mut astray = stage.arrive("ann", query, Opening { sync_state: Some(state), ..Opening::default() });
    let told = astray.told();
    assert_eq!(leave_of(&told).unwrap().1, proto::leave_request::Action::Reconnect, "{told:?}");
}

#[test]
fn a_session_of_one_layout_is_not_resumed_in_the_other() {
    let mut stage = Stage::new(false);
    let client = stage.join_single("ann");
    let mut old = stage.knock("ann", &[("reconnect", "1"), ("sid", &client.sid)]);
    let told = old.told();
    assert_eq!(names(&told), ["leave"]);
    assert_eq!(leave_of(&told).unwrap().0, proto::DisconnectReason::StateMismatch);
}
