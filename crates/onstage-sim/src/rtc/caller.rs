//! A bare peer connection: who calls somebody by offer and answer, has no LiveKit, and counts what comes.

use std::collections::HashMap;
use std::net::IpAddr;
use std::time::{Duration, Instant};

use livekit_protocol as lk;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::peer::Peer;
use super::publisher::description;
use super::report::{Report, Shared, State};
use super::subscriber::Subscriber;
use crate::Fault;

/// Answers that wait for the task: there is one for each offer.
/// tidy: bounded by s3_11_27_who_has_no_such_socket_is_answered_for_by_the_sfu
const ANSWERS_MAX: usize = 4;

/// A caller. Dropping it ends the connection without a word.
#[derive(Debug)]
pub struct Caller {
    shared: Shared,
    answers: mpsc::Sender<String>,
    task: JoinHandle<()>,
}

impl Caller {
    /// Makes a connection that receives so many sounds and pictures; returns its offer.
    pub async fn call(local: IpAddr, sounds: u32, pictures: u32) -> Result<(Self, String), Fault> {
        let peer = Peer::open(local, Instant::now()).await?;
        let (subscriber, offer) = Subscriber::calling(peer, sounds, pictures)?;
        let shared = Shared::default();
        shared.write(|report| report.state = State::Joined);
        let (answers, heard) = mpsc::channel(ANSWERS_MAX);
        let task = tokio::spawn(live(subscriber, heard, shared.clone()));
        Ok((Self { shared, answers, task }, offer))
    }

    /// Hands over the answer.
    pub async fn answered(&self, sdp: &str) -> Result<(), Fault> {
        self.answers.send(sdp.to_owned()).await.map_err(|_closed| Fault::Ended)
    }

    /// Waits until the report looks so. Tracks are named by their m-lines.
    pub async fn wait<T>(
        &self,
        what: &'static str,
        within: Duration,
        look: impl FnMut(&Report) -> Option<T>,
    ) -> Result<T, Fault> {
        self.shared.wait(what, within, look).await
    }
}

impl Drop for Caller {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn live(mut subscriber: Subscriber, mut answers: mpsc::Receiver<String>, shared: Shared) {
    loop {
        if let Err(fault) = turn(&mut subscriber, &mut answers, &shared).await {
            tracing::warn!(%fault, "a caller gives up");
            return;
        }
    }
}

async fn turn(
    subscriber: &mut Subscriber,
    answers: &mut mpsc::Receiver<String>,
    shared: &Shared,
) -> Result<(), Fault> {
    let deadline = subscriber.peer.deadline;
    tokio::select! {
        Some(sdp) = answers.recv() => take(subscriber, sdp)?,
        () = subscriber.peer.readable() => subscriber.peer.read()?,
        () = tokio::time::sleep_until(deadline.into()) => {}
    }
    let now = Instant::now();
    subscriber.peer.on_time(now)?;
    subscriber.take_events(now, shared)?;
    subscriber.peer.send().await;
    Ok(())
}

/// Every m-line is a track of its own name.
fn take(subscriber: &mut Subscriber, sdp: String) -> Result<(), Fault> {
    let lines = sdp.lines().filter_map(|line| line.strip_prefix("a=mid:"));
    let named: HashMap<String, String> = lines.map(|mid| (mid.to_owned(), mid.to_owned())).collect();
    let answer = description("answer", sdp.clone(), subscriber.offers);
    let answer = lk::SessionDescription { mid_to_track_id: named, ..answer };
    subscriber.answered(&answer, Instant::now())
}
