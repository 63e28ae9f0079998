//! A client as the document's hook is one: it sends actions and reads types.

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::Value;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use crate::running::PATIENCE;

/// A socket of `/ws/live/{session_id}`.
pub(super) struct Client {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    /// The place in the log it has heard.
    pub(super) seq: i64,
}

impl Client {
    pub(super) async fn open(url: &str) -> Self {
        let (socket, _) = tokio_tungstenite::connect_async(url).await.unwrap();
        Self { socket, seq: 0 }
    }

    pub(super) async fn send(&mut self, frame: Value) {
        self.socket.send(Message::text(frame.to_string())).await.unwrap();
    }

    pub(super) async fn leave(mut self) {
        self.socket.close(None).await.unwrap();
    }

    /// The next frame, or the code of the close.
    pub(super) async fn next(&mut self) -> Result<Value, u16> {
        loop {
            let heard = tokio::time::timeout(PATIENCE, self.socket.next()).await.expect("a frame in time");
            match heard {
                Some(Ok(Message::Text(text))) => {
                    let frame: Value = serde_json::from_str(&text).unwrap();
                    self.seq = frame["seq"].as_i64().unwrap_or(self.seq);
                    return Ok(frame);
                }
                Some(Ok(Message::Close(frame))) => return Err(frame.map_or(1005, |frame| frame.code.into())),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Err(1006),
            }
        }
    }

    /// The first frame of all.
    pub(super) async fn first(&mut self) -> Value {
        let frame = self.next().await.unwrap();
        super::shows("s3_13_current_participants", &frame);
        frame
    }

    /// Reads until a frame of this type.
    pub(super) async fn hear(&mut self, kind: &str) -> Value {
        self.until(|frame| frame["type"] == kind).await.pop().unwrap()
    }

    /// Reads until a frame of this type about this person.
    pub(super) async fn hear_of(&mut self, kind: &str, user_id: &str) -> Value {
        self.until(|frame| frame["type"] == kind && frame["user_id"] == user_id).await.pop().unwrap()
    }

    /// Reads until the wanted frame; all of them, the wanted one last.
    pub(super) async fn until(&mut self, wanted: impl Fn(&Value) -> bool) -> Vec<Value> {
        let mut frames = Vec::new();
        loop {
            match self.next().await {
                Ok(frame) => frames.push(frame),
                Err(code) => panic!("closed with {code} after {frames:?}"),
            }
            let Some(last) = frames.last() else { continue };
            if wanted(last) {
                return frames;
            }
            assert_ne!(last["type"], "error", "{last}");
        }
    }

    /// Everything up to the close, and its code.
    pub(super) async fn until_closed(&mut self) -> (Vec<Value>, u16) {
        let mut frames = Vec::new();
        loop {
            match self.next().await {
                Ok(frame) => frames.push(frame),
                Err(code) => return (frames, code),
            }
        }
    }
}

/// The types of frames, in order.
pub(super) fn types(frames: &[Value]) -> Vec<&str> {
    frames.iter().map(|frame| frame["type"].as_str().unwrap()).collect()
}
