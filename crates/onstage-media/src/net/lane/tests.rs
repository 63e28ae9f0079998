//! Catches a slow viewer that costs memory, that gets torn frames, or that loses its sound before its picture.

#![allow(clippy::arithmetic_side_effects, clippy::indexing_slicing, reason = "tests")]

use super::*;

fn remote(port: u16) -> SocketAddr {
    SocketAddr::from(([192, 0, 2, 1], port))
}

fn packet(ssrc: u32, timestamp: u32, length: usize) -> Vec<u8> {
    let mut packet = vec![0x80, 96, 0, 0];
    packet.extend(timestamp.to_be_bytes());
    packet.extend(ssrc.to_be_bytes());
    packet.resize(length, 0);
    packet
}

fn transmit(transport: Transport, contents: Vec<u8>) -> Transmit {
    Transmit { transport, source: remote(7881), destination: remote(5), contents }
}

fn lanes() -> (Lanes, mpsc::Receiver<Frame>) {
    let mut lanes = Lanes::default();
    let (near, far) = lane();
    lanes.open(Transport::Tcp, remote(5), near);
    (lanes, far)
}

#[test]
fn only_what_a_lane_leads_to_leaves_by_it() {
    let (mut lanes, mut far) = lanes();
    let by_socket = transmit(Transport::Udp, vec![1]);
    assert_eq!(lanes.send(by_socket.clone()), Some(by_socket), "the same address by UDP is another way");
    assert_eq!(lanes.send(transmit(Transport::Tcp, vec![2])), None);
    assert_eq!(far.try_recv().unwrap(), Frame { local: remote(7881), contents: vec![2] });
    let lost = Transmit { destination: remote(6), ..transmit(Transport::Tcp, vec![3]) };
    assert_eq!((lanes.send(lost), lanes.dropped()), (None, 1), "a socket cannot carry it");
    assert!(!lanes.leads_to(remote(5)));
    lanes.open(Transport::Udp, remote(9), lane().0);
    assert!(lanes.leads_to(remote(9)), "the relay's addresses cannot be claimed by others");
}

#[test]
fn a_lane_whose_other_end_is_gone_is_forgotten() {
    let (mut lanes, far) = lanes();
    drop(far);
    assert_eq!(lanes.send(transmit(Transport::Tcp, vec![2])), None);
    assert!(lanes.by_remote.is_empty());
}

#[test]
fn reaches_lane_frames_max() {
    let (mut lanes, mut far) = lanes();
    for number in 0..2_000 {
        lanes.send(transmit(Transport::Tcp, packet(1, number / 4, 1_100)));
        lanes.send(transmit(Transport::Tcp, packet(2, number, 90)));
    }
    let frames: Vec<Frame> = std::iter::from_fn(|| far.try_recv().ok()).collect();
    assert_eq!(frames.len(), LANE_FRAMES_MAX, "no more than that waits");
    let pictures: Vec<_> =
        frames.iter().filter_map(|frame| media(&frame.contents)).filter(|m| m.0 == 1).collect();
    assert!(
        pictures.len() <= LANE_FRAMES_MAX * 3 / 8,
        "sound has the last quarter for itself: {}",
        pictures.len()
    );
    assert!(frames.len() - pictures.len() > LANE_FRAMES_MAX / 2);
}

#[test]
fn a_frame_is_left_out_whole_and_the_picture_comes_back_with_room() {
    let mut pictures = Pictures::default();
    let soft = LANE_FRAMES_MAX / 4;
    assert!(pictures.lets_pass(&packet(1, 10, 1_000), soft + 1));
    assert!(!pictures.lets_pass(&packet(1, 11, 1_000), soft));
    assert!(!pictures.lets_pass(&packet(1, 11, 100), LANE_FRAMES_MAX), "half a frame is of no use");
    assert!(!pictures.lets_pass(&packet(1, 12, 1_000), soft + 1), "not before half of the lane is free");
    assert!(pictures.lets_pass(&packet(1, 13, 1_000), LANE_FRAMES_MAX));
    assert!(pictures.lets_pass(&packet(2, 13, 100), 1), "sound");
    assert!(pictures.lets_pass(&[0x80, 200, 0, 6, 0, 0, 0, 0, 0, 0, 0, 0], 1), "a report");
    assert!(pictures.lets_pass(&[0, 1, 0, 0], 1) && !pictures.lets_pass(&[0, 1, 0, 0], 0), "a check");
}

#[test]
fn reaches_pictures_max() {
    let mut pictures = Pictures::default();
    for stream in 0..u32::try_from(PICTURES_MAX).unwrap() * 3 {
        pictures.lets_pass(&packet(stream, 1, 1_000), LANE_FRAMES_MAX);
        assert!(pictures.cut.len() <= PICTURES_MAX);
    }
}

#[test]
fn reaches_lanes_max() {
    let mut lanes = Lanes::default();
    let (near, _far) = lane();
    let (closed, _) = lane();
    for number in 0..LANES_MAX {
        let remote = SocketAddr::from(([10, 0, 0, 1], u16::try_from(number).unwrap()));
        lanes.open(Transport::Tcp, remote, if number == 7 { closed.clone() } else { near.clone() });
    }
    lanes.open(Transport::Tcp, remote(1), near.clone());
    assert_eq!(lanes.by_remote.len(), LANES_MAX, "a closed one made room");
    lanes.open(Transport::Tcp, remote(2), near.clone());
    assert_eq!(lanes.by_remote.len(), LANES_MAX);
    assert!(!lanes.by_remote.contains_key(&(Transport::Tcp, remote(2))));
}

#[test]
fn reaches_sound_bytes_max() {
    let mut pictures = Pictures::default();
    assert!(pictures.lets_pass(&packet(1, 1, SOUND_BYTES_MAX), 1), "sound, however little room there is");
    assert!(!pictures.lets_pass(&packet(1, 2, SOUND_BYTES_MAX + 1), 1), "longer than any sound");
    assert!(!pictures.lets_pass(&packet(1, 3, 50), 1), "and from then on a picture");
}
