//! One signalling socket: frames in to the room, messages out to the client, until either side ends it.

use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use axum::body::Bytes;
use axum::extract::ws::{CloseFrame, Message as Frame, Utf8Bytes, WebSocket, close_code};
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use livekit_protocol as proto;
use prost::Message as _;

use super::admission::Admitted;
use super::outgoing::{self, Outgoing, Waiting};
use super::query::Wishes;
use super::room::{Arrival, ConnectionId, RoomInput};
use super::room_task::RoomHandle;
use crate::pace::{Pace, PerSecond};

/// Longest signalling message.
pub(crate) const SIGNAL_BYTES_MAX: usize = 2 * 1024 * 1024;
/// Messages of one socket in a second; more and it is closed.
pub(crate) const SIGNALS_PER_SECOND_MAX: usize = 1_000;
/// Bytes of one socket in a second; more and it is closed.
pub(crate) const SIGNAL_BYTES_PER_SECOND_MAX: usize = 8 * 1024 * 1024;
/// A client that says nothing for so long is gone; it pings every five seconds.
const SILENT_FOR: Duration = Duration::from_secs(30);
/// Between two pings of the socket itself.
const PING_EVERY: Duration = Duration::from_secs(10);
/// Time for a closing handshake.
const FAREWELL_WITHIN: Duration = Duration::from_secs(1);
/// Time for one message to leave.
const SEND_WITHIN: Duration = Duration::from_secs(10);

static NEXT_CONNECTION: AtomicU64 = AtomicU64::new(1);

/// A name for one more client.
pub(crate) fn next_connection() -> ConnectionId {
    ConnectionId(NEXT_CONNECTION.fetch_add(1, Ordering::Relaxed))
}

/// How a client wants its messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Encoding {
    Protobuf,
    Json,
}

/// Serves one socket to its end.
pub(crate) async fn serve(socket: WebSocket, admitted: Admitted, wishes: Wishes) {
    let Admitted { room, bearer, half_open } = admitted;
    let connection = next_connection();
    let (outgoing, waiting) = Outgoing::new();
    let arrival = Arrival {
        connection,
        outgoing: outgoing.clone(),
        bearer,
        query: wishes.query,
        opening: wishes.opening,
        half_open,
    };
    if !room.send(RoomInput::Arrive(Box::new(arrival))).await {
        // The room ended between the door and here.
        outgoing.send(super::messages::leave(
            proto::DisconnectReason::RoomDeleted,
            proto::leave_request::Action::Disconnect,
        ));
        outgoing.close();
    }
    drop(outgoing);
    let (sink, mut stream) = socket.split();
    let (encoding_told, encoding) = tokio::sync::watch::channel(Encoding::Protobuf);
    {
        let mut writer = pin!(write(sink, waiting, encoding));
        tokio::select! {
            end = read(&mut stream, connection, &room, encoding_told) => match end {
                End::Client => {}
                // Its last words are still under way to the client.
                End::Room => writer.await,
            },
            () = &mut writer => {}
        }
    }
    room.send(RoomInput::Gone(connection)).await;
    // A socket that is closed with something unread takes the last words with it.
    let rest = async { while let Some(Ok(_)) = stream.next().await {} };
    let _ = tokio::time::timeout(FAREWELL_WITHIN, rest).await;
}

/// Whose end ended the reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Client,
    Room,
}

/// Every frame that can be read goes to the room; the rest is dropped without a word.
async fn read(
    stream: &mut SplitStream<WebSocket>,
    connection: ConnectionId,
    room: &RoomHandle,
    encoding: tokio::sync::watch::Sender<Encoding>,
) -> End {
    let limit = PerSecond { messages: SIGNALS_PER_SECOND_MAX, bytes: SIGNAL_BYTES_PER_SECOND_MAX };
    let mut pace = Pace::new(limit, Instant::now());
    while let Ok(Some(Ok(frame))) = tokio::time::timeout(SILENT_FOR, stream.next()).await {
        if !pace.takes(Instant::now(), length(&frame)) {
            tracing::info!("a signalling socket sends too much");
            return End::Client;
        }
        if matches!(frame, Frame::Close(_)) {
            return End::Client;
        }
        let Some(message) = understand(frame, &encoding) else { continue };
        if !room.send(RoomInput::Signal(connection, Box::new(message))).await {
            return End::Room;
        }
    }
    End::Client
}

/// The request in a frame. What cannot be read is dropped without a word.
fn understand(
    frame: Frame,
    encoding: &tokio::sync::watch::Sender<Encoding>,
) -> Option<proto::signal_request::Message> {
    let request = match frame {
        Frame::Binary(bytes) => proto::SignalRequest::decode(bytes).ok()?,
        Frame::Text(text) => {
            encoding.send_replace(Encoding::Json);
            serde_json::from_str(text.as_str()).ok()?
        }
        Frame::Ping(_) | Frame::Pong(_) | Frame::Close(_) => return None,
    };
    request.message
}

fn length(frame: &Frame) -> usize {
    match frame {
        Frame::Binary(bytes) | Frame::Ping(bytes) | Frame::Pong(bytes) => bytes.len(),
        Frame::Text(text) => text.len(),
        Frame::Close(_) => 0,
    }
}

/// Messages in order, pings in between, and an end when the client cannot keep up.
async fn write(
    mut sink: SplitSink<WebSocket, Frame>,
    mut waiting: Waiting,
    encoding: tokio::sync::watch::Receiver<Encoding>,
) {
    let slow = waiting.slow();
    let mut pings = tokio::time::interval(PING_EVERY);
    loop {
        let frame = tokio::select! {
            biased;
            () = slow.cancelled() => return close(&mut sink, close_code::AGAIN, "too slow").await,
            next = waiting.recv() => match next {
                Some(outgoing::Frame::Message(bytes)) => encode(bytes, *encoding.borrow()),
                Some(outgoing::Frame::Close) | None => return close(&mut sink, close_code::NORMAL, "").await,
            },
            _ = pings.tick() => Frame::Ping(Bytes::new()),
        };
        let sent = tokio::select! {
            sent = tokio::time::timeout(SEND_WITHIN, sink.send(frame)) => sent,
            () = slow.cancelled() => return close(&mut sink, close_code::AGAIN, "too slow").await,
        };
        if !matches!(sent, Ok(Ok(()))) {
            return;
        }
    }
}

fn encode(bytes: Bytes, encoding: Encoding) -> Frame {
    match encoding {
        Encoding::Protobuf => Frame::Binary(bytes),
        Encoding::Json => {
            let response = proto::SignalResponse::decode(bytes.clone()).ok();
            let text = response.and_then(|response| serde_json::to_string(&response).ok());
            text.map_or(Frame::Binary(bytes), |text| Frame::Text(text.into()))
        }
    }
}

async fn close(sink: &mut SplitSink<WebSocket, Frame>, code: u16, reason: &'static str) {
    let frame = Frame::Close(Some(CloseFrame { code, reason: Utf8Bytes::from_static(reason) }));
    let closing = async {
        // A socket that is gone already needs no farewell.
        let _ = sink.send(frame).await;
        let _ = sink.close().await;
    };
    let _ = tokio::time::timeout(FAREWELL_WITHIN, closing).await;
}
