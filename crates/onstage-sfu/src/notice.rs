//! What a shard has to say.

use std::net::SocketAddr;

use crate::control::{DataChannel, MediaKind, Quality};
use crate::keys::{PeerKey, RoomKey, TrackKey};

/// What comes out of [`crate::Shard::poll`].
#[derive(Debug, Clone, PartialEq)]
pub enum Output {
    /// Send this datagram.
    Transmit(Transmit),
    /// Something happened.
    Notice(Notice),
}

/// What carries a datagram.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Transport {
    /// A UDP datagram.
    #[default]
    Udp,
    /// A frame on a TCP connection that the client made (RFC 6544, RFC 4571); whoever drives the shard does the framing.
    Tcp,
}

/// One datagram to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transmit {
    /// What carries it. Over TCP, `destination` is the other end of the connection.
    pub transport: Transport,
    /// The advertised address it leaves from.
    pub source: SocketAddr,
    /// Where it goes.
    pub destination: SocketAddr,
    /// Its bytes.
    pub contents: Vec<u8>,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq)]
pub enum Notice {
    /// ICE and DTLS are up: media and data can flow. Comes again after `PeerDisconnected` when ICE comes back.
    PeerConnected {
        /// The peer.
        peer: PeerKey,
    },
    /// ICE went silent; it may come back (the peer stays until it is closed).
    PeerDisconnected {
        /// The peer.
        peer: PeerKey,
    },
    /// The peer ended by itself and is already forgotten; its key may not be used again.
    PeerEnded {
        /// The peer.
        peer: PeerKey,
        /// Why.
        reason: EndReason,
    },
    /// The answer to an offer of a publisher or a single peer.
    Answer {
        /// The publisher.
        peer: PeerKey,
        /// The id of the offer.
        offer_id: u32,
        /// The SDP text.
        sdp: String,
        /// Every m-line that carries a known track now, new and old.
        tracks: Vec<NegotiatedTrack>,
        /// The m-lines of a single peer on which tracks go to it; empty for publishers.
        mid_to_track: Vec<MidTrack>,
    },
    /// A single peer has to offer again: for tracks it subscribed to there are not enough m-lines, or (both numbers
    /// zero) what flows on the m-lines it has changed.
    SectionsNeeded {
        /// The single peer.
        peer: PeerKey,
        /// Missing m-lines for sound.
        audios: u32,
        /// Missing m-lines for pictures.
        videos: u32,
    },
    /// An offer for a subscriber. The next one waits for its answer.
    Offer {
        /// The subscriber.
        peer: PeerKey,
        /// Its id; ids grow by one.
        offer_id: u32,
        /// The SDP text.
        sdp: String,
        /// `mid_to_track_id`: the m-lines in use.
        mid_to_track: Vec<MidTrack>,
    },
    /// A track is in the publisher's answer: it can be announced to others. Follows the `Answer` that bound it.
    TrackPublished {
        /// The track.
        track: TrackKey,
        /// Where it is.
        negotiated: NegotiatedTrack,
    },
    /// The first packet of a track, or of one more layer of it.
    TrackStarted {
        /// The track.
        track: TrackKey,
        /// The layers seen so far, smallest first; `[Low]` for audio and single-layer video.
        layers: Vec<Quality>,
    },
    /// The track is over: its m-line became inactive, or its publisher is gone. The key is forgotten.
    TrackStopped {
        /// The track.
        track: TrackKey,
    },
    /// The subscriber answered an offer that carries this track: packets flow from here on.
    Subscribed {
        /// The subscriber.
        peer: PeerKey,
        /// The track.
        track: TrackKey,
    },
    /// A peer knows no codec in which a track comes: it stays without it.
    Unplayable {
        /// The peer.
        peer: PeerKey,
        /// The track.
        track: TrackKey,
        /// The track's codec.
        codec: Codec,
    },
    /// A picture that a peer receives is held back for lack of capacity, or comes again.
    Starved {
        /// The peer.
        peer: PeerKey,
        /// The track.
        track: TrackKey,
        /// Whether it is held back now.
        is_starved: bool,
    },
    /// How good the way to and from a peer is; told when the word changes.
    Quality {
        /// The peer.
        peer: PeerKey,
        /// The word.
        quality: ConnectionQuality,
        /// From 1 to 5, in tenths.
        score_tenths: u8,
    },
    /// A data message arrived.
    DataReceived {
        /// Who sent it.
        peer: PeerKey,
        /// On which channel.
        channel: DataChannel,
        /// The message.
        contents: Vec<u8>,
    },
    /// The data channels of LiveKit's three labels are open on this peer (told once, when `_reliable` opens).
    DataOpen {
        /// The peer.
        peer: PeerKey,
    },
    /// A peer had no room for a message.
    DataDropped {
        /// The peer.
        peer: PeerKey,
        /// On which channel.
        channel: DataChannel,
    },
    /// Who speaks, loudest first; comes each `SPEAKERS_WINDOW` while something changed. Who is not in the list is silent.
    Speakers {
        /// The room.
        room: RoomKey,
        /// Every active speaker.
        speakers: Vec<SpeakerLevel>,
    },
    /// The best layer of a video track that anyone wants changed: up at once, down after `DYNACAST_DOWN_AFTER`.
    LayersWanted {
        /// The track.
        track: TrackKey,
        /// `None`: nobody looks.
        best: Option<Quality>,
    },
}

/// A track bound to an m-line of its publisher.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NegotiatedTrack {
    /// The m-line.
    pub mid: String,
    /// The track.
    pub track: TrackKey,
    /// Audio or video.
    pub kind: MediaKind,
    /// The track id of the offer's `a=msid`, empty if it had none.
    pub sdp_cid: String,
    /// Its codec.
    pub codec: Codec,
    /// The layers that the offer announced, smallest first (`[Low]` without simulcast).
    pub layers: Vec<Quality>,
}

/// An m-line in use on a subscriber.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MidTrack {
    /// The m-line.
    pub mid: String,
    /// The track.
    pub track: TrackKey,
    /// Its `msid_track` (the track sid).
    pub msid_track: String,
}

/// How good a connection is, by the worst of bitrate, round trip and loss.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ConnectionQuality {
    /// Hardly usable.
    Poor,
    /// Noticeably worse than it could be.
    Fair,
    /// Hardly noticeable.
    Good,
    /// Nothing to complain about.
    Excellent,
}

/// The codecs that a shard can route.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Codec {
    /// Audio.
    Opus,
    /// Opus with redundant copies (RFC 2198).
    Red,
    /// Video.
    Vp8,
    /// Video.
    H264,
    /// Video, one stream.
    Vp9,
    /// Video, one stream.
    Av1,
}

impl Codec {
    /// The name in SDP and TrackInfo.
    #[must_use]
    pub fn mime_type(self) -> &'static str {
        match self {
            Self::Opus => "audio/opus",
            Self::Red => "audio/red",
            Self::Vp8 => "video/VP8",
            Self::H264 => "video/H264",
            Self::Vp9 => "video/VP9",
            Self::Av1 => "video/AV1",
        }
    }
}

/// How loud someone is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SpeakerLevel {
    /// The audio track.
    pub track: TrackKey,
    /// Loudness in eighths, 1 to 8.
    pub level_eighths: u8,
}

impl SpeakerLevel {
    /// Loudness from 0 to 1, as `SpeakerInfo.level` has it.
    #[must_use]
    pub fn level(self) -> f32 {
        f32::from(self.level_eighths) / 8.0
    }
}

/// Why a peer ended by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndReason {
    /// It never connected within `CONNECT_WITHIN`.
    NeverConnected,
    /// ICE was silent for `DISCONNECTED_FOR_MAX`.
    IceTimeout,
    /// No answer to our offer within `ANSWER_WITHIN`.
    AnswerTimeout,
    /// The other side said goodbye.
    RemoteClosed,
    /// A fault in this session, logged; nobody else is touched.
    Fault,
}

/// A rule of the shard said no; nothing changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No such room.
    #[error("no such room")]
    UnknownRoom,
    /// No such peer.
    #[error("no such peer")]
    UnknownPeer,
    /// No such track.
    #[error("no such track")]
    UnknownTrack,
    /// No such subscription.
    #[error("not subscribed")]
    NotSubscribed,
    /// The key is in use.
    #[error("the key is in use")]
    KeyInUse,
    /// A publisher was told what only a subscriber can do, or the other way round.
    #[error("not for a peer of this role")]
    WrongRole,
    /// Peer and track are in different rooms.
    #[error("the track is in another room")]
    OtherRoom,
    /// The SDP cannot be read or does not fit.
    #[error("the session description does not fit: {0}")]
    Sdp(String),
    /// The answer is for an older offer, or for none.
    #[error("no such offer is waiting for an answer")]
    StaleAnswer,
    /// A named limit is reached.
    #[error("limit reached: {0}")]
    Full(&'static str),
    /// The session broke; it is closed and told by `PeerEnded`.
    #[error("the session broke")]
    Fault,
}
