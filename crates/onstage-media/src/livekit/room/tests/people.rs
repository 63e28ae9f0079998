//! Joining, replacing, resuming, leaving, being put out.

use livekit_protocol::DisconnectReason as Why;
use livekit_protocol::leave_request::Action;

use super::*;

#[test]
fn a_join_says_everything_a_client_needs_first() {
    let mut stage = Stage::new(true);
    stage.order(user(1), true, ALL);
    let mut client = stage.knock(&user(1).to_string(), &[]);
    let told = client.told();
    assert_eq!(names(&told), ["join", "refresh_token"]);
    let Told::Join(join) = &told[0] else { panic!("{told:?}") };
    assert!(join.subscriber_primary && join.fast_publish);
    assert_eq!((join.ping_timeout, join.ping_interval, join.server_version.as_str()), (15, 5, "1.13.5"));
    assert_eq!(join.server_info.as_ref().unwrap().protocol, 17);
    let mimes: Vec<_> = join.enabled_publish_codecs.iter().map(|codec| codec.mime.as_str()).collect();
    assert_eq!(
        mimes,
        ["video/VP8", "video/H264", "video/VP9", "video/AV1", "audio/opus", "audio/red"],
        "what is routed, the one that everybody plays first"
    );
    let room = join.room.as_ref().unwrap();
    assert!(room.sid.starts_with("RM_") && room.turn_password.is_empty() && join.ice_servers.is_empty());
    let own = join.participant.as_ref().unwrap();
    let permission = own.permission.as_ref().unwrap();
    assert!(own.sid.starts_with("PA_") && permission.can_publish && permission.can_publish_data);
    assert!(!permission.can_update_metadata);
    assert!(matches!(stage.controls[1], Control::OpenPeer { role: onstage_sfu::PeerRole::Subscriber, .. }));
    assert!(matches!(stage.controls.last(), Some(Control::Negotiate { .. })), "an offer even without tracks");
}

#[test]
fn people_without_an_order_watch_whatever_their_token_says() {
    let mut stage = Stage::new(true);
    let mut client = stage.knock(&user(1).to_string(), &[]);
    let told = client.told();
    let Told::Join(join) = &told[0] else { panic!("{told:?}") };
    let permission = join.participant.clone().unwrap().permission.unwrap();
    assert!(permission.can_subscribe && !permission.can_publish && !permission.can_publish_data);
    assert!(!join.fast_publish);
    let mut open = Stage::new(false);
    let mut other = open.knock("anybody", &[]);
    let told = other.told();
    let Told::Join(join) = &told[0] else { panic!("{told:?}") };
    assert!(
        join.participant.clone().unwrap().permission.unwrap().can_publish,
        "without a session the token counts"
    );
}

#[test]
fn the_denied_are_put_out_and_stay_out() {
    let mut stage = Stage::new(true);
    stage.order(user(1), true, ALL);
    let mut host = stage.join(&user(2).to_string());
    let mut client = stage.join(&user(1).to_string());
    let (track, _) = stage.publish(&mut client, microphone("m"));
    host.told();
    let (subscriber, publisher) = (stage.subscriber(&client), stage.publisher(&client));
    stage.facts.clear();
    stage.order(user(1), false, MediaGrant::NOTHING);
    assert_eq!(leave_of(&client.told()), Some((Why::ParticipantRemoved, Action::Disconnect)));
    for peer in [subscriber, publisher] {
        assert!(stage.controls.contains(&Control::ClosePeer { peer }), "{peer:?} is closed");
    }
    assert_eq!(
        stage.facts,
        [Seen::Unpublished { source: onstage_domain::media::Source::Microphone }, Seen::Lost]
    );
    let gone = updates(&host.told()).pop().unwrap();
    assert_eq!(
        (gone.state(), gone.disconnect_reason()),
        (proto::participant_info::State::Disconnected, Why::ParticipantRemoved)
    );
    assert!(!stage.room.owners.contains_key(&track));
    let mut again = stage.knock(&user(1).to_string(), &[]);
    let told = again.told();
    assert_eq!(names(&told), ["leave"]);
    stage.order(user(1), true, MediaGrant::NOTHING);
    let mut back = stage.knock(&user(1).to_string(), &[]);
    assert_eq!(names(&back.told())[0], "join", "allowed back");
}

#[test]
fn the_same_identity_replaces_the_earlier_one_without_being_lost() {
    let mut stage = Stage::new(true);
    stage.order(user(1), true, ALL);
    let mut first = stage.join(&user(1).to_string());
    let second = stage.join(&user(1).to_string());
    assert_eq!(leave_of(&first.told()), Some((Why::DuplicateIdentity, Action::Disconnect)));
    assert_ne!(first.sid, second.sid);
    assert_eq!(stage.room.present(), 1);
    let connected = stage.facts.iter().filter(|fact| **fact == Seen::Connected).count();
    assert_eq!(connected, 2, "the later one is told as well: {:?}", stage.facts);
    assert!(!stage.facts.contains(&Seen::Lost));
}

#[test]
fn choices_stay_over_a_resume_and_are_made_anew_by_who_joins_anew() {
    let mut stage = Stage::new(false);
    let mut host = stage.join("ann");
    let (track, sid) = stage.publish(&mut host, camera("c"));
    let viewer = stage.join("vic");
    let without = proto::UpdateSubscription { track_sids: vec![sid], subscribe: false, ..Default::default() };
    let nobody = proto::SubscriptionPermission { all_participants: false, ..Default::default() };
    stage.say(&viewer, Asked::Subscription(without.clone()));
    stage.tell(RoomInput::Gone(viewer.connection));
    stage.knock("vic", &[("reconnect", "1"), ("sid", &viewer.sid)]);
    assert!(!stage.member(&viewer).subscribed.contains(&track));
    // A full reconnect is a join: livekit-client has forgotten its choice as well, and shows the track.
    let anew = stage.join("vic");
    assert!(stage.member(&anew).subscribed.contains(&track));
    stage.say(&anew, Asked::Subscription(without));
    assert!(!stage.member(&anew).subscribed.contains(&track));
    // What it says again before it publishes again holds from the first moment.
    let mut host = stage.join("ann");
    stage.say(&host, Asked::SubscriptionPermission(nobody));
    let (track, _) = stage.publish(&mut host, camera("c"));
    assert!(!stage.member(&anew).subscribed.contains(&track));
}

#[test]
fn a_resume_begins_with_reconnect_and_restarts_ice() {
    let mut stage = Stage::new(true);
    stage.order(user(1), true, ALL);
    let client = stage.join(&user(1).to_string());
    stage.tell(RoomInput::Gone(client.connection));
    assert_eq!(stage.room.present(), 1, "held");
    let mut back = stage.knock(&user(1).to_string(), &[("reconnect", "1"), ("sid", &client.sid)]);
    let told = back.told();
    assert_eq!(names(&told), ["reconnect", "update", "room_update", "refresh_token"]);
    assert!(updates(&told).iter().any(|info| info.sid == client.sid), "oneself included");
    let peer = stage.subscriber(&client);
    assert_eq!(stage.controls.last(), Some(&Control::RestartIce { peer }));
    stage.pass(HOLD_WITHOUT_SIGNAL * 2);
    assert_eq!(stage.room.present(), 1, "back is back");
    assert!(!stage.facts.contains(&Seen::Lost));
}

#[test]
fn an_unknown_resume_is_sent_to_a_full_reconnect() {
    let mut stage = Stage::new(true);
    let client = stage.join(&user(1).to_string());
    for (identity, sid) in [(user(2), client.sid.as_str()), (user(1), "PA_older"), (user(1), "")] {
        let mut knock = stage.knock(&identity.to_string(), &[("reconnect", "1"), ("sid", sid)]);
        let told = knock.told();
        assert_eq!(names(&told), ["leave"], "the first message, and the only one");
        assert_eq!(leave_of(&told), Some((Why::StateMismatch, Action::Reconnect)));
    }
    assert_eq!(stage.room.present(), 1, "the one who is in was not touched");
}

#[test]
fn a_sync_of_unknown_tracks_means_a_full_reconnect() {
    let mut stage = Stage::new(false);
    let mut client = stage.join("ann");
    let unknown = proto::TrackInfo { sid: "TR_unknown".into(), ..proto::TrackInfo::default() };
    let published = proto::TrackPublishedResponse { cid: "c".into(), track: Some(unknown) };
    let state = proto::SyncState { publish_tracks: vec![published], ..proto::SyncState::default() };
    stage.say(&client, Asked::SyncState(state));
    assert_eq!(leave_of(&client.told()), Some((Why::StateMismatch, Action::Reconnect)));
}

#[test]
fn a_leave_is_the_end_of_the_participant() {
    let mut stage = Stage::new(true);
    stage.order(user(1), true, ALL);
    let client = stage.join(&user(1).to_string());
    stage.say(&client, Asked::Leave(proto::LeaveRequest::default()));
    assert_eq!(stage.room.present(), 0);
    assert_eq!(stage.facts.last(), Some(&Seen::Lost));
}

#[test]
fn who_never_arrives_goes_after_a_minute() {
    let mut stage = Stage::new(false);
    let mut client = stage.knock("ann", &[]);
    client.told();
    stage.pass(JOIN_WITHIN - Duration::from_secs(1));
    assert_eq!(stage.room.present(), 1);
    stage.pass(Duration::from_secs(2));
    assert_eq!(leave_of(&client.told()), Some((Why::JoinFailure, Action::Disconnect)));
    let socket_only = stage.knock("bob", &[]);
    stage.tell(RoomInput::Gone(socket_only.connection));
    assert_eq!(stage.room.present(), 0, "nobody is held who never had media");
}

#[test]
fn a_lost_socket_is_held_while_media_may_come_back() {
    let mut stage = Stage::new(true);
    let client = stage.join(&user(1).to_string());
    let peer = stage.subscriber(&client);
    stage.tell(RoomInput::Gone(client.connection));
    stage.pass(HOLD_WITHOUT_MEDIA + Duration::from_secs(1));
    assert_eq!(stage.room.present(), 1, "media still flows");
    stage.notice(Notice::PeerDisconnected { peer });
    assert_eq!(stage.facts[stage.facts.len() - 2..], [Seen::Lost, Seen::Quality { score: 3 }]);
    stage.pass(HOLD_WITHOUT_MEDIA - Duration::from_secs(1));
    assert_eq!(stage.room.present(), 1);
    stage.notice(Notice::PeerConnected { peer });
    assert_eq!(stage.facts[stage.facts.len() - 2..], [Seen::Connected, Seen::Quality { score: 2 }]);
    stage.pass(HOLD_WITHOUT_SIGNAL);
    assert_eq!(stage.room.present(), 0);
    assert_eq!(stage.facts.last(), Some(&Seen::Lost));
}

#[test]
fn tokens_are_refreshed_in_band() {
    let mut stage = Stage::new(false);
    let mut client = stage.join("ann");
    stage.pass(TOKEN_EVERY - Duration::from_secs(1));
    assert!(!names(&client.told()).contains(&"refresh_token"));
    stage.pass(Duration::from_secs(2));
    assert_eq!(names(&client.told()), ["refresh_token"]);
}

#[test]
fn the_end_of_the_session_is_told_to_all() {
    let mut stage = Stage::new(true);
    let mut client = stage.join(&user(1).to_string());
    stage.room.end(Ending::Deleted);
    stage.collect();
    assert_eq!(leave_of(&client.told()), Some((Why::RoomDeleted, Action::Disconnect)));
    assert_eq!(stage.controls.last(), Some(&Control::CloseRoom { room: RoomKey(5) }));
    let mut other = Stage::new(true);
    let mut client = other.join(&user(1).to_string());
    other.room.end(Ending::Shutdown);
    assert_eq!(leave_of(&client.told()), Some((Why::ServerShutdown, Action::Reconnect)));
}

#[test]
fn viewers_of_a_session_are_not_shown_to_each_other_until_they_go_on_stage() {
    let mut stage = Stage::new(true);
    let mut watcher = stage.join(&user(1).to_string());
    let guest = stage.join(&user(2).to_string());
    assert!(updates(&watcher.told()).is_empty());
    stage.order(user(2), true, ALL);
    let seen = updates(&watcher.told());
    assert!(seen.iter().any(|info| info.sid == guest.sid && info.permission.as_ref().unwrap().can_publish));
}

#[test]
fn a_room_without_session_and_people_is_given_up() {
    let mut stage = Stage::new(false);
    let client = stage.join("ann");
    stage.pass(EMPTY_ROOM_STAYS * 2);
    assert!(!stage.room.is_abandoned(stage.now), "somebody is in");
    stage.say(&client, Asked::Leave(proto::LeaveRequest::default()));
    stage.pass(EMPTY_ROOM_STAYS - Duration::from_secs(1));
    assert!(!stage.room.is_abandoned(stage.now));
    stage.pass(Duration::from_secs(2));
    assert!(stage.room.is_abandoned(stage.now));
    assert!(!Stage::new(true).room.is_abandoned(stage.now), "a session's room stays");
}

#[test]
fn pings_are_answered_and_metadata_is_refused_at_once() {
    let mut stage = Stage::new(false);
    let mut client = stage.join("ann");
    stage.say(&client, Asked::Ping(7));
    stage.say(&client, Asked::PingReq(proto::Ping { timestamp: 7, rtt: 1 }));
    let update =
        proto::UpdateParticipantMetadata { request_id: 3, name: "Queen".into(), ..Default::default() };
    stage.say(&client, Asked::UpdateMetadata(update));
    let told = client.told();
    assert_eq!(names(&told), ["pong", "pong_resp", "request_response"]);
    let Told::PongResp(pong) = &told[1] else { panic!("{told:?}") };
    assert_eq!(pong.last_ping_timestamp, 7);
    let Told::RequestResponse(refusal) = &told[2] else { panic!("{told:?}") };
    assert_eq!((refusal.request_id, refusal.reason()), (3, proto::request_response::Reason::NotAllowed));
}

#[test]
fn the_number_of_people_is_told_when_it_changed() {
    let mut stage = Stage::new(true);
    let mut viewer = stage.join(&user(1).to_string());
    stage.join(&user(2).to_string());
    stage.pass(COUNTS_EVERY);
    let told = viewer.told();
    let [Told::RoomUpdate(update)] = told.as_slice() else { panic!("{told:?}") };
    assert_eq!(update.room.as_ref().unwrap().num_participants, 2, "though viewers are not listed");
    stage.pass(COUNTS_EVERY);
    assert!(viewer.told().is_empty(), "nothing changed");
}

#[test]
fn others_see_a_lost_connection_and_its_owner_is_not_told() {
    let mut stage = Stage::new(false);
    let mut other = stage.join("bob");
    let mut client = stage.join("ann");
    other.told();
    let peer = stage.subscriber(&client);
    stage.notice(Notice::PeerDisconnected { peer });
    let told = other.told();
    let [Told::ConnectionQuality(update)] = told.as_slice() else { panic!("{told:?}") };
    assert_eq!(update.updates[0].quality(), proto::ConnectionQuality::Lost);
    assert!(client.told().is_empty(), "livekit-client would start anew");
}

#[test]
fn who_is_on_the_way_in_counts_until_media_is_up_or_there_is_no_hope_of_it() {
    let mut stage = Stage::new(false);
    let ann = stage.join("ann");
    assert_eq!(stage.half_open.taken(), 0, "media is up");
    let again = stage.knock("ann", &[("reconnect", "1"), ("sid", &ann.sid)]);
    assert_eq!(stage.half_open.taken(), 0, "who resumes was in before");
    stage.knock("bob", &[]);
    stage.knock("bob", &[]);
    stage.knock("cid", &[]);
    assert_eq!(stage.half_open.taken(), 2, "the same person again takes the place of the last");
    let peer = stage.room.members.values().find(|member| member.identity == "bob").unwrap().subscriber;
    stage.notice(Notice::PeerEnded { peer, reason: onstage_sfu::EndReason::NeverConnected });
    assert_eq!(stage.half_open.taken(), 1);
    drop(stage.room);
    assert_eq!(stage.half_open.taken(), 0);
    drop(again);
}
