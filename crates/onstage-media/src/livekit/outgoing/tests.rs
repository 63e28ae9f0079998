//! Catches a slow socket that grows without end or blocks the room it is in.

use super::*;

#[tokio::test]
async fn reaches_signals_waiting_max() {
    let (outgoing, mut waiting, slow) = Outgoing::new();
    for _ in 0..SIGNALS_WAITING_MAX {
        outgoing.send(Message::Pong(1));
    }
    assert!(!slow.is_cancelled());
    outgoing.send(Message::Pong(1));
    assert!(slow.is_cancelled(), "one too many closes the socket");
    assert_eq!(waiting.recv().await, Some(Frame::Message(encode(Message::Pong(1)))));
}
