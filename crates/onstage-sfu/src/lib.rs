//! How media is routed: PeerConnections in, PeerConnections out, without sockets, clock or runtime; it has never heard of users.

mod alarms;
mod allocate;
mod control;
mod egress;
mod formats;
mod forward;
#[cfg(feature = "fuzz")]
pub mod fuzz;
mod keys;
mod layers;
pub mod limits;
mod notice;
mod peer;
mod quality;
mod rate;
mod sdp;
mod shard;
mod speakers;
mod time;
mod track;

pub use control::{
    Control, DataChannel, FeedbackProfile, IceMode, LayerSize, MediaKind, PeerOptions, PeerRole, Quality,
    SoundOptions, TrackDescription, TrackSource, Wish,
};
pub use keys::{PeerKey, RoomKey, TrackKey};
pub use notice::{
    Codec, ConnectionQuality, EndReason, MidTrack, NegotiatedTrack, Notice, Output, Refusal, SpeakerLevel,
    Transmit, Transport,
};
pub use shard::{Input, Shard, ShardConfig, ShardCounters, TrackCounters};
