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
        shards: 1,
        public_ips: Vec::new(),
        auto_create_rooms: false,
        ice_servers: Vec::new(),
        public_url: "http://localhost".into(),
    }
}

fn turns() -> (Turns, mpsc::Sender<Task>, mpsc::Receiver<Report>) {
    let link = Link::new(socket::bind("127.0.0.1:0".parse().unwrap()).unwrap());
    let (tasks, tasks_in) = mpsc::channel(TASKS_WAITING_MAX);
    let (reports, reports_out) = mpsc::channel(REPORTS_WAITING_MAX);
    let shard = Shard::new(candidates(link.address(), &[]), Instant::now());
    (Turns { shard, link, tasks: tasks_in, reports, held: VecDeque::new(), left_out: 0 }, tasks, reports_out)
}

fn connected(number: u64) -> Report {
    Report::Notice(Notice::PeerConnected { peer: PeerKey(number) })
}

#[test]
fn reaches_reports_waiting_max() {
    let (mut turns, _tasks, mut reports) = turns();
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
    let (mut turns, tasks, _reports) = turns();
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
    let (_turns, tasks, _reports) = turns();
    for number in 0..TASKS_WAITING_MAX {
        tasks
            .try_send(Task::Control(Control::CloseRoom { room: RoomKey(u64::try_from(number).unwrap()) }))
            .unwrap();
    }
    assert!(tasks.try_send(Task::Stop).is_err(), "the sender waits from here on");
}

#[tokio::test]
async fn a_thread_answers_and_ends_when_told() {
    let (handle, mut reports) = start(&config(), 0).unwrap();
    assert_ne!(handle.address().port(), 0);
    assert!(handle.receive_buffer_bytes() > 0);
    let unknown = Control::RestartIce { peer: PeerKey(9) };
    assert!(handle.send(Task::Control(unknown)).await);
    assert!(handle.barrier().await);
    let Some(Report::Refused { about, .. }) = reports.recv().await else { panic!("no refusal") };
    assert_eq!(about, About::Peer(PeerKey(9)));
    assert!(handle.is_alive());
    handle.send(Task::Stop).await;
    assert!(reports.recv().await.is_none(), "its end closes the reports");
    assert!(!handle.barrier().await, "nothing is promised any more");
}

#[test]
fn a_taken_port_is_said() {
    let taken = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let config = MediaConfig { udp_port: taken.local_addr().unwrap().port(), ..config() };
    assert!(matches!(start(&config, 0), Err(MediaError::Bind { .. })));
    let last = MediaConfig { udp_port: u16::MAX, ..config };
    assert!(matches!(start(&last, 1), Err(MediaError::Ports { .. })), "there is no port 65536");
}
