//! What a bot knows of its media session: state, people, tracks, counters. Read it at any time, or wait for it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use livekit_protocol as lk;
use tokio::sync::Notify;

use super::watch::TrackWatch;
use crate::Fault;

/// Where the session is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum State {
    /// Not joined yet.
    #[default]
    Joining,
    /// The signalling socket has joined; no media yet.
    Joined,
    /// Media flows (the subscriber's connection is up).
    Connected,
    /// The socket dropped; trying to resume or to join anew.
    Away,
    /// Over.
    Ended(Ending),
}

/// How a session ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// The bot left.
    Left,
    /// The server said goodbye for this reason (`DisconnectReason`).
    SentAway(i32),
    /// The upgrade was refused with this status.
    Refused(u16),
    /// Could not get (back) in.
    GaveUp,
}

/// A track of somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrackSeen {
    /// Track sid.
    pub sid: String,
    /// `TrackSource` as a number.
    pub source: i32,
    /// As the server last said.
    pub muted: bool,
}

/// Somebody in the room.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PersonSeen {
    /// Participant sid.
    pub sid: String,
    /// Tracks.
    pub tracks: Vec<TrackSeen>,
}

/// Everything a bot knows.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// Where the session is.
    pub state: State,
    /// Own participant sid.
    pub sid: String,
    /// Own identity.
    pub identity: String,
    /// What the server lets us do.
    pub may_publish: bool,
    /// Others by identity.
    pub people: BTreeMap<String, PersonSeen>,
    /// Own tracks, announced by the server.
    pub own_tracks: Vec<TrackSeen>,
    /// Received tracks by sid.
    pub tracks: BTreeMap<String, TrackWatch>,
    /// Loudness by participant sid; who is not here is silent.
    pub speakers: BTreeMap<String, f32>,
    /// Full joins so far.
    pub joins: u32,
    /// Resumes so far.
    pub resumes: u32,
    /// Key frames that were asked of us.
    pub key_frames_asked: u32,
    /// Media packets sent.
    pub packets_sent: u64,
    /// The publisher's connection is up.
    pub publishing: bool,
    /// Reliable data messages received.
    pub data_received: u64,
    /// Requests that the server refused (`request_response` other than OK).
    pub refusals: u32,
    /// When the first connection attempt began.
    pub began_at: Option<Instant>,
}

impl Report {
    /// Applies what the server said of somebody.
    pub(super) fn person_seen(&mut self, info: &lk::ParticipantInfo) {
        let tracks = info.tracks.iter().map(track_seen).collect();
        if info.identity == self.identity {
            self.own_tracks = tracks;
            if let Some(permission) = &info.permission {
                self.may_publish = permission.can_publish;
            }
        } else if info.state == lk::participant_info::State::Disconnected as i32 {
            self.people.remove(&info.identity);
        } else {
            self.people.insert(info.identity.clone(), PersonSeen { sid: info.sid.clone(), tracks });
        }
    }

    /// The track of this source of somebody.
    #[must_use]
    pub fn track_of(&self, identity: &str, source: lk::TrackSource) -> Option<&TrackSeen> {
        self.people.get(identity)?.tracks.iter().find(|track| track.source == source as i32)
    }

    /// The own track of this source.
    #[must_use]
    pub fn own_track(&self, source: lk::TrackSource) -> Option<&TrackSeen> {
        self.own_tracks.iter().find(|track| track.source == source as i32)
    }

    /// Counters of the track of this source of somebody.
    #[must_use]
    pub fn watch_of(&self, identity: &str, source: lk::TrackSource) -> Option<&TrackWatch> {
        self.tracks.get(&self.track_of(identity, source)?.sid)
    }

    /// Packets of all tracks.
    #[must_use]
    pub fn packets_received(&self) -> u64 {
        self.tracks.values().map(|track| track.packets).sum()
    }
}

fn track_seen(info: &lk::TrackInfo) -> TrackSeen {
    TrackSeen { sid: info.sid.clone(), source: info.source, muted: info.muted }
}

/// A report that one task writes and anyone reads or waits on.
#[derive(Debug, Clone, Default)]
pub(super) struct Shared {
    report: Arc<Mutex<Report>>,
    changed: Arc<Notify>,
}

impl Shared {
    pub(super) fn read(&self) -> MutexGuard<'_, Report> {
        self.report.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn write<T>(&self, change: impl FnOnce(&mut Report) -> T) -> T {
        let result = change(&mut self.read());
        self.changed.notify_waiters();
        result
    }

    /// Waits until the report looks so, or the session has ended otherwise.
    pub(super) async fn wait<T>(
        &self,
        what: &'static str,
        within: Duration,
        mut look: impl FnMut(&Report) -> Option<T>,
    ) -> Result<T, Fault> {
        let waiting = async {
            loop {
                let changed = self.changed.notified();
                tokio::pin!(changed);
                changed.as_mut().enable();
                {
                    let report = self.read();
                    if let Some(found) = look(&report) {
                        return Ok(found);
                    }
                    if matches!(report.state, State::Ended(_)) {
                        return Err(Fault::Ended);
                    }
                }
                changed.await;
            }
        };
        tokio::time::timeout(within, waiting).await.unwrap_or(Err(Fault::TimedOut(what)))
    }
}
