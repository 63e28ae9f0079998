//! A follower of `/v1/events`: subscribes, checks the chain of `seq` and `prev`, asks again where it breaks, counts.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures_util::{SinkExt, StreamExt};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use crate::Fault;
use crate::api::Person;

/// Names of events that are counted apart; there are about forty.
/// tidy: bounded by reaches_names_max
pub const NAMES_MAX: usize = 256;
/// Events that wait for somebody who listens; with more the oldest are forgotten.
pub const HEARD_MAX: usize = 64;
/// Time to be let in and answered.
const SUBSCRIBE_WITHIN: Duration = Duration::from_secs(20);

type Stream = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// An event whose content matters to who listens.
#[derive(Debug, Clone, PartialEq)]
pub struct Heard {
    /// Its name.
    pub name: String,
    /// What it says.
    pub data: Value,
}

/// What a follower has seen.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    /// Events to keep whole until somebody takes them.
    listens: &'static [&'static str],
    heard: VecDeque<Heard>,
    /// Frames.
    pub frames: u64,
    /// Events by name.
    pub events: HashMap<String, u64>,
    /// The last kept event.
    pub seq: i64,
    /// Kept events whose `prev` was not the one before.
    pub breaks: u64,
    /// Snapshots taken.
    pub snapshots: u64,
    /// When the last frame came.
    pub last_at: Option<Instant>,
    /// The first refusal the server told.
    pub problem: Option<String>,
    /// The socket is closed.
    pub closed: bool,
}

impl Seen {
    /// Events of this name.
    #[must_use]
    pub fn count(&self, name: &str) -> u64 {
        self.events.get(name).copied().unwrap_or_default()
    }

    fn count_event(&mut self, name: &str) {
        if let Some(count) = self.events.get_mut(name) {
            *count = count.saturating_add(1);
        } else if self.events.len() < NAMES_MAX {
            self.events.insert(name.to_owned(), 1);
        }
    }

    /// Keeps the events of one frame that somebody listens for.
    fn listen(&mut self, text: &str) {
        if self.listens.is_empty() {
            return;
        }
        let mut frame = serde_json::from_str::<Value>(text).unwrap_or_default();
        let events = frame.get_mut("events").and_then(Value::as_array_mut);
        for event in events.into_iter().flatten() {
            let name = event.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
            if self.listens.contains(&name.as_str()) {
                let data = event.get_mut("data").map(Value::take).unwrap_or_default();
                self.heard.push_back(Heard { name, data });
            }
        }
        while self.heard.len() > HEARD_MAX {
            self.heard.pop_front();
        }
    }

    /// Applies one frame; true when the chain broke and the rest must be asked for.
    fn frame(&mut self, text: &str) -> bool {
        self.frames = self.frames.saturating_add(1);
        let Ok(frame) = serde_json::from_str::<Frame<'_>>(text) else { return false };
        if let Some(problem) = &frame.problem {
            self.problem.get_or_insert_with(|| problem.to_string());
        }
        if frame.snapshot.is_some() {
            self.snapshots = self.snapshots.saturating_add(1);
            self.seq = frame.seq.unwrap_or(self.seq);
        }
        if let Some(caught_up) = frame.caught_up {
            self.seq = self.seq.max(caught_up);
        }
        let mut broken = false;
        for event in frame.events.unwrap_or_default() {
            self.count_event(event.name);
            let (Some(seq), Some(prev)) = (event.seq, event.prev) else { continue };
            if prev > self.seq {
                broken = true;
                self.breaks = self.breaks.saturating_add(1);
            }
            self.seq = self.seq.max(seq);
        }
        broken
    }
}

#[derive(Deserialize)]
struct Frame<'a> {
    #[serde(borrow)]
    events: Option<Vec<EventHead<'a>>>,
    snapshot: Option<IgnoredAny>,
    seq: Option<i64>,
    caught_up: Option<i64>,
    problem: Option<Value>,
}

#[derive(Deserialize)]
struct EventHead<'a> {
    seq: Option<i64>,
    prev: Option<i64>,
    name: &'a str,
}

/// One socket that follows one session.
#[derive(Debug)]
pub struct Follower {
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

#[derive(Debug, Default)]
struct Shared {
    seen: Mutex<Seen>,
    changed: Notify,
}

impl Shared {
    fn write<T>(&self, change: impl FnOnce(&mut Seen) -> T) -> T {
        let result = change(&mut self.seen.lock().unwrap_or_else(PoisonError::into_inner));
        self.changed.notify_waiters();
        result
    }
}

impl Follower {
    /// Signs in, subscribes, and returns once the snapshot (or, with `since`, the rest of the log) is there.
    pub async fn open(person: &Person, session: &str, since: Option<i64>) -> Result<Self, Fault> {
        Self::follow(person, session, (since, &[])).await
    }

    /// Follows from now on, and keeps events of these names for [`Follower::take_heard`].
    pub async fn listen(
        person: &Person,
        session: &str,
        names: &'static [&'static str],
    ) -> Result<Self, Fault> {
        Self::follow(person, session, (None, names)).await
    }

    /// What was heard since the last time.
    #[must_use]
    pub fn take_heard(&self) -> Vec<Heard> {
        self.shared.seen.lock().unwrap_or_else(PoisonError::into_inner).heard.drain(..).collect()
    }

    async fn follow(
        person: &Person,
        session: &str,
        (since, listens): (Option<i64>, &'static [&'static str]),
    ) -> Result<Self, Fault> {
        let address = format!("{}/v1/events", person.door().base().replacen("http", "ws", 1));
        let (mut stream, _response) = tokio_tungstenite::connect_async(address).await?;
        send(&mut stream, json!({ "id": 1, "type": "authenticate", "access_token": person.token() })).await?;
        send(&mut stream, subscribe(session, since)).await?;
        let seen = Mutex::new(Seen { listens, ..Seen::default() });
        let shared = Arc::new(Shared { seen, changed: Notify::new() });
        let task = tokio::spawn(follow(stream, Arc::clone(&shared), session.to_owned()));
        let follower = Self { shared, task };
        let ready = follower.wait("the snapshot", SUBSCRIBE_WITHIN, |seen| {
            let refused = seen.problem.clone().or_else(|| seen.closed.then(|| "closed".to_owned()));
            (refused.is_some() || seen.snapshots > 0 || (since.is_some() && seen.seq > 0)).then_some(refused)
        });
        match ready.await? {
            None => Ok(follower),
            Some(detail) => Err(Fault::Problem { status: 0, code: String::new(), detail }),
        }
    }

    /// A copy of what it has seen.
    #[must_use]
    pub fn seen(&self) -> Seen {
        self.shared.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Looks without a copy.
    pub fn look<T>(&self, look: impl FnOnce(&Seen) -> T) -> T {
        look(&self.shared.seen.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Waits until it has seen so much.
    pub async fn wait<T>(
        &self,
        what: &'static str,
        within: Duration,
        mut look: impl FnMut(&Seen) -> Option<T>,
    ) -> Result<T, Fault> {
        let waiting = async {
            loop {
                let changed = self.shared.changed.notified();
                tokio::pin!(changed);
                changed.as_mut().enable();
                if let Some(found) = self.look(&mut look) {
                    return found;
                }
                changed.await;
            }
        };
        tokio::time::timeout(within, waiting).await.map_err(|_elapsed| Fault::TimedOut(what))
    }

    /// Closes the socket.
    pub fn close(self) {
        drop(self);
    }
}

impl Drop for Follower {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn follow(mut stream: Stream, shared: Arc<Shared>, session: String) {
    while let Some(Ok(message)) = stream.next().await {
        let Message::Text(text) = message else { continue };
        let since = shared.write(|seen| {
            seen.last_at = Some(Instant::now());
            let before = seen.seq;
            seen.listen(text.as_str());
            seen.frame(text.as_str()).then_some(before)
        });
        if let Some(since) = since
            && send(&mut stream, subscribe(&session, Some(since))).await.is_err()
        {
            break;
        }
    }
    shared.write(|seen| seen.closed = true);
}

fn subscribe(session: &str, since: Option<i64>) -> Value {
    match since {
        Some(since) => json!({ "id": 2, "type": "subscribe", "session_id": session, "since": since }),
        None => json!({ "id": 2, "type": "subscribe", "session_id": session }),
    }
}

async fn send(stream: &mut Stream, frame: Value) -> Result<(), Fault> {
    Ok(stream.send(Message::Text(frame.to_string().into())).await?)
}

#[cfg(test)]
mod tests;
