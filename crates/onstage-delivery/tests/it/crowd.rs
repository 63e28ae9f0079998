//! Hard case 8 in full: 10,000 people come at once, and neither they nor the host are flooded.
//!
//! Everything is in memory. What anybody may be told is a number for each window that passes, so a slow machine is
//! allowed more messages and a fast one fewer, and in neither does it matter how many come.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::stream::SplitSink;
use futures_util::{SinkExt as _, StreamExt as _};
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use onstage_delivery::Limits;
use onstage_domain::stage::Role;
use serde_json::{Value, json};
use tokio::io::DuplexStream;
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

use crate::world::{House, PATIENCE, session, token};

const JOINS: usize = 10_000;
/// How many come at the same moment.
const AT_ONCE: usize = 100;
/// The host says something when so many have come.
const SAYS_AT: [usize; 3] = [500, 5_000, 10_000];
/// Long, because each count goes to everybody.
const WINDOW: Duration = Duration::from_secs(10);
/// Nobody is asked for a sign of life: it would be asked the more often the slower the machine is.
const NEVER: Duration = Duration::from_secs(86_400);
/// Above so many sockets arrivals are counted; below, so many a window are told by name.
const LARGE: usize = 200;
const BY_NAME_A_WINDOW: usize = 20;
const PIPE_BYTES: usize = 64 * 1024;

async fn connect(house: &House, token: &str) -> WebSocketStream<DuplexStream> {
    let (ours, theirs) = tokio::io::duplex(PIPE_BYTES);
    let service = TowerToHyperService::new(house.delivery.router());
    tokio::spawn(async move {
        let connection = hyper::server::conn::http1::Builder::new();
        connection.serve_connection(TokioIo::new(theirs), service).with_upgrades().await
    });
    let url = format!("ws://house/ws/live/{}?token={token}", session());
    let config = WebSocketConfig::default().read_buffer_size(1_024).write_buffer_size(0);
    client_async_with_config(url, ours, Some(config)).await.unwrap().0
}

/// Reads to the end, and counts.
fn listen(mut socket: WebSocketStream<DuplexStream>) -> Arc<AtomicUsize> {
    let count = Arc::new(AtomicUsize::new(0));
    let counted = count.clone();
    tokio::spawn(async move {
        while let Some(Ok(message)) = socket.next().await {
            counted.fetch_add(usize::from(message.is_text()), Ordering::Relaxed);
        }
    });
    count
}

/// The host's page: what it was told. It reads all the time, as a page does.
struct Console {
    sink: SplitSink<WebSocketStream<DuplexStream>, Message>,
    frames: mpsc::UnboundedReceiver<Value>,
    heard: Vec<Value>,
}

impl Console {
    fn open(socket: WebSocketStream<DuplexStream>) -> Self {
        let (sink, mut stream) = socket.split();
        let (told, frames) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            while let Some(Ok(message)) = stream.next().await {
                if let Message::Text(text) = message {
                    told.send(serde_json::from_str(&text).unwrap()).unwrap();
                }
            }
        });
        Self { sink, frames, heard: Vec::new() }
    }

    async fn hear(&mut self) -> Value {
        let frame = self.frames.recv().await.expect("the host's socket stays open");
        self.heard.push(frame.clone());
        frame
    }

    /// Says something and waits until it is told.
    async fn say(&mut self, words: &str) {
        let frame = json!({ "action": "chat", "message": words });
        self.sink.send(Message::text(frame.to_string())).await.unwrap();
        let told = async { while self.hear().await["message"] != words {} };
        timeout(PATIENCE, told).await.expect("the host is answered");
    }
}

/// Windows that have begun, and one that was under way.
fn windows(since: Instant) -> usize {
    usize::try_from(since.elapsed().as_secs() / WINDOW.as_secs()).unwrap() + 2
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hard_case_8_ten_thousand_joins_are_a_bounded_number_of_messages_for_everybody() {
    let house = House::with(Limits {
        presence_window: WINDOW,
        ping_every: NEVER,
        silence: NEVER,
        ..Limits::default()
    })
    .await;
    house.world.set_role(0, Role::Owner);
    house.world.answer();
    let mut console = Console::open(connect(&house, &token(0)).await);
    assert_eq!(console.hear().await["type"], "current_participants");
    let (mut crowd, began) = (Vec::with_capacity(JOINS), Instant::now());
    let (mut windows_of_few, mut said) = (0, 0);
    while crowd.len() < JOINS {
        let tokens: Vec<_> = (0..AT_ONCE).map(|n| format!("crowd-{}", crowd.len() + n)).collect();
        let coming = tokens.iter().map(|token| connect(&house, token));
        crowd.extend(futures_util::future::join_all(coming).await.into_iter().map(listen));
        if windows_of_few == 0 && crowd.len() > LARGE {
            windows_of_few = windows(began);
        }
        if SAYS_AT.contains(&crowd.len()) {
            console.say(&format!("Welcome, number {}", crowd.len())).await;
            said += 1;
        }
    }
    let everybody = JOINS + 1;
    while console.hear().await["viewer_count"] != everybody {}
    assert_eq!(house.delivery.connections(), everybody);
    // First frame, arrivals by name while there were few, a count for each window, and the host's words.
    let allowed = 1 + BY_NAME_A_WINDOW * windows_of_few + windows(began) + said;
    let most = crowd.iter().map(|count| count.load(Ordering::Relaxed)).max().unwrap();
    assert!(
        (2..=allowed).contains(&most),
        "{most} messages for one of {everybody} people, {allowed} allowed"
    );
    assert!(
        console.heard.len() <= allowed,
        "{} messages for the host, {allowed} allowed",
        console.heard.len()
    );
    assert!(allowed < JOINS / 5, "this took too long to say anything: {:?}", began.elapsed());
}
