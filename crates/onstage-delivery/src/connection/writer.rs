//! The sending half of a socket: frames in order, a sign of life now and then, and the close.

use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket};
use futures_util::SinkExt as _;
use futures_util::stream::SplitSink;
use tokio::sync::mpsc;
use tokio::time::{MissedTickBehavior, interval_at, timeout};

use crate::limits::CLOSE_WAIT_MS;
use crate::line::{Closing, Line};
use crate::tasks::from_now;
use crate::wire::Wire;

type Sink = SplitSink<WebSocket, Message>;

pub(super) async fn run(mut sink: Sink, mut frames: mpsc::Receiver<Wire>, line: Line, ping_every: Duration) {
    let mut ping = interval_at(from_now(ping_every), ping_every);
    ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let closing = loop {
        let wire = tokio::select! {
            biased;
            closing = line.closed() => break closing,
            frame = frames.recv() => match frame {
                Some(wire) => Some(wire),
                None => break Closing::NORMAL,
            },
            _ = ping.tick() => None,
        };
        // A client that reads nothing must not keep its socket open.
        let sent = tokio::select! {
            sent = send(&mut sink, wire.as_ref()) => sent,
            closing = line.closed() => break closing,
        };
        if sent.is_err() {
            line.close(Closing::NORMAL);
            return;
        }
        line.wrote(wire.map_or(0, |wire| wire.texts().len()));
    };
    let _the_client_may_be_gone =
        timeout(Duration::from_millis(CLOSE_WAIT_MS), finish(&mut sink, &mut frames, closing)).await;
}

/// Frames in one write, or a sign that somebody is here.
async fn send(sink: &mut Sink, wire: Option<&Wire>) -> Result<(), axum::Error> {
    let Some(wire) = wire else { return sink.send(Message::Ping(axum::body::Bytes::new())).await };
    for text in wire.texts() {
        sink.feed(Message::Text(text.clone())).await?;
    }
    sink.flush().await
}

/// Sends what is left, where that makes sense, and the close frame.
async fn finish(sink: &mut Sink, frames: &mut mpsc::Receiver<Wire>, closing: Closing) {
    if closing.drains {
        while let Ok(frame) = frames.try_recv() {
            if send(sink, Some(&frame)).await.is_err() {
                return;
            }
        }
    }
    let close = CloseFrame { code: closing.code, reason: Utf8Bytes::from_static(closing.reason) };
    if sink.send(Message::Close(Some(close))).await.is_ok() {
        let _the_client_may_be_gone = sink.close().await;
    }
}
