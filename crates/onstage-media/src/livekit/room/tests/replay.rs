//! Reliable data across a lost connection: nothing is lost, nothing comes to whom it was not for, and little is kept.

use onstage_sfu::DataChannel;

use super::*;

fn packet(sequence: u32, length: usize) -> proto::DataPacket {
    let user = proto::UserPacket { payload: vec![7; length], ..proto::UserPacket::default() };
    proto::DataPacket {
        sequence,
        value: Some(proto::data_packet::Value::User(user)),
        ..proto::DataPacket::default()
    }
}

fn send(stage: &mut Stage, from: &Client, channel: DataChannel, packet: &proto::DataPacket) {
    let peer = stage.publisher(from);
    stage.notice(Notice::DataReceived { peer, channel, contents: packet.encode_to_vec() });
}

/// The numbers of the packets that went to a client since the list was cleared.
fn got(stage: &Stage, client: &Client) -> Vec<u32> {
    let peer = stage.subscriber(client);
    let number = |control: &Control| match control {
        Control::SendData { peers, contents, .. } if peers.contains(&peer) => {
            Some(proto::DataPacket::decode(contents.as_ref()).unwrap().sequence)
        }
        _ => None,
    };
    stage.controls.iter().filter_map(number).collect()
}

/// The socket is dropped and comes back with what the client heard.
fn resume(stage: &mut Stage, client: &Client, heard: &[(&str, u32)]) {
    stage.tell(RoomInput::Gone(client.connection));
    let identity = stage.member(client).identity.clone();
    let back = stage.knock(&identity, &[("reconnect", "1"), ("sid", &client.sid)]);
    stage.controls.clear();
    let heard = heard.iter().map(|(sid, last_seq)| proto::DataChannelReceiveState {
        publisher_sid: (*sid).to_owned(),
        last_seq: *last_seq,
    });
    let state =
        proto::SyncState { datachannel_receive_states: heard.collect(), ..proto::SyncState::default() };
    stage.say(&back, Asked::SyncState(state));
}

fn two(stage: &mut Stage) -> (Client, Client) {
    let ann = stage.join_single("ann");
    let bob = stage.join("bob");
    (ann, bob)
}

#[test]
fn a_resume_brings_what_was_missed() {
    let mut stage = Stage::new(false);
    let (ann, bob) = two(&mut stage);
    for sequence in 1..=4 {
        send(&mut stage, &ann, DataChannel::Reliable, &packet(sequence, 10));
    }
    send(&mut stage, &ann, DataChannel::Lossy, &packet(0, 10));
    let unnumbered = packet(0, 10);
    send(&mut stage, &ann, DataChannel::Reliable, &unnumbered);
    resume(&mut stage, &bob, &[(&ann.sid, 2)]);
    assert_eq!(got(&stage, &bob), [3, 4]);
    resume(&mut stage, &bob, &[]);
    assert_eq!(got(&stage, &bob), [1, 2, 3, 4], "of whom nothing was heard, everything");
    resume(&mut stage, &bob, &[(&ann.sid, 4)]);
    assert!(got(&stage, &bob).is_empty());
    stage.pass(REPLAY_FOR + Duration::from_millis(1));
    resume(&mut stage, &bob, &[]);
    assert!(got(&stage, &bob).is_empty(), "clients forget numbers after a while, and so do we");
}

#[test]
fn only_what_was_for_somebody_comes_again() {
    let mut stage = Stage::new(false);
    let (ann, bob) = two(&mut stage);
    let cleo = stage.join("cleo");
    let to_cleo = proto::DataPacket { destination_identities: vec!["cleo".into()], ..packet(1, 10) };
    send(&mut stage, &ann, DataChannel::Reliable, &to_cleo);
    resume(&mut stage, &bob, &[]);
    assert!(got(&stage, &bob).is_empty());
    resume(&mut stage, &cleo, &[]);
    assert_eq!(got(&stage, &cleo), [1]);
    resume(&mut stage, &ann, &[]);
    assert!(got(&stage, &ann).is_empty(), "nobody hears themselves");
}

#[test]
fn a_newcomer_hears_what_was_said_while_it_connected() {
    let mut stage = Stage::new(false);
    let (ann, _) = two(&mut stage);
    send(&mut stage, &ann, DataChannel::Reliable, &packet(1, 10));
    stage.pass(Duration::from_secs(1));
    let mut late = stage.knock_single("late", Opening { offer: Some(offer(1)), ..Opening::default() });
    let Told::Join(join) = late.told().remove(0) else { panic!("no join") };
    late.sid = join.participant.unwrap().sid;
    stage.pass(Duration::from_secs(1));
    send(&mut stage, &ann, DataChannel::Reliable, &packet(2, 10));
    let peer = stage.subscriber(&late);
    stage.notice(Notice::PeerConnected { peer });
    stage.controls.clear();
    stage.notice(Notice::DataOpen { peer });
    assert_eq!(got(&stage, &late), [2], "not what was said before it came");
    stage.controls.clear();
    stage.notice(Notice::DataOpen { peer });
    assert!(got(&stage, &late).is_empty());
}

#[test]
fn reaches_nonces_max() {
    let mut stage = Stage::new(false);
    let (ann, bob) = two(&mut stage);
    let named = |nonce: u8, length: usize| {
        let user = proto::UserPacket { nonce: vec![nonce; length], ..proto::UserPacket::default() };
        let value = Some(proto::data_packet::Value::User(user));
        proto::DataPacket { value, ..proto::DataPacket::default() }
    };
    for _ in 0..2 {
        send(&mut stage, &ann, DataChannel::Lossy, &named(1, 16));
    }
    assert_eq!(got(&stage, &bob).len(), 1, "a packet of the same name comes once");
    for nonce in 2..=u8::try_from(NONCES_MAX).unwrap() + 1 {
        stage.pass(Duration::from_millis(20));
        send(&mut stage, &ann, DataChannel::Lossy, &named(nonce, 16));
    }
    assert_eq!(stage.member(&ann).nonces.len(), NONCES_MAX);
    stage.controls.clear();
    send(&mut stage, &ann, DataChannel::Lossy, &named(1, 16));
    assert_eq!(got(&stage, &bob).len(), 1, "forgotten by then");
}

#[test]
fn reaches_replay_packets_max() {
    let mut stage = Stage::new(false);
    let (ann, bob) = two(&mut stage);
    let many = u32::try_from(REPLAY_PACKETS_MAX).unwrap() + 3;
    for sequence in 1..=many {
        // A hundred a second and person are let through; here two people's worth of time passes between any two.
        stage.now.instant += Duration::from_micros(9_700);
        stage.room.members.values_mut().for_each(|member| {
            member.pace = crate::pace::Pace::new(super::super::data::DATA_PACE, stage.now.instant);
        });
        send(&mut stage, &ann, DataChannel::Reliable, &packet(sequence, 1));
    }
    resume(&mut stage, &bob, &[]);
    let again = got(&stage, &bob);
    assert_eq!((again.len(), again.last()), (REPLAY_PACKETS_MAX, Some(&many)));
}

#[test]
fn reaches_replay_bytes_max() {
    let mut stage = Stage::new(false);
    let (ann, bob) = two(&mut stage);
    for sequence in 1..=20 {
        stage.now.instant += Duration::from_millis(500);
        send(&mut stage, &ann, DataChannel::Reliable, &packet(sequence, 64_000));
    }
    resume(&mut stage, &bob, &[]);
    let again = got(&stage, &bob);
    assert!(again.len() >= 15 && again.len() * 64_000 <= REPLAY_BYTES_MAX, "{again:?}");
    assert_eq!(again.last(), Some(&20), "the oldest give way");
}
