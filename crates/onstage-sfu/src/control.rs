//! What a shard can be told to do.

use std::sync::Arc;

use crate::keys::{PeerKey, RoomKey, TrackKey};
use crate::notice::Codec;

/// One instruction. Each takes effect before [`crate::Shard::handle`] returns, or is refused by it.
#[derive(Debug, Clone, PartialEq)]
pub enum Control {
    /// Makes a room. Opening an open room changes nothing.
    OpenRoom {
        /// The room.
        room: RoomKey,
    },
    /// Closes every peer of a room and forgets it.
    CloseRoom {
        /// The room.
        room: RoomKey,
    },
    /// Makes a PeerConnection in an open room. A subscriber makes its first offer (data channels, and every track
    /// subscribed by then) at [`Control::Negotiate`], or by itself after `NEGOTIATION_QUIET`.
    OpenPeer {
        /// The new peer.
        peer: PeerKey,
        /// The room it belongs to for life.
        room: RoomKey,
        /// Which way media flows.
        role: PeerRole,
        /// How it connects.
        options: PeerOptions,
    },
    /// Says goodbye to a peer and forgets it with its tracks and subscriptions. No notice follows for the peer itself;
    /// its tracks are told by `TrackStopped`.
    ClosePeer {
        /// The peer.
        peer: PeerKey,
    },
    /// The SDP offer of a publisher or of a single peer; answered by [`crate::Notice::Answer`] in the same turn. The
    /// answer to a single peer's offer carries what it subscribed to, as far as the offer has m-lines for it.
    AcceptOffer {
        /// The publisher.
        peer: PeerKey,
        /// `SessionDescription.id`, echoed in the answer.
        offer_id: u32,
        /// The SDP text.
        sdp: String,
    },
    /// A subscriber's SDP answer to our offer. Ids of older offers are refused as `StaleAnswer`.
    AcceptAnswer {
        /// The subscriber.
        peer: PeerKey,
        /// The id of the offer that it answers; 0 (old clients) means the latest.
        offer_id: u32,
        /// The SDP text.
        sdp: String,
    },
    /// Makes the subscriber's offer now instead of after the quiet time, when something changed and none is in flight.
    Negotiate {
        /// The subscriber.
        peer: PeerKey,
    },
    /// A trickled candidate (`candidate:…` or `a=candidate:…`). Empty text, host names (mDNS) and what cannot be read are ignored.
    RemoteCandidate {
        /// The peer.
        peer: PeerKey,
        /// The text of `RTCIceCandidateInit.candidate`.
        candidate: String,
    },
    /// Next offer of this subscriber carries an ICE restart; made at once (an offer in flight is abandoned).
    RestartIce {
        /// The subscriber.
        peer: PeerKey,
    },
    /// Announces a track before the publisher's offer that carries it. The gate is open unless told otherwise.
    ExpectTrack {
        /// The publisher.
        peer: PeerKey,
        /// The new track.
        track: TrackKey,
        /// What it is.
        description: TrackDescription,
    },
    /// Ends a track, whether negotiated or only expected. Subscribers lose it with their next offer.
    RemoveTrack {
        /// The track.
        track: TrackKey,
    },
    /// Opens or closes the gate of a track. Closed: not one packet of it leaves after this call, retransmissions included.
    /// Opened: video resumes at its next key frame, which is asked for. Video waits, audio is at once.
    SetGate {
        /// The track.
        track: TrackKey,
        /// Whether packets pass.
        open: bool,
    },
    /// New sizes of the layers of a track (`update_video_track`).
    SetLayerSizes {
        /// The track.
        track: TrackKey,
        /// Every layer, see [`TrackDescription::layers`].
        layers: Vec<LayerSize>,
    },
    /// Sends a track to a subscriber of the same room. May come before the track is negotiated. Repeating changes nothing.
    Subscribe {
        /// The subscriber.
        peer: PeerKey,
        /// The track.
        track: TrackKey,
    },
    /// Ends a subscription. Ending none changes nothing.
    Unsubscribe {
        /// The subscriber.
        peer: PeerKey,
        /// The track.
        track: TrackKey,
    },
    /// What a subscriber wants to see of a track. Remembered until it unsubscribes; `High` until told.
    SetWish {
        /// The subscriber.
        peer: PeerKey,
        /// The track.
        track: TrackKey,
        /// The wish.
        wish: Wish,
    },
    /// How many pictures a second a subscriber wants of a track; as near as the layers of time in it allow.
    LimitFrames {
        /// The subscriber.
        peer: PeerKey,
        /// The track.
        track: TrackKey,
        /// Pictures in a second; `None` lifts the bound.
        frames_per_second_max: Option<u32>,
    },
    /// The m-lines of a single peer carry what it is subscribed to without another offer, as far as they go: for clients
    /// that offer once (WHEP). Told before its first offer.
    FixLines {
        /// The single peer.
        peer: PeerKey,
    },
    /// Bounds what a receiving peer is sent of video, whatever it wishes and its way would carry.
    LimitPeer {
        /// The subscriber or single peer.
        peer: PeerKey,
        /// Bits in a second; `None` lifts the bound.
        bits_per_second_max: Option<u64>,
    },
    /// Sends one message to several peers. Peers that are gone are skipped; what a peer has no room for is told by
    /// `DataDropped`. Contents above `DATA_MESSAGE_BYTES_MAX` are refused.
    SendData {
        /// Who gets it.
        peers: Vec<PeerKey>,
        /// On which channel.
        channel: DataChannel,
        /// The message, shared by all receivers.
        contents: Arc<[u8]>,
    },
}

/// Which way media flows on a peer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PeerRole {
    /// The client offers, sends media, and opens data channels.
    Publisher,
    /// We offer, send media, and open data channels.
    Subscriber,
    /// One connection for both ways: the client offers everything, media to it goes on m-lines that it offered
    /// (LiveKit v1, WHIP, WHEP, peers that answer signals of other dialects).
    Single,
}

impl PeerRole {
    /// Whether tracks come from it.
    #[must_use]
    pub fn publishes(self) -> bool {
        matches!(self, Self::Publisher | Self::Single)
    }

    /// Whether tracks go to it.
    #[must_use]
    pub fn receives(self) -> bool {
        matches!(self, Self::Subscriber | Self::Single)
    }
}

/// How a peer connects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PeerOptions {
    /// ICE-lite, or full ICE for clients that need it.
    pub ice: IceMode,
    /// Which feedback a subscriber is asked for.
    pub feedback: FeedbackProfile,
    /// Whether pictures to it may be held back when not even their lowest layers fit.
    pub may_pause: bool,
}

/// The ICE role of the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum IceMode {
    /// We only answer checks.
    #[default]
    Lite,
    /// We check too (Firefox, `disable_ice_lite`).
    Full,
}

/// What a subscriber reports about the way to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FeedbackProfile {
    /// REMB and abs-send-time: about one report a second, for the audience.
    #[default]
    Audience,
    /// Transport-wide feedback, for people on stage.
    Stage,
}

/// Audio or video.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MediaKind {
    /// Sound.
    Audio,
    /// Picture.
    Video,
}

/// Where a track comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TrackSource {
    /// A camera.
    Camera,
    /// A microphone.
    Microphone,
    /// A shared screen.
    Screen,
    /// The sound of a shared screen.
    ScreenAudio,
    /// Some other picture.
    OtherVideo,
    /// Some other sound.
    OtherAudio,
}

impl TrackSource {
    /// Audio or video.
    #[must_use]
    pub fn kind(self) -> MediaKind {
        match self {
            Self::Camera | Self::Screen | Self::OtherVideo => MediaKind::Video,
            Self::Microphone | Self::ScreenAudio | Self::OtherAudio => MediaKind::Audio,
        }
    }

    /// Whether its loudness makes a speaker.
    #[must_use]
    pub fn is_voice(self) -> bool {
        match self {
            Self::Microphone | Self::OtherAudio => true,
            Self::Camera | Self::Screen | Self::ScreenAudio | Self::OtherVideo => false,
        }
    }
}

/// A track before its first packet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrackDescription {
    /// `AddTrack.cid`: the track id of the publisher's `a=msid`, when the browser keeps it.
    pub cid: String,
    /// What it shows or sounds like.
    pub source: TrackSource,
    /// The codec that the publisher announced: its payload types come first in the answer. `None`: the offer's first.
    pub codec: Option<Codec>,
    /// What a sound may use.
    pub sound: SoundOptions,
    /// The sizes of its layers, smallest first; empty for audio. One entry for a single-layer track. Rids `q h f` are Low, Medium, High.
    pub layers: Vec<LayerSize>,
    /// First word of `a=msid` in subscriber offers: `<participantSid>|<track sid>`. The track sid belongs here, because an
    /// m-line that is used again keeps the id of its first track in the browser.
    pub msid_stream: String,
    /// Second word of `a=msid` in subscriber offers: the track sid.
    pub msid_track: String,
}

/// What a publisher wants for a sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SoundOptions {
    /// Redundant coding (RFC 2198), if both sides know it.
    pub has_redundancy: bool,
    /// Two channels.
    pub is_stereo: bool,
    /// Nothing is sent in silence.
    pub has_dtx: bool,
}

/// The size of one simulcast layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LayerSize {
    /// Which layer.
    pub quality: Quality,
    /// Its width in pixels.
    pub width: u32,
    /// Its height in pixels.
    pub height: u32,
}

/// The place of a layer among its siblings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Quality {
    /// `q`, or the only layer.
    Low,
    /// `h`
    Medium,
    /// `f`
    High,
}

/// What a subscriber wants to see of a track.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// Nothing now (`disabled`): the subscription stays, packets stop.
    Nothing,
    /// At most this layer.
    AtMost(Quality),
    /// The smallest layer that is at least this large.
    Size {
        /// Pixels across.
        width: u32,
        /// Pixels down.
        height: u32,
    },
}

/// The three channels of LiveKit's protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DataChannel {
    /// `_reliable`: ordered, resent until it arrives.
    Reliable,
    /// `_lossy`: unordered, never resent.
    Lossy,
    /// `_data_track`: unordered, never resent.
    DataTrack,
}
