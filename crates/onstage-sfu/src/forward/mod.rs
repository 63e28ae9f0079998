//! From one source to one subscriber: which packets pass, and under which numbers.

pub(crate) mod munger;
pub(crate) mod recent;
pub(crate) mod selector;
pub(crate) mod vp8;

use std::sync::Arc;
use std::time::Instant;

use str0m::rtp::{ExtensionValues, Vp8Patch};

use crate::control::{MediaKind, Quality, Wish};
use crate::forward::munger::{Munger, Stamp, StreamId};
use crate::forward::selector::{LayersNow, Selector, Verdict};
use crate::forward::vp8::Vp8Payload;

/// A packet of a track, read once for all subscribers.
#[derive(Debug, Clone)]
pub(crate) struct Packet {
    /// The layer it belongs to.
    pub(crate) layer: Quality,
    /// Its source.
    pub(crate) stream: StreamId,
    /// Its numbers there.
    pub(crate) stamp: Stamp,
    /// RTP's marker bit.
    pub(crate) marker: bool,
    /// When it came.
    pub(crate) arrived: Instant,
    /// Header extensions that pass through.
    pub(crate) extensions: ExtensionValues,
    /// The RTP payload.
    pub(crate) contents: Arc<[u8]>,
    /// The payload as VP8, if that is what it is.
    pub(crate) vp8: Option<Vp8Payload>,
}

impl Packet {
    /// Whether a key frame starts here.
    pub(crate) fn starts_key_frame(&self) -> bool {
        self.vp8.as_ref().is_some_and(|vp8| vp8.starts_key_frame)
    }
}

/// A packet as it leaves for one subscriber; the rest is as in [`Packet`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Placed {
    /// Its numbers.
    pub(crate) stamp: Stamp,
    /// The bytes that change in a VP8 payload.
    pub(crate) patch: Option<Vp8Patch>,
}

/// The way of one m-line to one subscriber. It outlives subscriptions: the next track continues its numbers.
#[derive(Debug)]
pub(crate) struct Forwarder {
    kind: MediaKind,
    selector: Selector,
    munger: Munger,
    is_interrupted: bool,
}

impl Forwarder {
    /// A way that nothing has taken.
    pub(crate) fn new(kind: MediaKind) -> Self {
        let clock_rate_hz = match kind {
            MediaKind::Audio => 48_000,
            MediaKind::Video => 90_000,
        };
        Self {
            kind,
            selector: Selector::new(Wish::Nothing),
            munger: Munger::new(clock_rate_hz),
            is_interrupted: true,
        }
    }

    /// Starts over for another track.
    pub(crate) fn restart(&mut self, wish: Wish) {
        self.selector = Selector::new(wish);
        self.is_interrupted = true;
    }

    /// The source stopped for a while: video resumes at a key frame, audio at its next packet.
    pub(crate) fn interrupt(&mut self) {
        self.selector.interrupt();
        self.is_interrupted = true;
    }

    /// How it chooses.
    pub(crate) fn selector(&mut self) -> &mut Selector {
        &mut self.selector
    }

    /// Whether a packet passes, and how it leaves.
    pub(crate) fn forward(&mut self, packet: &Packet, layers: &LayersNow) -> Option<Placed> {
        let is_start = match self.kind {
            MediaKind::Audio => self.starts_sound(packet)?,
            MediaKind::Video => self.starts_picture(packet, layers)?,
        };
        if is_start {
            self.munger.begin(packet.stream, &packet.stamp, packet.arrived);
        }
        self.place(packet)
    }

    fn starts_sound(&mut self, packet: &Packet) -> Option<bool> {
        if self.selector.is_off() {
            self.is_interrupted = true;
            return None;
        }
        Some(std::mem::take(&mut self.is_interrupted) || self.munger.is_before(packet.stream))
    }

    /// `None`: the packet is not wanted now, unless the numbering knows a hole for it.
    fn starts_picture(&mut self, packet: &Packet, layers: &LayersNow) -> Option<bool> {
        self.selector.aim(layers, packet.arrived);
        let verdict = self.selector.judge(packet.layer, packet.starts_key_frame());
        match verdict {
            Verdict::Switch => Some(true),
            Verdict::Forward if self.munger.is_before(packet.stream) => {
                if !packet.starts_key_frame() {
                    self.selector.interrupt();
                    return None;
                }
                Some(true)
            }
            Verdict::Forward => Some(false),
            // A packet of a layer that flowed a moment ago may fill a hole that it left.
            Verdict::Drop => self.selector.current().map(|_| false),
        }
    }

    fn place(&mut self, packet: &Packet) -> Option<Placed> {
        if packet.contents.is_empty() && self.munger.leave_out(packet.stream, packet.stamp.number) {
            return None;
        }
        let stamp = self.munger.place(packet.stream, &packet.stamp, packet.arrived)?;
        let patch = packet.vp8.as_ref().and_then(|vp8| vp8.patch(stamp.ids));
        Some(Placed { stamp, patch })
    }
}
