//! Catches a room whose waiting inputs grow without end.

use super::*;

#[tokio::test]
async fn reaches_inputs_waiting_max() {
    let (work, mut waiting) = mpsc::channel(INPUTS_WAITING_MAX);
    let room = RoomHandle { session: None, work, present: Arc::default() };
    for _ in 0..INPUTS_WAITING_MAX {
        assert!(room.send(RoomInput::Tick).await);
    }
    let mut one_more = std::pin::pin!(room.send(RoomInput::Tick));
    assert!(futures_util::poll!(one_more.as_mut()).is_pending(), "the sender waits");
    assert!(waiting.recv().await.is_some());
    assert!(one_more.await);
}
