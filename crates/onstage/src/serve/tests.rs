//! Callers who open connections and say nothing: catches sockets that are held for ever.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::*;

const WAIT: Duration = Duration::from_millis(50);
const PATIENCE: Duration = Duration::from_secs(30);

/// Sends this and nothing more, until the server closes the connection.
async fn closed_after(bytes: &[u8]) -> bool {
    let listener = bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let address = listener.local_addr().unwrap();
    spawn_named("a server", async move {
        serve(listener, Tls::Off, Router::new(), Handle::new(), WAIT).await.unwrap();
    });
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(bytes).await.unwrap();
    let mut said = Vec::new();
    timeout(PATIENCE, stream.read_to_end(&mut said)).await.is_ok()
}

#[tokio::test]
async fn half_a_header_does_not_hold_a_connection() {
    assert!(closed_after(b"GET / HTTP/1.1\r\nHost: x\r\nX-More: ").await);
}

#[tokio::test]
async fn a_connection_without_a_word_is_closed() {
    assert!(closed_after(b"").await);
}

#[tokio::test]
async fn a_connection_that_is_answered_and_then_idle_is_closed() {
    assert!(closed_after(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").await);
}
