//! Loses media on purpose, or takes it without a look, so that one machine can play a crowd.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Shared by the bots of a crowd.
#[derive(Debug, Default)]
pub struct Sink {
    media: AtomicU64,
    loses_one_of: AtomicU64,
    takes_all: AtomicBool,
}

impl Sink {
    /// Media datagrams that came.
    #[must_use]
    pub fn media(&self) -> u64 {
        self.media.load(Ordering::Relaxed)
    }

    /// From now on one of so many is lost, and asked for again; 0 loses none.
    pub fn lose_one_of(&self, count: u64) {
        self.loses_one_of.store(count, Ordering::Relaxed);
    }

    /// From now on media is counted and goes no further.
    pub fn take_all(&self) {
        self.takes_all.store(true, Ordering::Relaxed);
    }

    /// Whether a datagram goes no further.
    pub(super) fn takes(&self, datagram: &[u8]) -> bool {
        if !is_media(datagram) {
            return false;
        }
        let number = self.media.fetch_add(1, Ordering::Relaxed);
        let loses_one_of = self.loses_one_of.load(Ordering::Relaxed);
        self.takes_all.load(Ordering::Relaxed) || number.checked_rem(loses_one_of) == Some(0)
    }
}

/// RTP, and not RTCP, which shares its first byte.
fn is_media(datagram: &[u8]) -> bool {
    match datagram {
        [128..=191, second, ..] => !(192..=223).contains(second),
        _ => false,
    }
}
