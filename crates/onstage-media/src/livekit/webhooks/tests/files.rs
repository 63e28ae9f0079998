//! The file of waiting events: what is torn is left out, what is done is gone, what waits is there again.

use std::fs;
use std::io::Write as _;

use super::super::journal::{FILE_BYTES_MAX, Journal};
use super::super::keeper::{BATCH_MAX, Keeper, Work};
use super::*;

fn left(folder: &std::path::Path) -> Vec<(u64, Vec<String>)> {
    let (_, replay) = Journal::open(folder).unwrap();
    replay.left.into_iter().map(|(parcel, to)| (parcel.serial, to)).collect()
}

fn names() -> Vec<String> {
    vec!["one".to_owned(), "two".to_owned()]
}

#[test]
fn what_waits_is_there_again_for_those_who_have_not_taken_it() {
    let folder = tempfile::tempdir().unwrap();
    let (mut journal, replay) = Journal::open(folder.path()).unwrap();
    assert!(replay.left.is_empty() && replay.next_serial == 0);
    for serial in 0..4 {
        journal.add(&parcel(serial, "a"), &names());
    }
    journal.done(0, Some("one"));
    journal.done(1, Some("one"));
    journal.done(1, Some("two"));
    journal.done(2, None);
    journal.write().unwrap();
    drop(journal);
    let wanted = [(0, vec!["two".to_owned()]), (3, names())];
    assert_eq!(left(folder.path()), wanted);
    assert_eq!(left(folder.path()), wanted, "also after it was written anew");
    let (_, replay) = Journal::open(folder.path()).unwrap();
    assert_eq!(replay.next_serial, 4);
    assert_eq!(replay.left[0].0, parcel(0, "a"));
}

/// Lines that came to their end.
fn complete_lines(bytes: &[u8]) -> usize {
    bytes.split(|byte| *byte == b'\n').count().saturating_sub(1)
}

#[test]
fn what_is_torn_is_left_out_and_the_rest_counts() {
    let folder = tempfile::tempdir().unwrap();
    let (mut journal, _) = Journal::open(folder.path()).unwrap();
    for serial in 0..3 {
        journal.add(&parcel(serial, "a"), &names());
    }
    journal.write().unwrap();
    drop(journal);
    let path = folder.path().join("webhooks.log");
    let whole = fs::read(&path).unwrap();
    for cut in 0..whole.len() {
        fs::write(&path, &whole[..cut]).unwrap();
        let said = left(folder.path());
        let complete = complete_lines(&whole[..cut]);
        assert!((complete..=complete + 1).contains(&said.len()), "{cut}");
    }
    let mut broken = whole.clone();
    let middle = broken.iter().position(|byte| *byte == b'\n').unwrap() + 20;
    broken[middle] ^= 1;
    fs::write(&path, &broken).unwrap();
    let (_, replay) = Journal::open(folder.path()).unwrap();
    let serials: Vec<u64> = replay.left.iter().map(|(parcel, _)| parcel.serial).collect();
    assert_eq!((serials, replay.torn), (vec![0, 2], 1));
    let mut file = fs::OpenOptions::new().append(true).open(&path).unwrap();
    file.write_all(&[0xff; 5_000]).unwrap();
    assert_eq!(left(folder.path()).len(), 2, "nonsense at the end");
}

#[test]
fn only_its_owner_reads_it() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    drop(Journal::open(folder.path()).unwrap());
    let mode = fs::metadata(folder.path().join("webhooks.log")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

fn shared(names: Vec<String>) -> Arc<Shared> {
    Arc::new(Shared {
        bells: names.iter().map(|_| Notify::new()).collect(),
        outbox: Mutex::new(Outbox::new(names)),
        dropped: AtomicU64::new(0),
        told_dropped: AtomicBool::new(false),
    })
}

fn happened(room: &str, metadata: String) -> Work {
    let room = livekit_protocol::Room { name: room.into(), metadata, ..Default::default() };
    Work::Event(Box::new(WebhookEvent {
        event: "room_started".into(),
        room: Some(room),
        ..Default::default()
    }))
}

/// Runs a keeper over this work until it is written.
fn keep(folder: &std::path::Path, shared: &Arc<Shared>, all: Vec<Work>) {
    let (work, waiting) = mpsc::channel(WORK_WAITING_MAX);
    let keeper = Keeper::open(Some(folder), Arc::clone(shared), waiting).unwrap();
    for one in all {
        work.try_send(one).unwrap();
    }
    drop(work);
    keeper.run();
}

#[test]
fn reaches_batch_max() {
    let folder = tempfile::tempdir().unwrap();
    let shared = shared(names());
    keep(folder.path(), &shared, (0..=BATCH_MAX).map(|_| happened("a", String::new())).collect());
    let serials: Vec<u64> = shared.outbox().waiting().iter().map(|(parcel, _)| parcel.serial).collect();
    assert_eq!(serials, (0..=u64::try_from(BATCH_MAX).unwrap()).collect::<Vec<_>>(), "in order over batches");
}

#[test]
fn receivers_that_are_no_longer_configured_are_not_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    keep(folder.path(), &shared(names()), vec![happened("a", String::new()), Work::Done(0, "one".into())]);
    let only_one = shared(vec!["one".into()]);
    keep(folder.path(), &only_one, Vec::new());
    assert!(only_one.outbox().waiting().is_empty() && left(folder.path()).is_empty());
}

#[test]
fn reaches_file_bytes_max() {
    let folder = tempfile::tempdir().unwrap();
    let shared = shared(vec!["one".into()]);
    let (work, waiting) = mpsc::channel(WORK_WAITING_MAX);
    let keeper = Keeper::open(Some(folder.path()), Arc::clone(&shared), waiting).unwrap();
    let running = std::thread::spawn(move || keeper.run());
    let flush = || {
        let (done, written) = oneshot::channel();
        work.blocking_send(Work::Flush(done)).unwrap();
        written.blocking_recv().unwrap();
        fs::metadata(folder.path().join("webhooks.log")).unwrap().len()
    };
    for _ in 0..80 {
        work.blocking_send(happened("a", "x".repeat(64 * 1024))).unwrap();
    }
    assert!(flush() > FILE_BYTES_MAX, "all of it is present");
    let now = Instant::now();
    loop {
        let Some(taken) = shared.outbox().take(0, now) else { break };
        shared.outbox().settle(0, &taken, Outcome::Taken, (now, YOUNG));
    }
    work.blocking_send(happened("b", String::new())).unwrap();
    assert!(flush() < 1_024, "the past is gone");
    drop(work);
    running.join().unwrap();
    assert_eq!(left(folder.path()).len(), 1);
}

#[test]
fn a_folder_that_cannot_be_written_is_said_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("nowhere");
    let (_work, waiting) = mpsc::channel(1);
    assert!(Keeper::open(Some(&missing), shared(names()), waiting).is_err());
}
