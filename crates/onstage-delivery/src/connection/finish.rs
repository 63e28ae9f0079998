//! The end of a socket: what is left, the close frame, and a moment for the client to read both.

use std::future::poll_fn;
use std::time::Duration;

use futures_util::StreamExt as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;

use super::task::Outgoing;
use super::upgrade::Socket;
use crate::limits::{CLOSE_WAIT_MS, SOCKET_QUEUE_MAX};
use crate::line::{Closing, LineEnd};
use crate::wire::Wire;

/// Bytes that are read at once from a client that nobody listens to any more.
const UNREAD_AT_ONCE: usize = 1_024;

/// Sends what is left, where that makes sense, and the close frame; a client that takes neither is left.
pub(super) async fn finish(mut socket: Socket, outgoing: Outgoing, end: LineEnd, closing: Closing) {
    let last = async {
        if say(&mut socket, outgoing, &end, closing).await.is_ok() {
            hear_out(&mut socket, closing).await;
            let _gone_already = socket.get_mut().shutdown().await;
        }
    };
    let _the_client_may_be_gone = timeout(Duration::from_millis(CLOSE_WAIT_MS), last).await;
}

async fn say(
    socket: &mut Socket,
    mut outgoing: Outgoing,
    end: &LineEnd,
    closing: Closing,
) -> std::io::Result<()> {
    outgoing.last(end, closing);
    poll_fn(|context| outgoing.poll_write(socket, context, end)).await
}

/// Until the client has closed as well: a connection that is dropped with something unread in it takes the close
/// frame away from the client.
async fn hear_out(socket: &mut Socket, closing: Closing) {
    if closing.is_unreadable() {
        let mut unread = [0; UNREAD_AT_ONCE];
        while matches!(socket.get_mut().read(&mut unread).await, Ok(count) if count > 0) {}
        return;
    }
    while let Some(Ok(message)) = socket.next().await {
        if matches!(message, Message::Close(_)) {
            return;
        }
    }
}

impl Outgoing {
    /// What is still to be sent: after a client's own close nothing but the answer to it, which the socket has.
    fn last(&mut self, end: &LineEnd, closing: Closing) {
        if self.client_closed {
            self.wires.clear();
            return;
        }
        if closing.drains {
            end.take_wires(&mut self.wires, SOCKET_QUEUE_MAX);
        } else {
            self.forget();
        }
        self.push(Wire::close(closing));
    }
}
