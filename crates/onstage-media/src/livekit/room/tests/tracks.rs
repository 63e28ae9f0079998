//! Publishing, subscribing, wishes, speakers, data.

use livekit_protocol::request_response::Reason;
use onstage_domain::media::Source;
use onstage_sfu::{DataChannel, LayerSize, SpeakerLevel, Wish};

use super::*;

fn refusal(told: &[Told]) -> Option<Reason> {
    told.iter().find_map(|message| match message {
        Told::RequestResponse(response) => {
            assert!(response.request.is_some(), "the request is echoed");
            Some(response.reason())
        }
        _ => None,
    })
}

#[test]
fn a_track_is_told_to_others_before_its_offer() {
    let mut stage = Stage::new(false);
    let mut viewer = stage.join("vic");
    let mut host = stage.join("ann");
    viewer.told();
    let (track, sid) = stage.publish(&mut host, camera("c"));
    let told = viewer.told();
    assert_eq!(names(&told), ["update", "subscription_permission_update"]);
    let info = updates(&told).pop().unwrap().tracks.remove(0);
    assert_eq!(
        (info.sid.as_str(), info.mid.as_str(), info.mime_type.as_str()),
        (sid.as_str(), "1", "video/VP8")
    );
    let rids: Vec<_> = info.layers.iter().map(|layer| (layer.rid.as_str(), layer.width)).collect();
    assert_eq!(rids, [("q", 320), ("h", 640), ("f", 1280)]);
    let peer = stage.subscriber(&viewer);
    assert!(stage.controls.contains(&Control::Subscribe { peer, track }));
    stage.notice(Notice::Subscribed { peer, track });
    stage.notice(Notice::Subscribed { peer, track });
    assert!(matches!(viewer.told()[0], Told::StreamStateUpdate(_)), "a picture begins");
    let heard = names(&host.told());
    assert_eq!(heard.iter().filter(|name| **name == "track_subscribed").count(), 1);
}

#[test]
fn the_shard_expects_what_was_asked_for() {
    let mut stage = Stage::new(true);
    stage.order(user(1), true, ALL);
    let mut host = stage.join(&user(1).to_string());
    let (_, sid) = stage.publish(&mut host, camera("c"));
    let expected = stage.controls.iter().find_map(|control| match control {
        Control::ExpectTrack { description, .. } => Some(description.clone()),
        _ => None,
    });
    let description = expected.unwrap();
    assert_eq!(description.msid_stream, format!("{}|{sid}", host.sid));
    assert_eq!((description.msid_track.as_str(), description.cid.as_str()), (sid.as_str(), "c"));
    assert_eq!(description.layers[0], LayerSize { quality: Quality::Low, width: 320, height: 180 });
    assert_eq!(stage.facts.last(), Some(&Seen::Published { source: Source::Camera }));
}

#[test]
fn a_newcomer_gets_running_tracks_in_its_first_offer() {
    let mut stage = Stage::new(false);
    let mut host = stage.join("ann");
    let (track, sid) = stage.publish(&mut host, camera("c"));
    stage.controls.clear();
    let mut viewer = stage.knock("vic", &[]);
    let told = viewer.told();
    let Told::Join(join) = &told[0] else { panic!("{told:?}") };
    assert_eq!(join.other_participants[0].tracks[0].sid, sid);
    let subscribed = stage
        .controls
        .iter()
        .position(|control| matches!(control, Control::Subscribe { track: wanted, .. } if *wanted == track));
    let offered = stage.controls.iter().position(|control| matches!(control, Control::Negotiate { .. }));
    assert!(subscribed.unwrap() < offered.unwrap());
}

#[test]
fn what_is_not_permitted_is_refused_at_once() {
    let mut stage = Stage::new(true);
    stage.order(user(1), true, MediaGrant { may_speak: true, ..MediaGrant::NOTHING });
    let mut guest = stage.join(&user(1).to_string());
    stage.say(&guest, Asked::AddTrack(camera("c")));
    assert_eq!(refusal(&guest.told()), Some(Reason::NotAllowed));
    let mut disguised = camera("c");
    disguised.source = proto::TrackSource::Microphone.into();
    stage.say(&guest, Asked::AddTrack(disguised));
    assert_eq!(refusal(&guest.told()), Some(Reason::UnsupportedType), "a picture is no microphone");
    let mut nameless = camera("c");
    nameless.source = proto::TrackSource::Unknown.into();
    stage.say(&guest, Asked::AddTrack(nameless));
    assert_eq!(refusal(&guest.told()), Some(Reason::NotAllowed), "a picture without a name is a camera");
    stage.say(&guest, Asked::AddTrack(microphone("m")));
    assert_eq!(names(&guest.told()), ["track_published"]);
}

#[test]
fn the_same_track_again_waits_for_the_end_of_the_first() {
    let mut stage = Stage::new(false);
    let mut host = stage.join("ann");
    let (track, sid) = stage.publish(&mut host, microphone("m"));
    host.told();
    stage.say(&host, Asked::AddTrack(microphone("m")));
    assert_eq!(refusal(&host.told()), Some(Reason::Queued));
    stage.notice(Notice::TrackStopped { track });
    let told = host.told();
    let Some(Told::TrackPublished(next)) = told.iter().find(|told| matches!(told, Told::TrackPublished(_)))
    else {
        panic!("{told:?}")
    };
    assert_ne!(next.track.as_ref().unwrap().sid, sid);
}

/// What somebody was told of tracks that they cannot have.
fn errors_of(told: &[Told]) -> Vec<(String, proto::SubscriptionError)> {
    let error = |message: &Told| match message {
        Told::SubscriptionResponse(response) => Some((response.track_sid.clone(), response.err())),
        _ => None,
    };
    told.iter().filter_map(error).collect()
}

#[test]
fn who_chose_a_track_that_never_comes_is_told_so_once() {
    let mut stage = Stage::new(false);
    let mut host = stage.join("host");
    let mut viewer = stage.join("viewer");
    let (_, sid) = stage.publish(&mut host, camera("c"));
    let track_sids = vec![sid, "TR_never".to_owned(), "TR_late".to_owned()];
    let choice = proto::UpdateSubscription { track_sids, subscribe: true, ..Default::default() };
    stage.say(&viewer, Asked::Subscription(choice));
    let regretted = proto::UpdateSubscription { track_sids: vec!["TR_late".into()], ..Default::default() };
    stage.say(&viewer, Asked::Subscription(regretted));
    stage.pass(TRACK_AWAITED_FOR - Duration::from_secs(1));
    assert_eq!(errors_of(&viewer.told()), []);
    stage.pass(Duration::from_secs(1));
    let missing = ("TR_never".to_owned(), proto::SubscriptionError::SeTrackNotfound);
    assert_eq!(errors_of(&viewer.told()), [missing]);
    stage.pass(TRACK_AWAITED_FOR);
    assert_eq!(errors_of(&viewer.told()), []);
}

#[test]
fn subscriptions_follow_choices_even_early_ones() {
    let mut stage = Stage::new(false);
    let manual = stage.knock("vic", &[("auto_subscribe", "0")]);
    let mut host = stage.join("ann");
    let (track, sid) = stage.publish(&mut host, camera("c"));
    let subscribes = |stage: &Stage| {
        stage.controls.iter().filter(|control| matches!(control, Control::Subscribe { .. })).count()
    };
    assert_eq!(subscribes(&stage), 0, "nothing is sent unasked");
    let choose = |sids: Vec<String>, subscribe| {
        Asked::Subscription(proto::UpdateSubscription {
            track_sids: sids,
            subscribe,
            participant_tracks: Vec::new(),
        })
    };
    stage.say(&manual, choose(vec![sid.clone()], true));
    assert_eq!(subscribes(&stage), 1);
    stage.say(&manual, choose(vec![sid], false));
    assert!(
        stage
            .controls
            .iter()
            .any(|control| matches!(control, Control::Unsubscribe { track: gone, .. } if *gone == track))
    );
    // A sid that does not exist yet.
    stage.say(&manual, choose(vec!["TR_AM000000000009".into()], true));
    let (_, later) = stage.publish(&mut host, microphone("m"));
    assert_eq!(subscribes(&stage), if later == "TR_AM000000000009" { 2 } else { 1 });
}

#[test]
fn wishes_reach_the_shard() {
    let mut stage = Stage::new(false);
    let viewer = stage.join("vic");
    let mut host = stage.join("ann");
    let (track, sid) = stage.publish(&mut host, camera("c"));
    let peer = stage.subscriber(&viewer);
    let mut wish = |disabled, width, quality: proto::VideoQuality| {
        let settings = proto::UpdateTrackSettings {
            track_sids: vec![sid.clone()],
            disabled,
            width,
            height: width / 2,
            quality: quality.into(),
            ..proto::UpdateTrackSettings::default()
        };
        stage.say(&viewer, Asked::TrackSetting(settings));
        stage.controls.last().cloned()
    };
    let wanted = |wish| Some(Control::SetWish { peer, track, wish });
    assert_eq!(wish(false, 640, proto::VideoQuality::High), wanted(Wish::Size { width: 640, height: 320 }));
    assert_eq!(wish(true, 640, proto::VideoQuality::High), wanted(Wish::Nothing));
    assert_eq!(wish(false, 0, proto::VideoQuality::Medium), wanted(Wish::AtMost(Quality::Medium)));
}

#[test]
fn wanted_layers_are_told_to_the_publisher() {
    let mut stage = Stage::new(false);
    let mut host = stage.join("ann");
    let (track, _) = stage.publish(&mut host, camera("c"));
    host.told();
    stage.notice(Notice::LayersWanted { track, best: Some(Quality::Medium) });
    stage.notice(Notice::LayersWanted { track, best: None });
    let told: Vec<Vec<bool>> = host
        .told()
        .into_iter()
        .map(|message| match message {
            Told::SubscribedQualityUpdate(update) => {
                assert_eq!(update.subscribed_codecs[0].codec, "vp8");
                update.subscribed_codecs[0].qualities.iter().map(|quality| quality.enabled).collect()
            }
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(told, [[true, true, false], [false, false, false]]);
}

#[test]
fn one_layer_is_all_or_nothing() {
    let mut stage = Stage::new(false);
    let mut host = stage.join("ann");
    let mut request = camera("c");
    request.layers.truncate(1);
    let (track, _) = stage.publish(&mut host, request);
    host.told();
    stage.notice(Notice::LayersWanted { track, best: Some(Quality::Low) });
    let told = host.told();
    let Told::SubscribedQualityUpdate(update) = &told[0] else { panic!("{told:?}") };
    assert!(update.subscribed_codecs[0].qualities.iter().all(|quality| quality.enabled));
}

#[test]
fn speakers_are_told_as_changes_silence_included() {
    let mut stage = Stage::new(true);
    stage.order(user(1), true, ALL);
    let mut viewer = stage.join(&user(2).to_string());
    let mut host = stage.join(&user(1).to_string());
    let (track, _) = stage.publish(&mut host, microphone("m"));
    viewer.told();
    let speakers = |level: Option<u8>| Notice::Speakers {
        room: RoomKey(5),
        speakers: level.map(|level_eighths| SpeakerLevel { track, level_eighths }).into_iter().collect(),
    };
    for level in [Some(6), Some(6), None, None] {
        stage.notice(speakers(level));
    }
    let told: Vec<(bool, f32)> = viewer
        .told()
        .into_iter()
        .map(|message| match message {
            Told::SpeakersChanged(changed) => (changed.speakers[0].active, changed.speakers[0].level),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(told, [(true, 0.75), (false, 0.0)]);
    assert_eq!(stage.facts.iter().filter(|fact| matches!(fact, Seen::Speaking { .. })).count(), 2);
    stage.order(user(1), true, MediaGrant { host_muted_audio: true, ..ALL });
    viewer.told();
    stage.notice(speakers(Some(6)));
    assert!(viewer.told().is_empty(), "nobody speaks behind a closed gate");
}

#[test]
fn data_is_signed_and_only_from_the_permitted() {
    let mut stage = Stage::new(true);
    stage.order(user(1), true, ALL);
    let viewer = stage.join(&user(2).to_string());
    let other = stage.join(&user(3).to_string());
    let host = stage.join(&user(1).to_string());
    for client in [&viewer, &host] {
        stage.say(client, Asked::Offer(proto::SessionDescription { id: 1, ..Default::default() }));
    }
    let packet = |sequence, to: Vec<String>| proto::DataPacket {
        sequence,
        destination_identities: to,
        participant_identity: "forged".into(),
        ..proto::DataPacket::default()
    };
    let mut send = |client: &Client, packet: &proto::DataPacket| {
        let peer = stage.publisher(client);
        stage.controls.clear();
        stage.notice(Notice::DataReceived {
            peer,
            channel: DataChannel::Reliable,
            contents: packet.encode_to_vec(),
        });
        stage.controls.clone()
    };
    assert!(send(&viewer, &packet(1, Vec::new())).is_empty(), "a viewer's data goes nowhere");
    let sent = send(&host, &packet(1, Vec::new()));
    let [Control::SendData { peers, contents, .. }] = sent.as_slice() else { panic!("{sent:?}") };
    assert_eq!(peers.len(), 2);
    let read = proto::DataPacket::decode(contents.as_ref()).unwrap();
    assert_eq!((read.participant_identity, read.participant_sid), (user(1).to_string(), host.sid.clone()));
    assert!(send(&host, &packet(1, Vec::new())).is_empty(), "said before");
    let sent = send(&host, &packet(2, vec![user(3).to_string()]));
    let [Control::SendData { peers, .. }] = sent.as_slice() else { panic!("{sent:?}") };
    assert_eq!(peers, &[stage.subscriber(&other)]);
}

#[test]
fn descriptions_and_candidates_go_both_ways() {
    let mut stage = Stage::new(false);
    let mut client = stage.join("ann");
    let trickle = |target: proto::SignalTarget, candidate: &str| {
        let candidate_init =
            serde_json::json!({"candidate": candidate, "sdpMid": "", "sdpMLineIndex": 0}).to_string();
        Asked::Trickle(proto::TrickleRequest { candidate_init, target: target.into(), r#final: false })
    };
    stage.controls.clear();
    stage.say(&client, trickle(proto::SignalTarget::Publisher, "candidate:early"));
    assert!(stage.controls.is_empty(), "waits for the offer");
    stage.say(
        &client,
        Asked::Offer(proto::SessionDescription { id: 4, sdp: "v=0".into(), ..Default::default() }),
    );
    let publisher = stage.publisher(&client);
    let subscriber = stage.subscriber(&client);
    stage.say(&client, trickle(proto::SignalTarget::Subscriber, "candidate:sub"));
    stage.say(&client, trickle(proto::SignalTarget::Subscriber, ""));
    let rest = &stage.controls[1..];
    assert_eq!(
        rest,
        [
            Control::AcceptOffer { peer: publisher, offer_id: 4, sdp: "v=0".into() },
            Control::RemoteCandidate { peer: publisher, candidate: "candidate:early".into() },
            Control::RemoteCandidate { peer: subscriber, candidate: "candidate:sub".into() },
        ]
    );
    stage.notice(Notice::Answer {
        peer: publisher,
        offer_id: 4,
        sdp: "answer".into(),
        tracks: Vec::new(),
        mid_to_track: Vec::new(),
    });
    stage.notice(Notice::Offer {
        peer: subscriber,
        offer_id: 1,
        sdp: "offer".into(),
        mid_to_track: Vec::new(),
    });
    let told = client.told();
    let (Told::Answer(answer), Told::Offer(offer)) = (&told[0], &told[1]) else { panic!("{told:?}") };
    assert_eq!((answer.id, offer.id), (4, 1), "ids are echoed");
}

#[test]
fn a_refused_offer_means_a_full_reconnect() {
    let mut stage = Stage::new(false);
    let mut client = stage.join("ann");
    let peer = stage.subscriber(&client);
    stage.tell(RoomInput::Refused(About::Peer(peer)));
    let (why, action) = leave_of(&client.told()).unwrap();
    assert_eq!(
        (why, action),
        (proto::DisconnectReason::StateMismatch, proto::leave_request::Action::Reconnect)
    );
}
