//! What a shard's work came to, and how its datagrams are told apart.

use std::time::Duration;

use onstage_sfu::Transmit;
use str0m::rtp::Ssrc;

/// Datagrams in one system call that the kernel cuts.
pub const RUN_DATAGRAMS: usize = 10;

/// What the shard's work came to.
#[derive(Debug, Clone, Default)]
pub struct Cost {
    /// Datagrams with media that left for viewers.
    pub packets: u64,
    /// CPU time of the shard.
    pub cpu: Duration,
    /// From a packet in to its last viewer's packet out, of sounds and of pictures that are no key frames.
    pub delays: Vec<Duration>,
    /// The same, of key frames.
    pub key_delays: Vec<Duration>,
    /// How many runs of 1, 2, … equal datagrams to one viewer left together.
    pub runs: [u64; RUN_DATAGRAMS],
    /// Datagrams with feedback that came in.
    pub feedback: u64,
}

impl Cost {
    /// Counts what a system that cuts runs would send together.
    pub(super) fn count_runs(&mut self, out: &[Transmit]) {
        let mut rest = out;
        while let Some(first) = rest.first() {
            let fits = |next: &&Transmit| {
                next.destination == first.destination && next.contents.len() == first.contents.len()
            };
            let equal = rest.iter().take(RUN_DATAGRAMS).take_while(fits).count().max(1);
            let is_longer = rest.get(equal).is_some_and(|next| {
                equal < RUN_DATAGRAMS
                    && next.destination == first.destination
                    && next.contents.len() < first.contents.len()
            });
            let length = equal + usize::from(is_longer);
            if let Some(count) = self.runs.get_mut(length - 1) {
                *count += 1;
            }
            rest = rest.get(length..).unwrap_or_default();
        }
    }
}

/// Stream and timestamp of a packet with media.
pub(super) fn stamp(contents: &[u8]) -> Option<(Ssrc, [u8; 4])> {
    if !is_media(contents) {
        return None;
    }
    let timestamp = contents.get(4..8)?.first_chunk()?;
    let ssrc = contents.get(8..12)?.first_chunk()?;
    Some((u32::from_be_bytes(*ssrc).into(), *timestamp))
}

/// RTP, and not RTCP, which shares its first byte.
pub(super) fn is_media(contents: &[u8]) -> bool {
    match contents {
        [128..=191, second, ..] => !(192..=223).contains(second),
        _ => false,
    }
}

/// A handshake or a message (RFC 7983 §7).
pub(super) fn is_dtls(contents: &[u8]) -> bool {
    matches!(contents, [20..=63, ..])
}
