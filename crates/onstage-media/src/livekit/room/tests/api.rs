//! Catches a call of the room service that gives more than the stage allows, changes half, or tells nobody.

use std::collections::HashMap;

use onstage_sfu::DataChannel;
use tokio::sync::oneshot;

use super::super::api::{API_DATA_BYTES_MAX, API_NAMES_MAX};
use super::*;
use crate::livekit::description::METADATA_BYTES_MAX;

fn call(stage: &mut Stage, ask: RoomAsk) -> Result<RoomAnswer, RoomRefusal> {
    let (answer, mut answered) = oneshot::channel();
    stage.tell(RoomInput::Called(RoomCall { ask, answer }));
    answered.try_recv().expect("answered at once")
}

fn mute(identity: &str, track_sid: &str, muted: bool) -> RoomAsk {
    let (identity, track_sid) = (identity.to_owned(), track_sid.to_owned());
    RoomAsk::Mute(proto::MuteRoomTrackRequest { room: "show".into(), identity, track_sid, muted })
}

fn update(identity: &str, change: impl FnOnce(&mut proto::UpdateParticipantRequest)) -> RoomAsk {
    let mut request = proto::UpdateParticipantRequest {
        room: "show".into(),
        identity: identity.into(),
        ..proto::UpdateParticipantRequest::default()
    };
    change(&mut request);
    RoomAsk::Update(Box::new(request))
}

fn everything() -> proto::ParticipantPermission {
    proto::ParticipantPermission {
        can_subscribe: true,
        can_publish: true,
        can_publish_data: true,
        can_update_metadata: true,
        ..proto::ParticipantPermission::default()
    }
}

fn muted_of(answer: Result<RoomAnswer, RoomRefusal>) -> bool {
    let Ok(RoomAnswer::Track(track)) = answer else { panic!("no track: {answer:?}") };
    track.muted
}

fn person_of(answer: Result<RoomAnswer, RoomRefusal>) -> proto::ParticipantInfo {
    let Ok(RoomAnswer::Person(person)) = answer else { panic!("no person: {answer:?}") };
    *person
}

fn room_of(answer: Result<RoomAnswer, RoomRefusal>) -> proto::Room {
    let Ok(RoomAnswer::Room(room)) = answer else { panic!("no room: {answer:?}") };
    *room
}

/// A session with one person on stage who speaks.
fn on_stage() -> (Stage, Client, TrackKey, String) {
    let mut stage = Stage::new(true);
    stage.order(user(1), true, ALL);
    let mut client = stage.join(&user(1).to_string());
    let (track, sid) = stage.publish(&mut client, microphone("mic"));
    client.told();
    (stage, client, track, sid)
}

#[test]
fn in_a_session_a_mute_closes_the_gate_and_the_stage_hears_of_it() {
    let (mut stage, mut client, track, sid) = on_stage();
    let identity = user(1).to_string();
    assert!(muted_of(call(&mut stage, mute(&identity, &sid, true))));
    assert!(!stage.gate(track));
    assert!(
        stage.facts.contains(&Seen::SelfMuted { media: onstage_domain::media::Media::Audio, muted: true })
    );
    assert!(client.told().iter().any(|told| matches!(told, Told::Mute(mute) if mute.muted)));
    // The person's own way back is open.
    stage.say(&client, Asked::Mute(proto::MuteTrackRequest { sid, muted: false }));
    assert!(stage.gate(track));
}

#[test]
fn in_a_session_no_call_opens_a_microphone() {
    let (mut stage, client, track, sid) = on_stage();
    let identity = user(1).to_string();
    stage.say(&client, Asked::Mute(proto::MuteTrackRequest { sid: sid.clone(), muted: true }));
    assert_eq!(
        call(&mut stage, mute(&identity, &sid, false)),
        Err(RoomRefusal::StageDecides),
        "its own mute"
    );
    stage.say(&client, Asked::Mute(proto::MuteTrackRequest { sid: sid.clone(), muted: false }));
    stage.order(user(1), true, MediaGrant { host_muted_audio: true, ..ALL });
    assert_eq!(
        call(&mut stage, mute(&identity, &sid, false)),
        Err(RoomRefusal::StageDecides),
        "a host's mute"
    );
    stage.order(user(1), true, ALL);
    call(&mut stage, mute(&identity, &sid, true)).unwrap();
    assert_eq!(
        call(&mut stage, mute(&identity, &sid, false)),
        Err(RoomRefusal::StageDecides),
        "a call's mute"
    );
    assert!(!stage.gate(track));
}

#[test]
fn in_a_session_no_call_changes_what_somebody_may_do() {
    let mut stage = Stage::new(true);
    let viewer = stage.join(&user(2).to_string());
    let before = stage.member(&viewer).permission;
    let change = update(&user(2).to_string(), |request| {
        request.permission = Some(everything());
        request.name = "somebody else".into();
    });
    assert_eq!(call(&mut stage, change), Err(RoomRefusal::StageDecides));
    assert_eq!(stage.member(&viewer).permission, before);
    assert_ne!(stage.member(&viewer).name, "somebody else", "nothing is half done");
    let described = update(&user(2).to_string(), |request| request.metadata = "m".into());
    assert_eq!(person_of(call(&mut stage, described)).metadata, "m");
    assert_eq!(stage.member(&viewer).permission, before);
}

#[test]
fn in_a_session_the_room_is_as_its_order_made_it() {
    let mut stage = Stage::new(true);
    let request = proto::CreateRoomRequest {
        name: "show".into(),
        max_participants: 1,
        empty_timeout: 1,
        metadata: "m".into(),
        ..proto::CreateRoomRequest::default()
    };
    let room = room_of(call(&mut stage, RoomAsk::Settle(Box::new(request))));
    assert_eq!((room.max_participants, room.empty_timeout, room.metadata.as_str()), (0, 0, ""));
    stage.join(&user(1).to_string());
    stage.join(&user(2).to_string());
    assert_eq!(stage.room.present(), 2, "the stage counts its seats");
}

#[test]
fn a_removal_ends_media_and_is_told_to_the_stage_as_a_loss() {
    let (mut stage, mut client, _, _) = on_stage();
    assert_eq!(call(&mut stage, RoomAsk::Remove(user(1).to_string())), Ok(RoomAnswer::Done));
    assert_eq!(leave_of(&client.told()).unwrap().0, proto::DisconnectReason::ParticipantRemoved);
    assert!(stage.facts.contains(&Seen::Lost));
    assert_eq!(call(&mut stage, RoomAsk::Remove(user(1).to_string())), Err(RoomRefusal::NoParticipant));
}

#[test]
fn a_call_takes_back_its_own_mute_and_no_other() {
    let mut stage = Stage::new(false);
    let mut client = stage.join("ann");
    let (track, sid) = stage.publish(&mut client, microphone("mic"));
    assert!(muted_of(call(&mut stage, mute("ann", &sid, true))));
    // livekit-client says it back.
    stage.say(&client, Asked::Mute(proto::MuteTrackRequest { sid: sid.clone(), muted: true }));
    assert!(!muted_of(call(&mut stage, mute("ann", &sid, false))));
    assert!(stage.gate(track));
    // Corrections, 19: the client first says "muted" again.
    stage.say(&client, Asked::Mute(proto::MuteTrackRequest { sid: sid.clone(), muted: true }));
    assert!(stage.gate(track), "the bounce is swallowed");
    call(&mut stage, mute("ann", &sid, true)).unwrap();
    stage.say(&client, Asked::Mute(proto::MuteTrackRequest { sid: sid.clone(), muted: false }));
    stage.say(&client, Asked::Mute(proto::MuteTrackRequest { sid: sid.clone(), muted: true }));
    assert_eq!(call(&mut stage, mute("ann", &sid, false)), Err(RoomRefusal::OwnMute), "now it is her own");
    assert!(!stage.gate(track));
    assert_eq!(call(&mut stage, mute("ann", "TR_none", true)), Err(RoomRefusal::NoTrack));
    assert_eq!(call(&mut stage, mute("nobody", &sid, true)), Err(RoomRefusal::NoParticipant));
}

#[test]
fn without_a_session_a_call_promotes_and_demotes() {
    let mut stage = Stage::new(false);
    let mut client = stage.join("ann");
    stage.publish(&mut client, microphone("mic"));
    let viewer =
        proto::ParticipantPermission { can_subscribe: true, ..proto::ParticipantPermission::default() };
    let person = person_of(call(&mut stage, update("ann", |request| request.permission = Some(viewer))));
    assert!(!person.permission.unwrap().can_publish && person.tracks.is_empty());
    assert!(stage.controls.iter().any(|control| matches!(control, Control::RemoveTrack { .. })));
    let only_camera = proto::ParticipantPermission {
        can_publish_sources: vec![proto::TrackSource::Camera.into()],
        ..everything()
    };
    let person = person_of(call(&mut stage, update("ann", |request| request.permission = Some(only_camera))));
    let permission = person.permission.unwrap();
    assert!(permission.can_publish && permission.can_publish_data && permission.can_update_metadata);
    assert!(!stage.member(&client).permission.microphone && stage.member(&client).permission.camera);
    let told = client.told();
    assert!(told.iter().any(|told| matches!(told, Told::RefreshToken(_))), "{:?}", names(&told));
    let deaf = proto::ParticipantPermission { can_subscribe: false, ..everything() };
    let mut speaker = stage.join("bob");
    stage.publish(&mut speaker, microphone("mic"));
    call(&mut stage, update("ann", |request| request.permission = Some(deaf))).unwrap();
    assert!(stage.controls.iter().any(|control| matches!(control, Control::Unsubscribe { .. })));
}

#[test]
fn words_about_a_participant_reach_everybody_or_nobody() {
    let mut stage = Stage::new(false);
    stage.join("ann");
    let mut other = stage.join("bob");
    let change = update("ann", |request| {
        request.name = "Ann".into();
        request.metadata = "m".into();
        request.attributes = HashMap::from([("a".into(), "1".into()), ("b".into(), "2".into())]);
    });
    call(&mut stage, change).unwrap();
    let change = update("ann", |request| request.attributes = HashMap::from([("a".into(), String::new())]));
    let person = person_of(call(&mut stage, change));
    assert_eq!((person.name.as_str(), person.metadata.as_str()), ("Ann", "m"));
    assert_eq!(
        person.attributes,
        HashMap::from([("b".into(), "2".into())]),
        "an empty value takes a name away"
    );
    assert_eq!(updates(&other.told()).last().unwrap().attributes.len(), 1);
    let long = update("ann", |request| {
        request.name = "x".into();
        request.metadata = "m".repeat(METADATA_BYTES_MAX + 1);
    });
    assert!(matches!(call(&mut stage, long), Err(RoomRefusal::TooLong(_))));
    assert_eq!(person_of(call(&mut stage, RoomAsk::Person("ann".into()))).name, "Ann");
    assert!(updates(&other.told()).is_empty());
}

#[test]
fn a_room_made_by_a_call_keeps_its_terms() {
    let mut stage = Stage::new(false);
    let request = |most: u32| {
        Box::new(proto::CreateRoomRequest {
            name: "show".into(),
            empty_timeout: 10,
            departure_timeout: 5,
            max_participants: most,
            metadata: "m".into(),
            ..proto::CreateRoomRequest::default()
        })
    };
    let room = room_of(call(&mut stage, RoomAsk::Settle(request(2))));
    assert_eq!((room.empty_timeout, room.departure_timeout, room.max_participants), (10, 5, 2));
    let again = proto::CreateRoomRequest { name: "show".into(), ..proto::CreateRoomRequest::default() };
    assert_eq!(room_of(call(&mut stage, RoomAsk::Settle(Box::new(again)))), room, "what is not given stays");
    stage.pass(Duration::from_secs(9));
    assert!(!stage.room.is_abandoned(stage.now), "nobody has come yet");
    let mut ann = stage.join("ann");
    stage.join("bob");
    let mut late = stage.knock("carol", &[]);
    assert_eq!(leave_of(&late.told()).unwrap().0, proto::DisconnectReason::JoinFailure);
    assert_eq!(stage.knock("ann", &[]).told().len().min(1), 1, "who is in may come again");
    assert!(leave_of(&ann.told()).is_some());
    for identity in ["ann", "bob"] {
        call(&mut stage, RoomAsk::Remove(identity.into())).unwrap();
    }
    stage.pass(Duration::from_secs(4));
    assert!(!stage.room.is_abandoned(stage.now));
    stage.pass(Duration::from_secs(1));
    assert!(stage.room.is_abandoned(stage.now), "the shorter time after somebody was in");
}

#[test]
fn an_empty_room_made_by_a_call_goes_after_its_empty_timeout() {
    let mut stage = Stage::new(false);
    let request = proto::CreateRoomRequest { empty_timeout: 10, ..proto::CreateRoomRequest::default() };
    call(&mut stage, RoomAsk::Settle(Box::new(request))).unwrap();
    stage.pass(Duration::from_secs(10));
    assert!(stage.room.is_abandoned(stage.now));
}

#[test]
fn data_of_the_server_names_no_sender_and_reaches_those_named() {
    let mut stage = Stage::new(false);
    let (ann, bob) = (stage.join("ann"), stage.join("bob"));
    let request = proto::SendDataRequest {
        room: "show".into(),
        data: b"hi".to_vec(),
        topic: Some("t".into()),
        kind: proto::data_packet::Kind::Lossy.into(),
        destination_identities: vec!["bob".into()],
        ..proto::SendDataRequest::default()
    };
    call(&mut stage, RoomAsk::Send(Box::new(request))).unwrap();
    let Some(Control::SendData { peers, channel, contents }) = stage.controls.last() else {
        panic!("no data")
    };
    assert_eq!((peers.as_slice(), *channel), ([stage.subscriber(&bob)].as_slice(), DataChannel::Lossy));
    let packet = proto::DataPacket::decode(&contents[..]).unwrap();
    assert_eq!((packet.participant_identity.as_str(), packet.sequence), ("", 0));
    let Some(proto::data_packet::Value::User(sent)) = packet.value else { panic!("not a user packet") };
    assert_eq!((sent.payload.as_slice(), sent.topic.as_deref()), (b"hi".as_slice(), Some("t")));
    call(&mut stage, RoomAsk::Send(Box::default())).unwrap();
    let Some(Control::SendData { peers, .. }) = stage.controls.last() else { panic!("no data") };
    assert_eq!(peers.as_slice(), [stage.subscriber(&ann), stage.subscriber(&bob)].as_slice());
}

#[test]
fn a_subscription_by_call_is_the_clients_own_choice() {
    let mut stage = Stage::new(false);
    let mut speaker = stage.join("ann");
    let (track, sid) = stage.publish(&mut speaker, microphone("mic"));
    let viewer = stage.join("bob");
    let ask = |subscribe| {
        RoomAsk::Subscribe(Box::new(proto::UpdateSubscriptionsRequest {
            identity: "bob".into(),
            track_sids: vec![sid.clone()],
            subscribe,
            ..proto::UpdateSubscriptionsRequest::default()
        }))
    };
    assert!(stage.member(&viewer).subscribed.contains(&track));
    call(&mut stage, ask(false)).unwrap();
    assert!(!stage.member(&viewer).subscribed.contains(&track));
    call(&mut stage, ask(true)).unwrap();
    assert!(stage.member(&viewer).subscribed.contains(&track));
}

#[test]
fn reaches_api_data_bytes_max() {
    let mut stage = Stage::new(false);
    stage.join("ann");
    let send = |length| {
        RoomAsk::Send(Box::new(proto::SendDataRequest { data: vec![0; length], ..Default::default() }))
    };
    assert!(call(&mut stage, send(API_DATA_BYTES_MAX)).is_ok());
    assert_eq!(call(&mut stage, send(API_DATA_BYTES_MAX + 1)), Err(RoomRefusal::TooLong("data")));
}

#[test]
fn reaches_api_names_max() {
    let mut stage = Stage::new(false);
    stage.join("ann");
    let names = |count| vec!["ann".to_owned(); count];
    let send = |count| {
        RoomAsk::Send(Box::new(proto::SendDataRequest {
            destination_identities: names(count),
            ..Default::default()
        }))
    };
    assert!(call(&mut stage, send(API_NAMES_MAX)).is_ok());
    assert!(matches!(call(&mut stage, send(API_NAMES_MAX + 1)), Err(RoomRefusal::TooLong(_))));
    let choose = |count| {
        RoomAsk::Subscribe(Box::new(proto::UpdateSubscriptionsRequest {
            identity: "ann".into(),
            track_sids: names(count),
            ..Default::default()
        }))
    };
    assert!(call(&mut stage, choose(API_NAMES_MAX)).is_ok());
    assert!(matches!(call(&mut stage, choose(API_NAMES_MAX + 1)), Err(RoomRefusal::TooLong(_))));
}

fn told(stage: &mut Stage) -> Vec<String> {
    stage.webhooks.drain(..).map(|event| event.event).collect()
}

#[test]
fn webhooks_tell_a_room_from_its_beginning_to_its_end() {
    let mut stage = Stage::new(true);
    stage.room.watch();
    stage.order(user(1), true, ALL);
    let mut client = stage.join(&user(1).to_string());
    let (_, sid) = stage.publish(&mut client, microphone("mic"));
    stage.knock(&user(2).to_string(), &[]);
    call(&mut stage, RoomAsk::Remove(user(2).to_string())).unwrap();
    assert!(
        stage.webhooks.iter().all(|event| event.id.starts_with("EV_") && event.created_at == 1_800_000_000)
    );
    let published = stage.webhooks.iter().find(|event| event.event == "track_published").unwrap();
    assert_eq!(published.track.as_ref().unwrap().sid, sid);
    let names_only =
        proto::Room { sid: stage.room.room_info().sid, name: "show".into(), ..proto::Room::default() };
    assert_eq!(published.room, Some(names_only), "tracks come with names alone");
    assert_eq!(
        told(&mut stage),
        ["room_started", "participant_joined", "track_published", "participant_connection_aborted"]
    );
    stage.room.tell_finished(stage.now, Ending::Deleted);
    stage.collect();
    assert_eq!(stage.room.present(), 1, "goodbyes are said afterwards");
    let left = stage.webhooks.iter().find(|event| event.event == "participant_left").unwrap();
    assert_eq!(left.participant.as_ref().unwrap().disconnect_reason(), proto::DisconnectReason::RoomDeleted);
    assert_eq!(told(&mut stage), ["track_unpublished", "participant_left", "room_finished"]);
}

#[test]
fn a_room_is_told_with_what_the_call_that_made_it_said() {
    let mut stage = Stage::new(false);
    stage.room.watch();
    stage.tell(RoomInput::Tick);
    assert!(stage.webhooks.is_empty(), "it may still be described");
    let request = proto::CreateRoomRequest { metadata: "m".into(), ..proto::CreateRoomRequest::default() };
    call(&mut stage, RoomAsk::Settle(Box::new(request))).unwrap();
    assert_eq!(stage.webhooks[0].room.as_ref().unwrap().metadata, "m");
    assert_eq!(told(&mut stage), ["room_started"]);
    let mut of_session = Stage::new(true);
    of_session.room.watch();
    of_session.pass(Duration::from_secs(1));
    of_session.pass(Duration::from_secs(1));
    assert_eq!(told(&mut of_session), ["room_started"], "of a session's room without anybody, once");
    let mut short = Stage::new(true);
    short.room.watch();
    short.room.tell_finished(short.now, Ending::Deleted);
    short.collect();
    assert_eq!(told(&mut short), ["room_started", "room_finished"]);
}

#[test]
fn a_replaced_identity_leaves_before_it_joins_again() {
    let mut stage = Stage::new(false);
    stage.room.watch();
    let mut client = stage.join("ann");
    stage.publish(&mut client, microphone("mic"));
    told(&mut stage);
    stage.join("ann");
    assert_eq!(told(&mut stage), ["track_unpublished", "participant_left", "participant_joined"]);
}

#[test]
fn nothing_is_told_where_nobody_listens() {
    let mut stage = Stage::new(false);
    let mut client = stage.join("ann");
    stage.publish(&mut client, microphone("mic"));
    call(&mut stage, RoomAsk::Remove("ann".into())).unwrap();
    stage.room.tell_finished(stage.now, Ending::Deleted);
    stage.collect();
    assert!(stage.webhooks.is_empty());
}
