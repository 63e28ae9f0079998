//! The media engine: shards, rooms and the router, behind the port that orders come through.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use onstage_domain::media::{MediaAccess, MediaOrder};
use onstage_domain::ports::{AccessRequest, CarryOut, ObserveMedia, Pending};
use onstage_domain::{Code, Problem};
use onstage_sfu::{Notice, RoomKey};
use tokio::sync::{mpsc, watch};

use crate::clock::{Dice, SystemDice};
use crate::config::{MediaConfig, MediaError, SHARDS_MAX};
use crate::directory::{Directory, Todo, Workshop};
use crate::facts::Facts;
use crate::livekit::permission::Permission;
use crate::livekit::room::{Ending, RoomInput, Surroundings, room_of};
use crate::livekit::tokens::{Bearer, Tokens};
use crate::livekit::{admission::Admission, routes};
use crate::net::{self, About, Report, ShardFigures, ShardHandle, Task};
use crate::tasks::spawn_named;

/// Time for all rooms to say goodbye.
const GOODBYE_WITHIN: Duration = Duration::from_secs(2);

/// State of the media engine, for `/readyz` and operators.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MediaHealth {
    /// Every shard's thread runs.
    pub shards_alive: bool,
    /// Where the UDP sockets are.
    pub addresses: Vec<std::net::SocketAddr>,
    /// The smallest receive buffer that the system granted, in bytes (the system caps it silently).
    pub receive_buffer_bytes: usize,
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
    /// Packets of sound and picture that publishers sent.
    pub packets_in: u64,
    /// Packets of sound and picture that left for subscribers.
    pub packets_out: u64,
    /// Key frames that publishers were asked for.
    pub key_frames_asked: u64,
    /// Connections that a fault of ours ended.
    pub faults: u64,
}

impl MediaFigures {
    fn add(&mut self, shard: ShardFigures) {
        let ShardFigures { counters, dropped, bytes_in, bytes_out } = shard;
        let sum = |total: &mut u64, more: u64| *total = total.saturating_add(more);
        self.peers = self.peers.saturating_add(counters.peers);
        self.tracks = self.tracks.saturating_add(counters.tracks);
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
    directory: Arc<Directory>,
    surroundings: Arc<Surroundings>,
    shards: Vec<ShardHandle>,
    doors: watch::Sender<bool>,
    down: AtomicBool,
}

impl Media {
    /// Binds the sockets and starts the shards. Nobody is let in before [`Self::open_doors`]; early callers wait a moment.
    ///
    /// # Errors
    /// When the settings make no sense or a port is taken.
    pub fn start(config: MediaConfig, observer: Arc<dyn ObserveMedia>) -> Result<Self, MediaError> {
        if config.shards == 0 || config.shards > SHARDS_MAX {
            return Err(MediaError::Shards(config.shards));
        }
        if config.api_key.is_empty() || config.api_secret.is_empty() {
            return Err(MediaError::Keys);
        }
        let started: Result<Vec<_>, MediaError> =
            (0..config.shards).map(|shard| net::start(&config, shard)).collect();
        let (shards, reports): (Vec<_>, Vec<_>) = started?.into_iter().unzip();
        let surroundings = Arc::new(Surroundings {
            tokens: Tokens::new(&config.api_key, &config.api_secret),
            ice_servers: config.ice_servers.clone(),
            node_id: format!("ND_{}", SystemDice.letters(12)),
        });
        let workshop = Workshop {
            surroundings: Arc::clone(&surroundings),
            shards: shards.clone(),
            facts: Facts::to(observer),
        };
        let directory = Arc::new(Directory::new(workshop));
        for reports in reports {
            spawn_named("media reports", pass_on(reports, Arc::clone(&directory)));
        }
        let (doors, _) = watch::channel(false);
        let down = AtomicBool::new(false);
        Ok(Self { inner: Arc::new(Inner { config, directory, surroundings, shards, doors, down }) })
    }

    /// Lets people in: every order that was in force has been replayed.
    pub fn open_doors(&self) {
        self.inner.doors.send_replace(true);
    }

    /// `/rtc`, `/rtc/validate`, and a plain 404 for what does not exist yet below `/rtc`.
    pub fn router(&self) -> Router {
        routes::router(Admission {
            directory: Arc::clone(&self.inner.directory),
            surroundings: Arc::clone(&self.inner.surroundings),
            auto_create_rooms: self.inner.config.auto_create_rooms,
            doors: self.inner.doors.subscribe(),
        })
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
        }
    }

    /// Asks every thread for its figures; they are all there, or none.
    pub async fn figures(&self) -> Option<MediaFigures> {
        let participants = self.inner.directory.present();
        let mut figures = MediaFigures { participants, ..MediaFigures::default() };
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
        let permission = if request.staged { STAGED } else { Permission::VIEWER };
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
            ice_servers: self.inner.config.ice_servers.clone(),
        })
    }
}

/// The shape of a staged person's token; the orders are what is enforced.
const STAGED: Permission = Permission {
    microphone: true,
    camera: true,
    screen: true,
    screen_audio: true,
    data: true,
    hidden: false,
    ..Permission::VIEWER
};

/// A shard's reports, each to its room.
async fn pass_on(mut reports: mpsc::Receiver<Report>, directory: Arc<Directory>) {
    while let Some(report) = reports.recv().await {
        let key = addressee(&report);
        let input = match report {
            Report::Notice(notice) => RoomInput::Notice(notice),
            Report::Refused { about, refusal } => {
                tracing::info!(?about, %refusal, "an instruction was refused");
                RoomInput::Refused(about)
            }
        };
        if let Some(room) = directory.room(key) {
            room.send(input).await;
        }
    }
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
