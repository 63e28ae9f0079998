//! Catches a media thread that grows without end when nobody reads, dies without a word, or stops listening.

#![allow(clippy::arithmetic_side_effects, clippy::indexing_slicing, reason = "tests")]

use onstage_sfu::{PeerKey, RoomKey};

use super::*;

fn config() -> MediaConfig {
    MediaConfig {
        api_key: "key".into(),
        api_secret: "secret".into(),
        listen: "127.0.0.1".parse().unwrap(),
        udp_port: 0,
        tcp_port: crate::config::Listening::Preferred(0),
        turn_port: crate::config::Listening::Off,
        tls: None,
        shards: 1,
        public_ips: Vec::new(),
        auto_create_rooms: false,
        ice_servers: Vec::new(),
        limits_enabled: true,
        public_url: "http://localhost".into(),
    }
}

/// A thread's world without the thread, and the ends of its queues.
struct Ends {
    turns: Turns,
    tasks: mpsc::Sender<Task>,
    urgent: mpsc::Sender<Task>,
    carried: mpsc::Sender<Carried>,
    reports: mpsc::Receiver<Report>,
}

fn ends() -> Ends {
    let link = Link::new(socket::bind("127.0.0.1:0".parse().unwrap()).unwrap());
    let (tasks, tasks_in) = mpsc::channel(TASKS_WAITING_MAX);
    let (urgent, urgent_in) = mpsc::channel(URGENT_WAITING_MAX);
    let (carried, carried_in) = mpsc::channel(CARRIED_WAITING_MAX);
    let (reports_in, reports) = mpsc::channel(REPORTS_WAITING_MAX);
    let shard = Shard::new(candidates(link.address(), &[], None), Instant::now());
    let turns = Turns {
        shard,
        link,
        tasks: tasks_in,
        urgent: urgent_in,
        carried: carried_in,
        lanes: Lanes::default(),
        later: Later::default(),
        gate_turns: HashMap::new(),
        reports: reports_in,
        held: VecDeque::new(),
        left_out: 0,
    };
    Ends { turns, tasks, urgent, carried, reports }
}

fn connected(number: u64) -> Report {
    Report::Notice(Notice::PeerConnected { peer: PeerKey(number) })
}

#[test]
fn reaches_reports_waiting_max() {
    let Ends { mut turns, mut reports, .. } = ends();
    for number in 0..REPORTS_WAITING_MAX {
        turns.report(connected(u64::try_from(number).unwrap()));
    }
    assert!(turns.held.is_empty());
    turns.report(Report::Notice(Notice::Speakers { room: RoomKey(1), speakers: Vec::new() }));
    assert_eq!((turns.held.len(), turns.left_out), (0, 1), "loudness may be left out");
    turns.report(connected(7));
    assert_eq!(turns.held.len(), 1, "what happened to somebody may not");
    assert!(reports.try_recv().is_ok());
    turns.pass_on_held();
    assert!(turns.held.is_empty());
}

#[test]
fn reaches_notices_held_max() {
    let Ends { mut turns, tasks, reports: _reports, .. } = ends();
    turns.held.extend((0..NOTICES_HELD_MAX).map(|_| connected(1)));
    tasks.try_send(Task::Control(Control::OpenRoom { room: RoomKey(1) })).unwrap();
    assert_eq!(
        turns.instructions(),
        Some(false),
        "no more instructions, whose notices would have nowhere to go"
    );
    assert_eq!(turns.tasks.len(), 1);
    turns.held.clear();
    assert_eq!(turns.instructions(), Some(false));
    assert_eq!(turns.tasks.len(), 0);
}

#[test]
fn reaches_tasks_waiting_max() {
    let Ends { turns: _turns, tasks, .. } = ends();
    for number in 0..TASKS_WAITING_MAX {
        tasks
            .try_send(Task::Control(Control::CloseRoom { room: RoomKey(u64::try_from(number).unwrap()) }))
            .unwrap();
    }
    assert!(tasks.try_send(Task::Stop).is_err(), "the sender waits from here on");
}

#[tokio::test]
async fn a_thread_answers_and_ends_when_told() {
    let (handle, mut reports) = start(&config(), 0, None).unwrap();
    assert_ne!(handle.address().port(), 0);
    assert!(handle.receive_buffer_bytes() > 0);
    let unknown = Control::RestartIce { peer: PeerKey(9) };
    assert!(handle.send(Task::Control(unknown)).await);
    let Some(Report::Refused { about, .. }) = reports.recv().await else { panic!("no refusal") };
    assert!(handle.barrier().await);
    assert_eq!(about, About::Peer(PeerKey(9)));
    assert!(handle.is_alive());
    handle.send_urgent(Task::Stop).await;
    assert!(reports.recv().await.is_none(), "its end closes the reports");
    assert!(!handle.barrier().await, "nothing is promised any more");
}

#[test]
fn a_taken_port_is_said() {
    let taken = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let config = MediaConfig { udp_port: taken.local_addr().unwrap().port(), ..config() };
    assert!(matches!(start(&config, 0, None), Err(MediaError::Bind { .. })));
    let last = MediaConfig { udp_port: u16::MAX, ..config };
    assert!(matches!(start(&last, 1, None), Err(MediaError::Ports { .. })), "there is no port 65536");
}

#[test]
fn reaches_urgent_waiting_max() {
    let Ends { turns: _turns, urgent, .. } = ends();
    let closing = || Task::Control(Control::ClosePeer { peer: PeerKey(1) });
    for _ in 0..URGENT_WAITING_MAX {
        urgent.try_send(closing()).unwrap();
    }
    assert!(urgent.try_send(closing()).is_err(), "the sender waits from here on");
}

#[test]
fn what_ends_overtakes_what_begins() {
    let Ends { mut turns, tasks, urgent, reports: _reports, .. } = ends();
    for number in 0..100 {
        tasks.try_send(Task::Control(Control::OpenRoom { room: RoomKey(number) })).unwrap();
    }
    let (done, mut enforced) = tokio::sync::oneshot::channel();
    urgent.try_send(Task::Control(Control::CloseRoom { room: RoomKey(99) })).unwrap();
    urgent.try_send(Task::Barrier(done)).unwrap();
    assert_eq!(turns.instructions(), Some(true));
    assert!(enforced.try_recv().is_ok(), "a hundred joins later would be too late");
    assert_eq!(turns.tasks.len(), 100 - TASKS_A_TURN);
}

#[test]
fn an_opening_that_waited_does_not_undo_a_later_closing() {
    let Ends { mut turns, .. } = ends();
    let track = TrackKey(7);
    turns.gate(track, false, 3);
    turns.gate(track, true, 2);
    assert_eq!(turns.gate_turns.get(&track), Some(&3), "the older word is not even passed on");
    turns.gate(track, true, 4);
    assert_eq!(turns.gate_turns.get(&track), Some(&4));
    turns.control(Control::RemoveTrack { track });
    assert!(turns.gate_turns.is_empty(), "nothing is remembered of tracks that are gone");
}

#[test]
fn strangers_take_no_room_from_handshakes() {
    let Ends { mut turns, carried, reports: _reports, .. } = ends();
    let stranger: SocketAddr = "192.0.2.1:5".parse().unwrap();
    let hello = vec![22, 254, 253];
    let datagram =
        Carried::Datagram { transport: Transport::Tcp, remote: stranger, local: stranger, contents: hello };
    carried.try_send(datagram).unwrap();
    assert_eq!(turns.carried(Instant::now()), 1);
    assert!(turns.later.is_empty());
    assert_eq!(turns.shard.counters().datagrams_unknown, 1);
}

#[test]
fn reaches_carried_waiting_max() {
    let Ends { mut turns, carried, reports: _reports, .. } = ends();
    let remote: SocketAddr = "192.0.2.1:5".parse().unwrap();
    let datagram =
        || Carried::Datagram { transport: Transport::Tcp, remote, local: remote, contents: vec![0, 1] };
    for _ in 0..CARRIED_WAITING_MAX {
        carried.try_send(datagram()).unwrap();
    }
    assert!(carried.try_send(datagram()).is_err(), "what comes above it is lost");
    assert!(turns.datagrams(), "there is more after one turn");
    assert_eq!(turns.shard.counters().datagrams_in, u64::try_from(DATAGRAMS_A_TURN).unwrap());
    assert!(carried.try_send(datagram()).is_ok());
}

#[test]
fn nobody_can_speak_for_the_relay_by_the_socket() {
    let Ends { mut turns, carried, .. } = ends();
    let forger = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let (near, _far) = super::super::lane::lane();
    let remote = forger.local_addr().unwrap();
    carried.try_send(Carried::Open { transport: Transport::Udp, remote, lane: near }).unwrap();
    turns.datagrams();
    forger.send_to(&[0, 1, 0, 0], turns.link.address()).unwrap();
    let honest = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    honest.send_to(&[0, 1, 0, 0], turns.link.address()).unwrap();
    let begun = Instant::now();
    while turns.shard.counters().datagrams_in == 0 {
        turns.datagrams();
        assert!(begun.elapsed() < Duration::from_secs(30), "a datagram on loopback");
        std::thread::yield_now();
    }
    assert_eq!(turns.shard.counters().datagrams_in, 1, "the forged one came first and was left out");
}
