//! What a layer sent since its last key frame, so that who joins need not wait for the next one.

use std::time::Instant;

use crate::forward::Packet;
use crate::forward::clock::span_of;
use crate::limits::{RECENT_FOR_MAX, RECENT_PACKETS_MAX};
use crate::time::passed;

/// Ticks between two frames that are handed out late: the decoder hurries through them instead of showing the past.
const HURRIED_FRAME_TICKS: u32 = 90;
/// Only pictures are kept.
const VIDEO_RATE_HZ: u32 = 90_000;

/// A key frame and everything after it, without a hole; empty as soon as that cannot be had.
#[derive(Debug, Default)]
pub(crate) struct Recent {
    packets: Vec<Packet>,
    last_number: u64,
}

impl Recent {
    /// Takes the next packet of the layer.
    pub(crate) fn note(&mut self, packet: &Packet) {
        if packet.starts_key_frame() {
            self.packets.clear();
        } else if !self.continues_with(packet) {
            self.packets.clear();
            return;
        }
        self.last_number = packet.stamp.number;
        if !packet.payload.contents.is_empty() {
            self.packets.push(packet.clone());
        }
    }

    /// Forgets everything.
    pub(crate) fn clear(&mut self) {
        self.packets.clear();
    }

    fn continues_with(&self, packet: &Packet) -> bool {
        self.packets.first().is_some_and(|first| {
            first.stream == packet.stream
                && packet.stamp.number == self.last_number.wrapping_add(1)
                && self.packets.len() < RECENT_PACKETS_MAX
                && !passed(first.moment.arrived, RECENT_FOR_MAX, packet.moment.arrived)
        })
    }

    /// Everything since the last key frame, as it came.
    pub(crate) fn packets(&self) -> &[Packet] {
        &self.packets
    }

    /// What to hand to who joins at `now`: the same packets, their frames a moment apart and the newest on time.
    pub(crate) fn handed_out(&self, now: Instant) -> Vec<Packet> {
        let is_old =
            self.packets.first().is_none_or(|first| passed(first.moment.arrived, RECENT_FOR_MAX, now));
        let Some(newest) = self.packets.last().filter(|_| !is_old) else { return Vec::new() };
        let mut timestamp = newest.stamp.timestamp;
        let mut source = timestamp;
        let mut packets = Vec::with_capacity(self.packets.len());
        for packet in self.packets.iter().rev() {
            if packet.stamp.timestamp != source {
                source = packet.stamp.timestamp;
                timestamp = timestamp.wrapping_sub(HURRIED_FRAME_TICKS);
            }
            let earlier = newest.stamp.timestamp.wrapping_sub(timestamp);
            let mut packet = packet.clone();
            packet.stamp.timestamp = timestamp;
            packet.moment.arrived = now;
            packet.moment.made =
                newest.moment.made.and_then(|made| made.checked_sub(span_of(earlier, VIDEO_RATE_HZ)));
            packets.push(packet);
        }
        packets.reverse();
        packets
    }
}

#[cfg(test)]
mod tests;
