//! Catches a slow socket that grows without end or blocks the room it is in.

#![allow(clippy::arithmetic_side_effects, reason = "tests")]

use super::*;

#[tokio::test]
async fn reaches_signals_waiting_max() {
    let (outgoing, mut waiting) = Outgoing::new();
    for _ in 0..SIGNALS_WAITING_MAX {
        outgoing.send(Message::Pong(1));
    }
    assert!(!waiting.slow().is_cancelled());
    outgoing.send(Message::Pong(1));
    assert!(waiting.slow().is_cancelled(), "one too many closes the socket");
    assert_eq!(waiting.recv().await, Some(Frame::Message(encode(Message::Pong(1)))));
}

#[tokio::test]
async fn reaches_signal_bytes_waiting_max() {
    let (outgoing, mut waiting) = Outgoing::new();
    let quarter = Bytes::from(vec![0; SIGNAL_BYTES_WAITING_MAX / 4]);
    for _ in 0..20 {
        outgoing.send_encoded(quarter.clone());
        assert!(waiting.recv().await.is_some(), "who reads may have any number");
    }
    for _ in 0..4 {
        outgoing.send_encoded(quarter.clone());
    }
    assert!(!waiting.slow().is_cancelled());
    outgoing.send(Message::Pong(1));
    assert!(waiting.slow().is_cancelled());
}
