//! The task of one bot: waits for wishes, messages, datagrams and moments, and does what is due.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use livekit_protocol::{self as lk, signal_request};
use tokio::net::UdpSocket;
use tokio::sync::mpsc;

use super::link::{ATTEMPTS_MAX, Link, LinkEvent};
use super::peer::Peer;
use super::publisher::Publisher;
use super::report::{Ending, Shared, State};
use super::subscriber::Subscriber;
use super::{Options, Wish, signal};
use crate::Fault;
use crate::media::{Film, Voice};

/// Rounds of events and answers in one turn; more means that something answers itself.
/// tidy: bounded by a_bot_does_what_it_is_told_in_order
const ROUNDS_MAX: usize = 64;

/// What the bot has with it, for joining anew.
#[derive(Default)]
pub(super) struct Luggage {
    pub(super) film: Option<Film>,
    pub(super) voice: Option<Voice>,
    pub(super) speaking: bool,
}

pub(super) struct Driver {
    pub(super) options: Arc<Options>,
    pub(super) shared: Shared,
    pub(super) link: Link,
    pub(super) token: String,
    pub(super) sid: String,
    pub(super) subscriber: Option<Subscriber>,
    pub(super) publisher: Option<Publisher>,
    pub(super) luggage: Luggage,
    pub(super) looks: HashMap<String, lk::UpdateTrackSettings>,
    pub(super) ping_every: Duration,
    pub(super) ended: Option<Ending>,
    pub(super) local: IpAddr,
    inbox: mpsc::Receiver<Wish>,
    next_ping: Instant,
}

enum Happened {
    Wish(Option<Wish>),
    Link(LinkEvent),
    Readable,
    Moment,
}

impl Driver {
    pub(super) async fn new(
        options: Arc<Options>,
        shared: Shared,
        inbox: mpsc::Receiver<Wish>,
    ) -> Result<Self, Fault> {
        let local = interface_towards(signal::resolve(&options.url).await?).await?;
        let now = Instant::now();
        shared.write(|report| report.began_at = Some(now));
        let (subscriber, address) = if options.is_single {
            let (subscriber, offer) = Subscriber::single(local, now, options.keeps_pictures).await?;
            (Some(subscriber), signal::single_address(&options, &options.token, offer))
        } else {
            (None, signal::address(&options, &options.token, None))
        };
        Ok(Self {
            link: Link::open(address, false, 0),
            token: options.token.clone(),
            options,
            shared,
            sid: String::new(),
            subscriber,
            publisher: None,
            luggage: Luggage::default(),
            looks: HashMap::new(),
            ping_every: Duration::from_secs(5),
            ended: None,
            local,
            inbox,
            next_ping: now,
        })
    }

    pub(super) async fn run(mut self) {
        while self.ended.is_none() {
            if let Err(fault) = self.turn().await {
                self.give_up(&fault);
            }
        }
        let ending = self.ended.unwrap_or(Ending::GaveUp);
        self.shared.write(|report| report.state = State::Ended(ending));
        self.link.close().await;
    }

    async fn turn(&mut self) -> Result<(), Fault> {
        let happened = self.wait().await;
        let now = Instant::now();
        match happened {
            Happened::Wish(wish) => self.obey(wish.unwrap_or(Wish::Vanish)).await?,
            Happened::Link(event) => self.link_event(event, now).await?,
            Happened::Readable => self.read()?,
            Happened::Moment => self.on_time(now).await?,
        }
        self.flush().await
    }

    fn give_up(&mut self, fault: &Fault) {
        tracing::warn!(%fault, "a bot gives up");
        self.ended.get_or_insert(Ending::GaveUp);
    }

    async fn wait(&mut self) -> Happened {
        let deadline = self.deadline();
        let (subscriber, publisher) = (self.subscriber.as_ref(), self.publisher.as_ref());
        tokio::select! {
            wish = self.inbox.recv() => Happened::Wish(wish),
            event = self.link.next() => Happened::Link(event),
            () = readable(subscriber.map(|subscriber| &subscriber.peer)) => Happened::Readable,
            () = readable(publisher.map(|publisher| &publisher.peer)) => Happened::Readable,
            () = tokio::time::sleep_until(deadline.into()) => Happened::Moment,
        }
    }

    fn deadline(&self) -> Instant {
        let subscriber = self.subscriber.as_ref().map(|subscriber| subscriber.peer.deadline);
        let publisher = self.publisher.as_ref().map(Publisher::deadline);
        subscriber.into_iter().chain(publisher).fold(self.next_ping, Instant::min)
    }

    async fn on_time(&mut self, now: Instant) -> Result<(), Fault> {
        if let Some(subscriber) = &mut self.subscriber {
            subscriber.peer.on_time(now)?;
        }
        if let Some(publisher) = &mut self.publisher {
            publisher.on_time(now, &self.shared)?;
        }
        if now >= self.next_ping {
            self.next_ping = now.checked_add(self.ping_every).unwrap_or(now);
            let ping = lk::Ping { timestamp: unix_ms(), rtt: 0 };
            self.link.send(signal_request::Message::PingReq(ping)).await;
        }
        Ok(())
    }

    fn read(&mut self) -> Result<(), Fault> {
        if let Some(subscriber) = &mut self.subscriber {
            subscriber.peer.read()?;
        }
        if let Some(publisher) = &mut self.publisher {
            publisher.peer.read()?;
        }
        Ok(())
    }

    /// Hands out events and datagrams until nothing is left.
    async fn flush(&mut self) -> Result<(), Fault> {
        let now = Instant::now();
        for _ in 0..ROUNDS_MAX {
            let mut busy = false;
            if let Some(subscriber) = &mut self.subscriber {
                subscriber.take_events(now, &self.shared)?;
                busy |= subscriber.peer.send().await || !subscriber.peer.events.is_empty();
            }
            if let Some(publisher) = &mut self.publisher {
                publisher.take_events(now, &self.shared);
                busy |= publisher.peer.send().await || !publisher.peer.events.is_empty();
            }
            if !busy {
                break;
            }
        }
        Ok(())
    }

    async fn link_event(&mut self, event: LinkEvent, now: Instant) -> Result<(), Fault> {
        match event {
            LinkEvent::Message(message) => return self.message(*message, now).await,
            LinkEvent::Closed => {
                // Never joined, or joined before: only the latter can be resumed.
                let resume = !self.sid.is_empty();
                self.reopen(resume, u32::from(!resume));
            }
            LinkEvent::Opened { resume } => tracing::debug!(resume, "signalling is up"),
            LinkEvent::Failed { fault: Fault::Refused(status), .. } => {
                self.ended = Some(Ending::Refused(status))
            }
            LinkEvent::Failed { fault, resume, attempt } => {
                self.try_again(&fault, resume, attempt.saturating_add(1))
            }
        }
        Ok(())
    }

    /// Whoever was in before tries to come back for a while.
    fn try_again(&mut self, fault: &Fault, resume: bool, attempt: u32) {
        if attempt >= ATTEMPTS_MAX || self.shared.read().joins == 0 {
            self.give_up(fault);
        } else {
            self.reopen(resume, attempt);
        }
    }

    pub(super) fn reopen(&mut self, resume: bool, attempt: u32) {
        if self.options.is_single {
            // Who only watches comes back as somebody new.
            self.ended.get_or_insert(Ending::GaveUp);
            return;
        }
        let sid = resume.then_some(self.sid.as_str());
        self.link = Link::open(signal::address(&self.options, &self.token, sid), resume, attempt);
        self.shared.write(|report| report.state = State::Away);
    }

    async fn obey(&mut self, wish: Wish) -> Result<(), Fault> {
        match wish {
            Wish::Publish { film, voice } => {
                self.luggage.film = film.clone().or(self.luggage.film.take());
                self.luggage.voice = voice.clone().or(self.luggage.voice.take());
                self.publish(film, voice, Instant::now()).await?;
            }
            Wish::Unpublish(source) => self.unpublish(source).await?,
            Wish::Look(settings) => {
                for sid in &settings.track_sids {
                    self.looks.insert(sid.clone(), settings.clone());
                }
                self.link.send(signal_request::Message::TrackSetting(settings)).await;
            }
            Wish::Mute { source, muted } => self.mute(source, muted).await,
            Wish::Speak(speaking) => self.speak(speaking),
            Wish::Wave => self.wave(),
            Wish::Send(bytes) => self.send_data(bytes)?,
            Wish::DropSocket => self.reopen(true, 1),
            Wish::Leave => {
                let leave = lk::LeaveRequest {
                    reason: lk::DisconnectReason::ClientInitiated as i32,
                    ..lk::LeaveRequest::default()
                };
                self.link.send(signal_request::Message::Leave(leave)).await;
                self.ended = Some(Ending::Left);
            }
            Wish::Vanish => self.ended = Some(Ending::Left),
        }
        Ok(())
    }
}

async fn readable(peer: Option<&Peer>) {
    match peer {
        Some(peer) => peer.readable().await,
        None => std::future::pending().await,
    }
}

/// The address of the interface that leads to the server.
async fn interface_towards(server: SocketAddr) -> Result<IpAddr, Fault> {
    let any: SocketAddr = if server.is_ipv4() { ([0, 0, 0, 0], 0).into() } else { ([0_u16; 8], 0).into() };
    let probe = UdpSocket::bind(any).await?;
    probe.connect(server).await?;
    Ok(probe.local_addr()?.ip())
}

fn unix_ms() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
