//! Catches datagrams that are lost, doubled, out of order or cut in the wrong place when many leave at once, and a
//! system that takes no runs.

#![allow(clippy::arithmetic_side_effects, clippy::indexing_slicing, reason = "tests")]

use std::net::UdpSocket;
use std::os::fd::AsFd as _;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use onstage_sfu::Transport;
use proptest::prelude::*;

use super::*;

fn socket() -> UdpSocket {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    socket
}

fn transmit(to: &UdpSocket, contents: Vec<u8>) -> Transmit {
    let destination = to.local_addr().unwrap();
    Transmit { transport: Transport::Udp, source: "127.0.0.1:1".parse().unwrap(), destination, contents }
}

fn send_all(batch: &mut Batch, socket: &UdpSocket, mut queue: &[Transmit]) -> usize {
    let mut calls = 0;
    while !queue.is_empty() {
        calls += 1;
        match batch.send(socket.as_fd(), queue) {
            Outcome::Left(count) => queue = &queue[count..],
            other @ (Outcome::Full | Outcome::Refused) => panic!("{other:?}"),
        }
    }
    calls
}

fn receive(socket: &UdpSocket, count: usize) -> Vec<Vec<u8>> {
    let mut buffer = [0; 2_048];
    (0..count).map(|_| socket.recv(&mut buffer).map(|length| buffer[..length].to_vec()).unwrap()).collect()
}

/// Sends to two receivers, and returns how many calls it took.
fn check(batch: &mut Batch, lengths: &[(bool, usize)]) -> usize {
    let (sender, receivers) = (socket(), [socket(), socket()]);
    let numbered = lengths.iter().enumerate();
    let queue: Vec<_> = numbered
        .map(|(number, (second, length))| {
            transmit(&receivers[usize::from(*second)], vec![u8::try_from(number).unwrap(); *length])
        })
        .collect();
    let calls = send_all(batch, &sender, &queue);
    for receiver in &receivers {
        let to = receiver.local_addr().unwrap();
        let sent: Vec<_> =
            queue.iter().filter(|transmit| transmit.destination == to).map(|t| t.contents.clone()).collect();
        assert_eq!(receive(receiver, sent.len()), sent);
    }
    calls
}

fn batch(send_run: SendRun) -> Batch {
    Batch { is_v6: false, has_runs: true, send_run }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn everything_arrives_once_whole_and_in_order(
        lengths in proptest::collection::vec((any::<bool>(), 1..4_usize), 1..60), has_runs in any::<bool>(),
    ) {
        let lengths: Vec<_> = lengths.into_iter().map(|(second, third)| (second, third * 200)).collect();
        let mut batch = Batch { is_v6: false, has_runs, send_run };
        check(&mut batch, &lengths);
    }
}

#[test]
fn reaches_run_datagrams_max() {
    let mut batch = Batch::new(socket().as_fd(), false);
    let calls = check(&mut batch, &[(false, 900); RUN_DATAGRAMS_MAX + 1]);
    if batch.has_runs {
        assert_eq!(calls, 2, "a run, and the one it has no room for");
    }
}

#[test]
fn reaches_call_datagrams_max() {
    let mut batch = batch(send_run);
    batch.has_runs = false;
    assert_eq!(check(&mut batch, &[(true, 900); CALL_DATAGRAMS_MAX + 1]), 2);
}

#[test]
fn an_interface_without_runs_is_asked_once() {
    static ASKED: AtomicUsize = AtomicUsize::new(0);
    let mut batch = batch(|_, _, _, _| {
        ASKED.fetch_add(1, Ordering::Relaxed);
        Err(io::Error::from_raw_os_error(nix::libc::EIO))
    });
    check(&mut batch, &[(false, 900); 40]);
    assert_eq!(ASKED.load(Ordering::Relaxed), 1);
    assert!(!batch.has_runs);
}

#[test]
fn a_run_that_is_too_long_for_its_way_leaves_as_datagrams() {
    let mut batch = batch(|_, _, _, _| Err(io::Error::from_raw_os_error(nix::libc::EINVAL)));
    check(&mut batch, &[(false, 900), (false, 900), (false, 100), (true, 900), (true, 900)]);
    assert!(batch.has_runs, "another way may take runs");
}

#[test]
fn a_full_buffer_and_a_refused_datagram_are_told_apart() {
    let sender = socket();
    let mut batch = batch(|_, _, _, _| Err(io::ErrorKind::WouldBlock.into()));
    let pair = vec![transmit(&sender, vec![1; 10]); 2];
    assert_eq!(batch.send(sender.as_fd(), &pair), Outcome::Full);
    let mut monster = transmit(&sender, vec![1; 70_000]);
    assert_eq!(batch.send(sender.as_fd(), std::slice::from_ref(&monster)), Outcome::Refused);
    monster.destination = "[2001:db8::1]:9".parse().unwrap();
    monster.contents.truncate(10);
    assert_eq!(batch.send(sender.as_fd(), &[monster]), Outcome::Refused, "the wrong family");
}

#[test]
fn a_dual_socket_takes_runs_to_both_families() {
    let Ok(sender) = UdpSocket::bind("[::]:0") else { return };
    let mut batch = Batch::new(sender.as_fd(), true);
    let receiver = socket();
    let queue = vec![transmit(&receiver, vec![3; 500]); 5];
    send_all(&mut batch, &sender, &queue);
    assert_eq!(receive(&receiver, 5), vec![vec![3; 500]; 5]);
}
