//! The names by which the outside and a shard speak of the same thing; whoever drives the shard chooses them.

macro_rules! key {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub u64);
    };
}

key! {
    /// One room: the peers that may hear each other, and one list of active speakers.
    RoomKey
}
key! {
    /// One PeerConnection. A LiveKit v0 participant has two: a publisher and a subscriber.
    PeerKey
}
key! {
    /// One published track (all its simulcast layers together). Never reuse a key on one shard.
    TrackKey
}
