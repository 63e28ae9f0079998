//! One participant of a room: its socket, its PeerConnections, its tracks and subscriptions.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::time::Instant;

use livekit_protocol as proto;
use onstage_domain::media::{Media, MediaGrant};
use onstage_domain::{At, UserId};
use onstage_sfu::{PeerKey, TrackKey};

use super::ConnectionId;
use super::audience::Audience;
use super::quality::Known;
use super::track::Track;
use crate::livekit::knocks::HalfOpen;
use crate::livekit::outgoing::Outgoing;
use crate::livekit::permission::Permission;
use crate::livekit::query::JoinQuery;
use crate::pace::Pace;

/// Names a participant within its room, in order of arrival; a new join of the same identity is a new one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct MemberKey(pub(crate) u64);

/// The client's last word about one of its own mutes.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Word {
    /// What it said, until an order answers it.
    pub(crate) unanswered: Option<bool>,
    /// When it said it.
    pub(crate) said: Option<Instant>,
}

/// Both words.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Words {
    audio: Word,
    video: Word,
}

impl Words {
    pub(crate) fn of(&mut self, media: Media) -> &mut Word {
        match media {
            Media::Audio => &mut self.audio,
            Media::Video => &mut self.video,
        }
    }
}

/// How a resume goes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum OnResume {
    /// As it should.
    #[default]
    Served,
    /// The socket closes after the first word.
    CutShort,
    /// The socket closes without a word.
    Unanswered,
}

/// A participant.
#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) identity: String,
    pub(crate) user: Option<UserId>,
    pub(crate) sid: String,
    pub(crate) name: String,
    pub(crate) metadata: String,
    pub(crate) attributes: BTreeMap<String, String>,
    pub(crate) joined: At,
    pub(crate) joined_instant: Instant,
    pub(crate) version: u32,
    pub(crate) permission: Permission,
    pub(crate) grant: MediaGrant,
    pub(crate) query: JoinQuery,
    /// Has published, or been let to since it joined; it stays one.
    pub(crate) is_publisher: bool,
    /// Others know of this participant.
    pub(crate) announced: bool,
    /// The primary PeerConnection has been up once.
    pub(crate) was_active: bool,
    /// Its place among those whose media has not been up, until it is.
    pub(crate) half_open: HalfOpen,
    pub(crate) connection: Option<(ConnectionId, Outgoing)>,
    pub(crate) socket_lost: Option<Instant>,
    pub(crate) media_lost: Option<Instant>,
    pub(crate) token_due: Instant,
    /// What is received comes by this connection; in the single layout it is the only one.
    pub(crate) subscriber: PeerKey,
    /// What is sent goes by this one, once there was an offer or a track for it.
    pub(crate) publisher: Option<PeerKey>,
    pub(crate) early_candidates: Vec<String>,
    pub(crate) tracks: Vec<Track>,
    pub(crate) queued: Vec<proto::AddTrackRequest>,
    pub(crate) choices: HashMap<String, bool>,
    /// Chosen tracks that are not there, and since when they are waited for.
    pub(crate) awaited: HashMap<String, Instant>,
    pub(crate) subscribed: HashSet<TrackKey>,
    pub(crate) quality: Known,
    /// Wanted tracks whose owners do not let them be received; this participant was told so.
    pub(crate) withheld: HashSet<TrackKey>,
    /// Who may receive this participant's tracks.
    pub(crate) audience: Audience,
    pub(crate) pace: Pace,
    pub(crate) last_sequence: u32,
    /// Names of the last packets that carried one.
    pub(crate) nonces: VecDeque<Box<[u8]>>,
    /// Messages reach this participant.
    pub(crate) hears_data: bool,
    /// What a test suite asked for, for its next resume.
    pub(crate) on_resume: OnResume,
    pub(crate) words: Words,
}

impl Member {
    /// The socket, while there is one.
    pub(crate) fn outgoing(&self) -> Option<&Outgoing> {
        self.connection.as_ref().map(|(_, outgoing)| outgoing)
    }

    /// Sends, if there is a socket.
    pub(crate) fn send(&self, message: proto::signal_response::Message) {
        if let Some(outgoing) = self.outgoing() {
            outgoing.send(message);
        }
    }

    /// A further connection of somebody: nobody of its own.
    pub(crate) fn is_aside(&self) -> bool {
        self.query.aside.is_some() && self.user.is_none()
    }

    pub(crate) fn track(&self, sid: &str) -> Option<&Track> {
        self.tracks.iter().find(|track| track.sid() == sid)
    }

    pub(crate) fn track_mut(&mut self, sid: &str) -> Option<&mut Track> {
        self.tracks.iter_mut().find(|track| track.sid() == sid)
    }

    pub(crate) fn track_by_key(&mut self, key: TrackKey) -> Option<&mut Track> {
        self.tracks.iter_mut().find(|track| track.key == key)
    }

    /// Its connections, each once.
    pub(crate) fn peers(&self) -> impl Iterator<Item = PeerKey> + use<> {
        let subscriber = self.subscriber;
        std::iter::once(subscriber).chain(self.publisher.filter(move |peer| *peer != subscriber))
    }

    /// Whether this participant wants a track of that sid.
    pub(crate) fn wants(&self, sid: &str) -> bool {
        self.permission.subscribe && self.choices.get(sid).copied().unwrap_or(self.query.auto_subscribe)
    }
}
