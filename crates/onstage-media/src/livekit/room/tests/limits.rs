//! Every bound of a room is reached.

use livekit_protocol::request_response::Reason;
use onstage_sfu::DataChannel;

use super::*;

#[test]
fn reaches_members_max() {
    let mut stage = Stage::new(true);
    let clients: Vec<Client> = (0..MEMBERS_MAX).map(|number| stage.knock(&number.to_string(), &[])).collect();
    assert_eq!(stage.room.present(), clients.len());
    let mut late = stage.knock("late", &[]);
    assert_eq!(leave_of(&late.told()).unwrap().0, proto::DisconnectReason::JoinFailure);
    assert_eq!(stage.room.present(), MEMBERS_MAX);
}

#[test]
fn reaches_tracks_max() {
    let mut stage = Stage::new(false);
    let mut client = stage.join("ann");
    for number in 0..TRACKS_MAX {
        stage.publish(&mut client, microphone(&number.to_string()));
    }
    client.told();
    stage.say(&client, Asked::AddTrack(microphone("one more")));
    let told = client.told();
    let Some(Told::RequestResponse(refusal)) = told.last() else { panic!("{told:?}") };
    assert_eq!(refusal.reason(), Reason::LimitExceeded);
}

#[test]
fn reaches_queued_tracks_max() {
    let mut stage = Stage::new(false);
    let mut client = stage.join("ann");
    stage.publish(&mut client, microphone("m"));
    for _ in 0..=QUEUED_TRACKS_MAX {
        stage.say(&client, Asked::AddTrack(microphone("m")));
    }
    assert_eq!(stage.member(&client).queued.len(), QUEUED_TRACKS_MAX);
}

#[test]
fn reaches_early_candidates_max() {
    let mut stage = Stage::new(false);
    let client = stage.join("ann");
    for number in 0..=EARLY_CANDIDATES_MAX {
        let candidate_init = format!("{{\"candidate\":\"candidate:{number}\"}}");
        stage.say(
            &client,
            Asked::Trickle(proto::TrickleRequest { candidate_init, target: 0, r#final: false }),
        );
    }
    assert_eq!(stage.member(&client).early_candidates.len(), EARLY_CANDIDATES_MAX);
}

#[test]
fn reaches_choices_max() {
    let mut stage = Stage::new(false);
    let client = stage.join("ann");
    let track_sids = (0..=CHOICES_MAX).map(|number| number.to_string()).collect();
    let subscription =
        proto::UpdateSubscription { track_sids, subscribe: true, participant_tracks: Vec::new() };
    stage.say(&client, Asked::Subscription(subscription));
    assert_eq!(stage.member(&client).choices.len(), CHOICES_MAX);
}

#[test]
fn reaches_layers_max() {
    let mut stage = Stage::new(false);
    let mut client = stage.join("ann");
    let mut request = camera("c");
    request.layers.extend(request.layers.clone());
    let (_, sid) = stage.publish(&mut client, request);
    assert_eq!(stage.member(&client).track(&sid).unwrap().info.layers.len(), LAYERS_MAX);
}

fn messages_taken(stage: &mut Stage, client: &Client, bytes: usize, count: u32) -> usize {
    let peer = stage.publisher(client);
    stage.controls.clear();
    for sequence in 1..=count {
        let packet = proto::DataPacket {
            sequence: sequence + 1_000 * count,
            participant_identity: "i".repeat(bytes),
            ..proto::DataPacket::default()
        };
        stage.notice(Notice::DataReceived {
            peer,
            channel: DataChannel::Reliable,
            contents: packet.encode_to_vec(),
        });
    }
    stage.controls.len()
}

fn two_people() -> (Stage, Client) {
    let mut stage = Stage::new(false);
    stage.join("vic");
    let client = stage.join("ann");
    stage.say(&client, Asked::Offer(proto::SessionDescription::default()));
    (stage, client)
}

#[test]
fn reaches_data_messages_per_second_max() {
    let (mut stage, client) = two_people();
    let count = u32::try_from(DATA_MESSAGES_PER_SECOND_MAX).unwrap() + 5;
    assert_eq!(messages_taken(&mut stage, &client, 1, count), DATA_MESSAGES_PER_SECOND_MAX);
    stage.pass(Duration::from_secs(1));
    assert_eq!(
        messages_taken(&mut stage, &client, 1, count + 1),
        DATA_MESSAGES_PER_SECOND_MAX,
        "a new second"
    );
}

#[test]
fn reaches_data_bytes_per_second_max() {
    let (mut stage, client) = two_people();
    let each = DATA_BYTES_PER_SECOND_MAX / 8;
    assert_eq!(messages_taken(&mut stage, &client, each, 10), 7, "with their few bytes around them");
}

#[test]
fn reaches_update_bytes_max() {
    let mut stage = Stage::new(false);
    let back = stage.join("ann");
    let mut others = Vec::new();
    for number in 0..12 {
        let mut client = stage.join(&format!("{number}"));
        let mut request = microphone("m");
        request.name = "n".repeat(128);
        stage.publish(&mut client, request);
        others.push(client);
    }
    for member in stage.room.members.values_mut() {
        member.metadata = "m".repeat(UPDATE_BYTES_MAX / 3);
    }
    let mut again = stage.knock("ann", &[("reconnect", "1"), ("sid", &back.sid)]);
    let told = again.told();
    let sizes: Vec<usize> = told
        .iter()
        .filter_map(|message| match message {
            Told::Update(update) => Some(update.encoded_len()),
            _ => None,
        })
        .collect();
    assert!(sizes.len() > 4 && sizes.iter().all(|size| *size < UPDATE_BYTES_MAX + 1_000), "{sizes:?}");
    assert_eq!(updates(&told).len(), 13, "nobody is left out");
}
