//! The media engine: shards, rooms and the router, behind the port that orders come through.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use axum::Router;
use onstage_domain::media::{MediaAccess, MediaOrder};
use onstage_domain::ports::{
    AccessRequest, AnswerSignal, AnsweredSignal, CarryOut, ObserveMedia, Pending, SignalOffer,
};
use onstage_domain::{Code, Problem};
use onstage_sfu::{Notice, RoomKey};
use tokio::sync::{mpsc, watch};

use crate::check::{self, Checks};
use crate::clock::{Dice, SystemDice};
use crate::config::{MediaConfig, MediaError, SHARDS_MAX};
use crate::directory::{Directory, Todo, Workshop};
use crate::doors::{Doors, Ways};
use crate::facts::Facts;
use crate::livekit::knocks::Knocks;
use crate::livekit::permission::Permission;
use crate::livekit::room::{Ending, RoomInput, Surroundings, room_of};
use crate::livekit::tokens::{Bearer, Tokens};
use crate::livekit::webhooks::{WebhookConfig, Webhooks};
use crate::livekit::{admission::Admission, api, routes};
use crate::net::{self, About, Report, ShardFigures, ShardHandle, Task};
use crate::signals::Answers;
use crate::tasks::spawn_named;
use crate::whip;

/// Time for all rooms to say goodbye.
const GOODBYE_WITHIN: Duration = Duration::from_secs(2);

/// Of a refusal, what the log takes.
const REASON_LETTERS: usize = 160;

/// State of the media engine, for `/readyz` and operators.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MediaHealth {
    /// Every shard's thread runs.
    pub shards_alive: bool,
    /// Where the UDP sockets are.
    pub addresses: Vec<std::net::SocketAddr>,
    /// The smallest receive buffer that the system granted, in bytes (the system caps it silently).
    pub receive_buffer_bytes: usize,
    /// Where media goes by TCP, if it does.
    pub tcp_address: Option<std::net::SocketAddr>,
    /// Where the relay is, if there is one.
    pub turn_address: Option<std::net::SocketAddr>,
}

/// Figures of the media engine since its start, all threads together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct MediaFigures {
    /// People in rooms.
    pub participants: usize,
    /// Peer connections.
    pub peers: usize,
    /// Published tracks.
    pub tracks: usize,
    /// Datagrams that came in.
    pub datagrams_in: u64,
    /// Datagrams that went out.
    pub datagrams_out: u64,
    /// Datagrams that never left.
    pub dropped: u64,
    /// Datagrams that belonged to nobody.
    pub unknown: u64,
    /// Bytes that came in.
    pub bytes_in: u64,
    /// Bytes that went out.
    pub bytes_out: u64,
    /// Connections of media over TCP.
    pub tcp_connections: usize,
    /// Allocations of the relay.
    pub relay_allocations: usize,
    /// Peer connections whose way does not carry what they wish.
    pub peers_short: usize,
    /// Pictures that are held back altogether for that reason.
    pub pictures_paused: usize,
    /// Packets of sound and picture that publishers sent.
    pub packets_in: u64,
    /// Packets of sound and picture that left for subscribers.
    pub packets_out: u64,
    /// Key frames that publishers were asked for.
    pub key_frames_asked: u64,
    /// Connections that a fault of ours ended.
    pub faults: u64,
    /// Joins that were turned away because too many came from one address.
    pub joins_refused: u64,
    /// Webhooks that nobody will get any more.
    pub webhooks_dropped: u64,
}

impl MediaFigures {
    fn add(&mut self, shard: ShardFigures) {
        let ShardFigures { counters, dropped, bytes_in, bytes_out } = shard;
        let sum = |total: &mut u64, more: u64| *total = total.saturating_add(more);
        self.peers = self.peers.saturating_add(counters.peers);
        self.tracks = self.tracks.saturating_add(counters.tracks);
        self.peers_short = self.peers_short.saturating_add(counters.peers_short);
        self.pictures_paused = self.pictures_paused.saturating_add(counters.pictures_paused);
        sum(&mut self.datagrams_in, counters.datagrams_in);
        sum(&mut self.datagrams_out, counters.datagrams_out);
        sum(&mut self.dropped, counters.datagrams_dropped.saturating_add(dropped));
        sum(&mut self.unknown, counters.datagrams_unknown);
        sum(&mut self.bytes_in, bytes_in);
        sum(&mut self.bytes_out, bytes_out);
        sum(&mut self.packets_in, counters.forwarded.packets_in);
        sum(&mut self.packets_out, counters.forwarded.packets_out);
        sum(&mut self.key_frames_asked, counters.forwarded.key_frames_asked);
        sum(&mut self.faults, counters.faults);
    }
}

/// The embedded media engine.
#[derive(Debug, Clone)]
pub struct Media {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    config: MediaConfig,
    answers: Answers,
    directory: Arc<Directory>,
    surroundings: Arc<Surroundings>,
    shards: Vec<ShardHandle>,
    ways: Ways,
    checks: Arc<Checks>,
    webhooks: Webhooks,
    doors: watch::Sender<bool>,
    knocks: Arc<Knocks>,
    down: AtomicBool,
}

impl Media {
    /// Binds the sockets and starts the shards. Nobody is let in before [`Self::open_doors`]; early callers wait a moment.
    ///
    /// # Errors
    /// When the settings make no sense or a port is taken.
    pub fn start(config: MediaConfig, observer: Arc<dyn ObserveMedia>) -> Result<Self, MediaError> {
        Self::start_telling(config, observer, &WebhookConfig::default())
    }

    /// As [`Self::start`], and what happens in rooms is posted where `webhooks` says.
    ///
    /// # Errors
    /// As [`Self::start`], and when the file of waiting webhooks cannot be opened.
    pub fn start_telling(
        config: MediaConfig,
        observer: Arc<dyn ObserveMedia>,
        webhooks: &WebhookConfig,
    ) -> Result<Self, MediaError> {
        if config.shards == 0 || config.shards > SHARDS_MAX {
            return Err(MediaError::Shards(config.shards));
        }
        if config.api_key.is_empty() || config.api_secret.is_empty() {
            return Err(MediaError::Keys);
        }
        let open = Doors::bind(&config)?;
        let started: Result<Vec<_>, MediaError> =
            (0..config.shards).map(|shard| net::start(&config, shard, open.tcp_port())).collect();
        let (shards, reports): (Vec<_>, Vec<_>) = started?.into_iter().unzip();
        let (ice_servers, ways) = open.serve(&config, &shards)?;
        let surroundings = Arc::new(Surroundings {
            tokens: Tokens::new(&config.api_key, &config.api_secret),
            ice_servers,
            node_id: format!("ND_{}", SystemDice.letters(12)),
        });
        let webhooks = Webhooks::start(webhooks, &surroundings)?;
        let workshop = Workshop {
            surroundings: Arc::clone(&surroundings),
            shards: shards.clone(),
            facts: Facts::to(observer),
            webhooks: webhooks.clone(),
        };
        let directory = Arc::new(Directory::new(workshop));
        let checks = Arc::new(Checks::new(shards.clone(), surroundings.ice_servers.clone(), Instant::now()));
        for reports in reports {
            spawn_named("media reports", pass_on(reports, Arc::clone(&directory), Arc::clone(&checks)));
        }
        let (doors, open) = watch::channel(false);
        let answers = Answers::new(Arc::clone(&directory), open);
        let down = AtomicBool::new(false);
        let knocks = Arc::new(Knocks::new(config.limits_enabled));
        let inner = Inner {
            config,
            answers,
            directory,
            surroundings,
            shards,
            ways,
            checks,
            webhooks,
            doors,
            knocks,
            down,
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Lets people in: every order that was in force has been replayed.
    pub fn open_doors(&self) {
        self.inner.doors.send_replace(true);
    }

    /// `/rtc`, `/rtc/validate`, and a plain 404 for what does not exist yet below `/rtc`.
    pub fn router(&self) -> Router {
        let admission = Admission {
            directory: Arc::clone(&self.inner.directory),
            surroundings: Arc::clone(&self.inner.surroundings),
            auto_create_rooms: self.inner.config.auto_create_rooms,
            doors: self.inner.doors.subscribe(),
            knocks: Arc::clone(&self.inner.knocks),
        };
        routes::router(admission.clone())
            .merge(api::router(admission.clone()))
            .merge(whip::router(admission))
            .merge(check::router(Arc::clone(&self.inner.checks)))
    }

    /// Whether it runs, where, and with which buffers.
    pub fn health(&self) -> MediaHealth {
        let shards = &self.inner.shards;
        MediaHealth {
            shards_alive: shards.iter().all(ShardHandle::is_alive)
                && !self.inner.down.load(Ordering::Acquire),
            addresses: shards.iter().map(ShardHandle::address).collect(),
            receive_buffer_bytes: shards
                .iter()
                .map(ShardHandle::receive_buffer_bytes)
                .min()
                .unwrap_or_default(),
            tcp_address: self.inner.ways.tcp_address,
            turn_address: self.inner.ways.turn_address,
        }
    }

    /// Asks every thread for its figures; they are all there, or none.
    pub async fn figures(&self) -> Option<MediaFigures> {
        let participants = self.inner.directory.present();
        let mut figures = MediaFigures {
            participants,
            tcp_connections: self.inner.ways.tcp_connections(),
            relay_allocations: self.inner.ways.relay_allocations(),
            joins_refused: self.inner.knocks.refused(),
            webhooks_dropped: self.inner.webhooks.dropped(),
            ..MediaFigures::default()
        };
        for shard in &self.inner.shards {
            figures.add(shard.figures().await?);
        }
        Some(figures)
    }

    /// Says goodbye in every room (clients come back by themselves), then ends the shards.
    pub async fn shutdown(&self) {
        if self.inner.down.swap(true, Ordering::AcqRel) {
            return;
        }
        self.inner.doors.send_replace(false);
        let rooms = self.inner.directory.take_all();
        let goodbyes = async {
            for room in rooms {
                room.end(Ending::Shutdown).await;
            }
        };
        let _ = tokio::time::timeout(GOODBYE_WITHIN, goodbyes).await;
        self.inner.webhooks.flush().await;
        for shard in &self.inner.shards {
            shard.send_urgent(Task::Stop).await;
        }
    }
}

impl CarryOut for Media {
    fn carry_out(&self, orders: Vec<MediaOrder>) -> Pending<'_, bool> {
        // Remembered before the first wait: whoever knocks now is judged by the new state.
        let todos: Vec<Todo> =
            orders.into_iter().flat_map(|order| self.inner.directory.take(order)).collect();
        Box::pin(async move {
            for todo in todos {
                match todo {
                    Todo::Nothing => {}
                    Todo::Tell(room, user, person) => room.enforce(RoomInput::Person(user, person)).await,
                    Todo::End(room) => room.end(Ending::Deleted).await,
                }
            }
            self.inner.shards.iter().all(ShardHandle::is_alive)
        })
    }

    fn access(&self, request: AccessRequest<'_>) -> Result<MediaAccess, Problem> {
        let permission = if request.staged { Permission::STAGED } else { Permission::VIEWER };
        let bearer = Bearer {
            identity: request.actor.user_id.to_string(),
            name: request.actor.display_name.clone(),
            metadata: String::new(),
            attributes: std::collections::BTreeMap::new(),
            grant: permission.to_claim(request.room_name),
        };
        let token = self.inner.surroundings.tokens.mint(&bearer, request.now);
        Ok(MediaAccess {
            url: self.inner.config.signal_url(),
            token: token.ok_or_else(|| Problem::new(Code::Fault))?,
            room_name: request.room_name.to_owned(),
            ice_servers: self.inner.surroundings.ice_servers.offered(&bearer.identity, request.now),
        })
    }
}

impl AnswerSignal for Media {
    fn answer<'a>(&'a self, offer: SignalOffer<'a>) -> Pending<'a, Result<AnsweredSignal, Problem>> {
        Box::pin(self.inner.answers.answer(offer))
    }
}

/// A shard's reports, each to its room.
async fn pass_on(mut reports: mpsc::Receiver<Report>, directory: Arc<Directory>, checks: Arc<Checks>) {
    while let Some(report) = reports.recv().await {
        let key = addressee(&report);
        if Checks::owns(key) {
            checks.hear(report);
            continue;
        }
        let input = match report {
            Report::Notice(notice) => RoomInput::Notice(notice),
            Report::Refused { about, refusal } => {
                let refusal = in_one_line(&refusal.to_string());
                tracing::debug!(?about, refusal, "an instruction was refused");
                RoomInput::Refused(about)
            }
        };
        if let Some(room) = directory.room(key) {
            room.send(input).await;
        }
    }
}

/// Words of a library about what a stranger sent: one short line of plain letters, without addresses of memory.
fn in_one_line(text: &str) -> String {
    let plain =
        |word: &str| word.chars().map(|c| if c.is_ascii_graphic() { c } else { '?' }).collect::<String>();
    let words: Vec<String> =
        text.split_whitespace().filter(|word| !word.contains("PointerOffset")).map(plain).collect();
    words.join(" ").chars().take(REASON_LETTERS).collect()
}

fn addressee(report: &Report) -> RoomKey {
    match report {
        Report::Refused { about: About::Peer(peer), .. } => room_of(peer.0),
        Report::Refused { about: About::Track(track), .. } => room_of(track.0),
        Report::Notice(notice) => match notice {
            Notice::PeerConnected { peer }
            | Notice::PeerDisconnected { peer }
            | Notice::PeerEnded { peer, .. }
            | Notice::Answer { peer, .. }
            | Notice::Offer { peer, .. }
            | Notice::SectionsNeeded { peer, .. }
            | Notice::Starved { peer, .. }
            | Notice::Unplayable { peer, .. }
            | Notice::Quality { peer, .. }
            | Notice::Subscribed { peer, .. }
            | Notice::DataReceived { peer, .. }
            | Notice::DataOpen { peer }
            | Notice::DataDropped { peer, .. } => room_of(peer.0),
            Notice::TrackPublished { track, .. }
            | Notice::TrackStarted { track, .. }
            | Notice::TrackStopped { track }
            | Notice::LayersWanted { track, .. } => room_of(track.0),
            Notice::Speakers { room, .. } => *room,
        },
    }
}

#[cfg(test)]
mod tests;
