//! The names by which the outside and a shard speak of the same thing; whoever drives the shard chooses them.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

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

/// A map by such names. They come from ourselves, so nobody outside can choose ones that collide.
pub(crate) type KeyMap<K, V> = HashMap<K, V, BuildHasherDefault<KeyHasher>>;

/// Spreads names; far cheaper than the hash that withstands strangers.
#[derive(Debug, Default)]
pub(crate) struct KeyHasher(u64);

/// An odd number without a pattern (2^64 divided by the golden ratio).
const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;

impl Hasher for KeyHasher {
    fn finish(&self) -> u64 {
        self.0.rotate_left(26)
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = (self.0.rotate_left(5) ^ number).wrapping_mul(SPREAD);
    }

    fn write_isize(&mut self, number: isize) {
        self.write_u64(number.cast_unsigned() as u64);
    }
}

#[cfg(test)]
mod tests;
