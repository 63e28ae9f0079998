//! Fewer pictures a second: which of VP8's layers of time pass.

use crate::forward::munger::StreamId;
use crate::forward::vp8::Temporal;
use crate::forward::{Packet, is_after};

/// Pictures a second of a source with all its layers. Each layer of time halves them.
const FRAMES_PER_SECOND_FULL: u32 = 30;
/// Layers of time that VP8 can name.
const LAYER_TOP: u8 = 3;

/// The layers of time that pass, and those that are aimed at.
#[derive(Debug)]
pub(crate) struct Temporals {
    /// Layers to leave out, from the top.
    fewer: u8,
    /// The highest layer seen.
    top: u8,
    /// The highest layer that passes now.
    passing: u8,
    newest: Option<Newest>,
}

/// The newest picture of a source.
#[derive(Debug, Clone, Copy)]
struct Newest {
    stream: StreamId,
    timestamp: u32,
    passes: bool,
}

impl Default for Temporals {
    fn default() -> Self {
        Self { fewer: 0, top: 0, passing: LAYER_TOP, newest: None }
    }
}

impl Temporals {
    /// Aims at so many pictures a second.
    pub(crate) fn limit(&mut self, frames_per_second_max: Option<u32>) {
        let has_few = |left_out: &u8, frames: u32| {
            FRAMES_PER_SECOND_FULL.checked_shr(u32::from(*left_out)).unwrap_or(0) <= frames
        };
        let fewest =
            |frames: u32| (0..LAYER_TOP).find(|left_out| has_few(left_out, frames)).unwrap_or(LAYER_TOP);
        self.fewer = frames_per_second_max.map_or(0, fewest);
    }

    /// Whether a packet belongs to a picture that is left out. Pictures are left out as a whole, and a layer comes back
    /// with a picture that relies on nothing that was left out.
    pub(crate) fn leaves_out(&mut self, packet: &Packet) -> bool {
        let Some(vp8) = &packet.payload.vp8 else { return false };
        let Some(Temporal { layer, is_sync }) = vp8.temporal else { return false };
        let (stream, timestamp) = (packet.stream, packet.stamp.timestamp);
        if let Some(newest) = self.newest.filter(|newest| newest.stream == stream)
            && !is_after(timestamp, newest.timestamp)
        {
            return if timestamp == newest.timestamp { !newest.passes } else { layer > self.passing };
        }
        self.top = self.top.max(layer);
        let aim = if self.fewer == 0 { LAYER_TOP } else { self.top.saturating_sub(self.fewer) };
        if aim <= self.passing || vp8.starts_key_frame {
            self.passing = aim;
        } else if is_sync && layer > self.passing && layer <= aim {
            self.passing = layer;
        }
        let passes = layer <= self.passing;
        self.newest = Some(Newest { stream, timestamp, passes });
        !passes
    }
}
