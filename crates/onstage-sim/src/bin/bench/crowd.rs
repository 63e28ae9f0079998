//! Thousands of sockets of one dialect that listen to one session and count what comes.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures_util::{SinkExt as _, StreamExt as _};
use onstage_sim::Fault;
use serde_json::json;
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_with_config};

use crate::process::Server;

/// Sockets that are opened at the same time.
const AT_ONCE: usize = 32;
/// Ours and the server's share the machine, and the default buffer is 128 KiB.
const READ_BUFFER_SIZE: usize = 4_096;
const DELIVERED_WITHIN: Duration = Duration::from_secs(60);
const LOOKED_EVERY: Duration = Duration::from_millis(1);

type Stream = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// What the sockets speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    V1,
    Socket,
}

impl Dialect {
    pub(crate) const ALL: [Self; 2] = [Self::V1, Self::Socket];

    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::V1 => "v1",
            Self::Socket => "socket",
        }
    }

    /// A socket that has its first frame.
    async fn open(self, server: &Server, session: &str) -> Result<Stream, Fault> {
        let person = server.door.anonymous("Viewer").await?;
        let base = person.door().base().replacen("http", "ws", 1);
        let address = match self {
            Self::V1 => format!("{base}/v1/events?token={}", person.token()),
            Self::Socket => format!("{base}/ws/live/{session}?token={}", person.token()),
        };
        let config = WebSocketConfig::default().read_buffer_size(READ_BUFFER_SIZE).write_buffer_size(0);
        let (mut stream, _response) = connect_async_with_config(address, Some(config), true).await?;
        if self == Self::V1 {
            let subscribe = json!({ "id": 1, "type": "subscribe", "session_id": session });
            stream.send(Message::text(subscribe.to_string())).await?;
            let _ok = stream.next().await;
        }
        match stream.next().await {
            Some(Ok(_first)) => Ok(stream),
            Some(Err(error)) => Err(error.into()),
            None => Err(Fault::Ended),
        }
    }
}

#[derive(Default)]
struct Tally {
    /// How often the words that are waited for came.
    delivered: AtomicU64,
    frames: AtomicU64,
    closed: AtomicU64,
    /// What is waited for, and when it last came.
    words: Mutex<(String, Option<Instant>)>,
}

/// Sockets that listen.
pub(crate) struct Crowd {
    tally: Arc<Tally>,
    listeners: Vec<JoinHandle<()>>,
}

impl Crowd {
    pub(crate) fn new() -> Self {
        Self { tally: Arc::default(), listeners: Vec::new() }
    }

    pub(crate) fn len(&self) -> usize {
        self.listeners.len()
    }

    /// Sockets the server has closed.
    pub(crate) fn closed(&self) -> u64 {
        self.tally.closed.load(Ordering::Relaxed)
    }

    /// Frames that came to all of them.
    pub(crate) fn frames(&self) -> u64 {
        self.tally.frames.load(Ordering::Relaxed)
    }

    /// Opens more, until there are so many.
    pub(crate) async fn grow(
        &mut self,
        (server, session): (&Server, &str),
        dialect: Dialect,
        count: usize,
    ) -> Result<(), Fault> {
        while self.len() < count {
            let more = count.saturating_sub(self.len()).min(AT_ONCE);
            let opening = (0..more).map(|_| dialect.open(server, session));
            for stream in futures_util::future::join_all(opening).await {
                self.listeners.push(tokio::spawn(listen(stream?, Arc::clone(&self.tally))));
            }
        }
        Ok(())
    }

    /// From now on these words are counted.
    pub(crate) fn wait_for(&self, words: &str) {
        *self.tally.words.lock().unwrap_or_else(PoisonError::into_inner) = (words.to_owned(), None);
        self.tally.delivered.store(0, Ordering::Relaxed);
    }

    /// Waits until everybody has heard them so often; when the last one did.
    pub(crate) async fn heard(&self, times: u64) -> Result<Instant, Fault> {
        let all = times.saturating_mul(u64::try_from(self.len()).unwrap_or(u64::MAX));
        let waiting = async {
            while self.tally.delivered.load(Ordering::Relaxed) < all {
                tokio::time::sleep(LOOKED_EVERY).await;
            }
        };
        let waited = tokio::time::timeout(DELIVERED_WITHIN, waiting).await;
        waited.map_err(|_elapsed| Fault::TimedOut("the message"))?;
        let last = self.tally.words.lock().unwrap_or_else(PoisonError::into_inner).1;
        Ok(last.unwrap_or_else(Instant::now))
    }
}

impl Drop for Crowd {
    fn drop(&mut self) {
        for listener in &self.listeners {
            listener.abort();
        }
    }
}

async fn listen(mut stream: Stream, tally: Arc<Tally>) {
    while let Some(Ok(message)) = stream.next().await {
        let Message::Text(text) = message else { continue };
        tally.frames.fetch_add(1, Ordering::Relaxed);
        let mut words = tally.words.lock().unwrap_or_else(PoisonError::into_inner);
        if words.0.is_empty() {
            continue;
        }
        let times = u64::try_from(text.matches(words.0.as_str()).count()).unwrap_or(0);
        if times > 0 {
            words.1 = Some(Instant::now());
            tally.delivered.fetch_add(times, Ordering::Relaxed);
        }
    }
    tally.closed.fetch_add(1, Ordering::Relaxed);
}
