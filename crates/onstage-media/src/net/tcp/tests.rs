//! Catches connections that stay although nothing comes or goes by them.

#![allow(clippy::arithmetic_side_effects, clippy::indexing_slicing, reason = "tests")]

use std::sync::Mutex;

use tokio::time::Instant;

use super::*;

#[tokio::test(start_paused = true)]
async fn reaches_idle_for_max() {
    let (near, mut far) = tokio::io::duplex(1_024);
    let begun = Instant::now();
    let handed_in = Mutex::new(Vec::new());
    let speaking = async {
        timeout(IDLE_FOR_MAX / 2, std::future::pending::<()>()).await.unwrap_err();
        far.write_all(&[0, 2, 7, 8, 0, 1, 9, 0]).await.unwrap();
        std::future::pending::<()>().await;
    };
    tokio::select! {
        () = read(near, Unframer::default(), |frame| handed_in.lock().unwrap().push(frame)) => {}
        () = speaking => {}
    }
    assert_eq!(*handed_in.lock().unwrap(), [vec![7, 8], vec![9]]);
    assert_eq!(begun.elapsed(), IDLE_FOR_MAX / 2 + IDLE_FOR_MAX, "the last byte counts");
}

#[tokio::test(start_paused = true)]
async fn reaches_stalled_for_max() {
    let (near, mut far) = tokio::io::duplex(64);
    let (sender, receiver) = lane();
    let local = SocketAddr::from(([192, 0, 2, 1], 7_881));
    for number in 0..50 {
        sender.try_send(Frame { local, contents: vec![number; 30] }).unwrap();
    }
    let begun = Instant::now();
    let reading = async {
        let mut bytes = [0; 64];
        far.read_exact(&mut bytes).await.unwrap();
        assert_eq!((&bytes[..3], &bytes[32..35]), (&[0, 30, 0][..], &[0, 30, 1][..]), "frames, in order");
        std::future::pending::<()>().await;
    };
    tokio::select! {
        () = write(near, receiver) => {}
        () = reading => {}
    }
    assert_eq!(begun.elapsed(), STALLED_FOR_MAX);
    assert!(sender.is_closed(), "the shard learns of it with the next datagram");
}

#[tokio::test]
async fn a_first_frame_in_pieces_is_read_and_one_that_is_too_long_is_not() {
    let (mut near, mut far) = tokio::io::duplex(64);
    let writing = async {
        for byte in [0, 3, 1, 2, 3] {
            far.write_all(&[byte]).await.unwrap();
            tokio::task::yield_now().await;
        }
    };
    let mut frames = Unframer::default();
    let (first, ()) = tokio::join!(next_frame(&mut near, &mut frames), writing);
    assert_eq!(first, Some(vec![1, 2, 3]));
    far.write_all(&[0xff, 0xff]).await.unwrap();
    assert_eq!(next_frame(&mut near, &mut frames).await, None);
}
