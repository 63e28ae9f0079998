//! From one source to one subscriber: which packets pass, and under which numbers.

mod av1;
pub(crate) mod clock;
mod h264;
mod inserted;
pub(crate) mod munger;
pub(crate) mod payload;
pub(crate) mod recent;
mod redundancy;
pub(crate) mod selector;
mod temporal;
pub(crate) mod vp8;
mod vp9;

use std::sync::Arc;
use std::time::Instant;

use str0m::media::Pt;
use str0m::rtp::{ExtensionValues, Vp8Patch};

use crate::control::{MediaKind, Quality, Wish};
use crate::formats::{Format, Payloads};
use crate::forward::clock::{rate_hz, span_of};
use crate::forward::munger::{Moment, Munger, Stamp, StreamId};
use crate::forward::payload::Payload;
use crate::forward::selector::{LayersNow, Selector, Verdict};
use crate::forward::temporal::Temporals;
use crate::limits::PICTURE_END_WITHIN;
use crate::time::{after, passed};

/// Redundant blocks reach back less than this many timestamps (14 bits of offset, RFC 2198 §3).
const REDUNDANCY_REACH: u32 = 0x4000;

/// A packet of a track, read once for all subscribers.
#[derive(Debug, Clone)]
pub(crate) struct Packet {
    /// The layer it belongs to.
    pub(crate) layer: Quality,
    /// Its source.
    pub(crate) stream: StreamId,
    /// Its format.
    pub(crate) format: Format,
    /// Its numbers there.
    pub(crate) stamp: Stamp,
    /// RTP's marker bit: the last packet of a picture.
    pub(crate) marker: bool,
    /// When it came, and when it was made.
    pub(crate) moment: Moment,
    /// Header extensions that pass through.
    pub(crate) extensions: ExtensionValues,
    /// The RTP payload.
    pub(crate) payload: Payload,
}

impl Packet {
    /// Whether a key frame starts here.
    pub(crate) fn starts_key_frame(&self) -> bool {
        self.payload.starts_key_frame
    }
}

/// A packet as it leaves for one subscriber; the rest is as in [`Packet`].
#[derive(Debug, Clone)]
pub(crate) struct Placed {
    /// Its numbers.
    pub(crate) stamp: Stamp,
    /// The payload type it leaves under.
    pub(crate) payload_type: Pt,
    /// The payload.
    pub(crate) contents: Arc<[u8]>,
    /// The bytes that change in a VP8 payload.
    pub(crate) patch: Option<Vp8Patch>,
    /// The moment for which its timestamp stands.
    pub(crate) moment: Instant,
}

/// A switch of layers that waits for the end of the picture under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Deferred {
    to: Quality,
    since: Instant,
    is_due: bool,
}

/// The way of one m-line to one subscriber. It outlives subscriptions: the next track continues its numbers.
#[derive(Debug)]
pub(crate) struct Forwarder {
    kind: MediaKind,
    selector: Selector,
    munger: Munger,
    temporals: Temporals,
    is_interrupted: bool,
    /// The timestamp of the picture that is not at its end.
    open_picture: Option<u32>,
    deferred: Option<Deferred>,
    /// From where on redundant blocks hold nothing from before the beginning.
    sound_began: Option<u32>,
}

impl Forwarder {
    /// A way that nothing has taken.
    pub(crate) fn new(kind: MediaKind) -> Self {
        Self {
            kind,
            selector: Selector::new(Wish::Nothing),
            munger: Munger::new(rate_hz(kind)),
            temporals: Temporals::default(),
            is_interrupted: true,
            open_picture: None,
            deferred: None,
            sound_began: None,
        }
    }

    /// Starts over for another track.
    pub(crate) fn restart(&mut self, wish: Wish) {
        self.selector = Selector::new(wish);
        self.is_interrupted = true;
        self.open_picture = None;
        self.deferred = None;
    }

    /// The source stopped for a while: video resumes at a key frame, audio at its next packet.
    pub(crate) fn interrupt(&mut self) {
        self.selector.interrupt();
        self.is_interrupted = true;
        self.open_picture = None;
        self.deferred = None;
    }

    /// How it chooses.
    pub(crate) fn selector(&mut self) -> &mut Selector {
        &mut self.selector
    }

    /// How many pictures a second it lets through, as far as the source has layers of time.
    pub(crate) fn limit_frames(&mut self, frames_per_second_max: Option<u32>) {
        self.temporals.limit(frames_per_second_max);
    }

    /// The layer of which a key frame is needed, and not here yet.
    pub(crate) fn wants_key_frame(&self) -> Option<Quality> {
        let wanted = self.selector.wants_key_frame()?;
        self.deferred.is_none_or(|deferred| deferred.to != wanted).then_some(wanted)
    }

    /// The layer that takes over now, with everything since its last key frame: the picture under way came to its end.
    pub(crate) fn take_due(&mut self) -> Option<Quality> {
        let deferred = self.deferred.take_if(|deferred| deferred.is_due)?;
        self.open_picture = None;
        Some(deferred.to)
    }

    /// Whether a packet passes, and how it leaves.
    pub(crate) fn forward(
        &mut self,
        packet: &Packet,
        layers: &LayersNow,
        payloads: &Payloads,
    ) -> Option<Placed> {
        let plain = if packet.format == Format::RED { Format::OPUS } else { packet.format };
        let plain = payloads.of(plain)?;
        let is_start = match self.kind {
            MediaKind::Audio => self.starts_sound(packet)?,
            MediaKind::Video => self.starts_picture(packet, layers)?,
        };
        if is_start {
            self.munger.begin(packet.stream, &packet.stamp, packet.moment);
        }
        let (payload_type, contents) = self.playable(packet, plain, payloads);
        self.place(packet, payload_type, contents)
    }

    /// Redundant audio goes as it is to who can read it, unless it holds what was said before the beginning; else
    /// its newest block goes.
    fn playable(&self, packet: &Packet, plain: Pt, payloads: &Payloads) -> (Pt, Arc<[u8]>) {
        let contents = || Arc::clone(&packet.payload.contents);
        let Some(newest) = &packet.payload.newest else { return (plain, contents()) };
        let redundant = payloads.of(Format::RED).filter(|_| {
            newest.payload_type == *plain
                && self.sound_began.is_some_and(|began| {
                    (REDUNDANCY_REACH..1 << 31).contains(&packet.stamp.timestamp.wrapping_sub(began))
                })
        });
        match redundant {
            Some(redundant) => (redundant, contents()),
            None => (plain, Arc::clone(&newest.contents)),
        }
    }

    fn starts_sound(&mut self, packet: &Packet) -> Option<bool> {
        if self.selector.is_off() {
            self.is_interrupted = true;
            return None;
        }
        let is_start = std::mem::take(&mut self.is_interrupted) || self.munger.is_before(packet.stream);
        if is_start {
            self.sound_began = Some(packet.stamp.timestamp);
        }
        Some(is_start)
    }

    /// `None`: the packet is not wanted now, unless the numbering knows a hole for it.
    fn starts_picture(&mut self, packet: &Packet, layers: &LayersNow) -> Option<bool> {
        let now = packet.moment.arrived;
        self.selector.aim(layers, now);
        self.watch_deferred(packet);
        if self.deferred.is_some_and(|deferred| deferred.is_due || deferred.to == packet.layer) {
            return None;
        }
        if self.open_picture.is_some() && self.selector.would_switch(packet.layer, packet.starts_key_frame())
        {
            self.deferred = Some(Deferred { to: packet.layer, since: now, is_due: false });
            return None;
        }
        match self.selector.judge(packet.layer, packet.starts_key_frame()) {
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

    /// A switch is due at the end of the picture under way: when the next begins, or when the end is long overdue.
    fn watch_deferred(&mut self, packet: &Packet) {
        let Some(mut deferred) = self.deferred else { return };
        if !self.selector.is_aimed_at(deferred.to) {
            self.deferred = None;
            return;
        }
        let is_next = self.selector.current() == Some(packet.layer)
            && self.open_picture.is_none_or(|open| is_after(packet.stamp.timestamp, open));
        deferred.is_due |= is_next || passed(deferred.since, PICTURE_END_WITHIN, packet.moment.arrived);
        self.deferred = Some(deferred);
    }

    fn place(&mut self, packet: &Packet, payload_type: Pt, contents: Arc<[u8]>) -> Option<Placed> {
        let is_current = self.selector.current() == Some(packet.layer);
        let is_left_out = is_current && self.temporals.leaves_out(packet);
        let is_empty = is_left_out || contents.is_empty();
        if is_empty && self.munger.leave_out(packet.stream, &packet.stamp, is_left_out) {
            return None;
        }
        let (stamp, later) = self.munger.place(packet.stream, &packet.stamp, packet.moment)?;
        let patch = packet.payload.vp8.as_ref().filter(|_| !is_empty);
        let patch = patch.and_then(|vp8| vp8.patch(stamp.ids));
        if self.munger.is_newest(stamp.number) {
            self.note_end(packet);
        }
        let made = packet.moment.made.map(|made| after(made, span_of(later, rate_hz(self.kind))));
        Some(Placed {
            stamp,
            payload_type,
            contents: if is_empty { Arc::from([]) } else { contents },
            patch,
            moment: made.unwrap_or(packet.moment.arrived).min(packet.moment.arrived),
        })
    }

    /// Whether nothing later was placed.
    pub(crate) fn is_newest(&self, placed: &Placed) -> bool {
        self.munger.is_newest(placed.stamp.number)
    }

    fn note_end(&mut self, packet: &Packet) {
        self.open_picture = (!packet.marker).then_some(packet.stamp.timestamp);
        if let Some(deferred) = self.deferred.as_mut().filter(|_| packet.marker) {
            deferred.is_due = true;
        }
    }
}

/// Whether one timestamp is later than another, modulo 2^32.
fn is_after(later: u32, earlier: u32) -> bool {
    later.wrapping_sub(earlier).cast_signed() > 0
}
