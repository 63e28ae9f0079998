//! What a decoder makes of the packets: which frames are whole and can be decoded, what is shown, and where it froze.

use std::collections::BTreeMap;

use super::outcome::Freeze;
use super::picture::Part;

/// Frames that wait for packets or for the frames they need.
/// tidy: bounded by a_frame_that_never_comes_whole_is_given_up
pub(super) const FRAMES_WAITING_MAX: usize = 256;
/// Gaps that the usual one is the mean of.
const GAPS: usize = 30;
/// A gap is a freeze when it is three times the usual one, and so much longer (`freezeCount` of WebRTC's statistics).
const FREEZE_MIN_S: f64 = 0.15;
const PICTURE_IDS: i64 = 0x8000;

/// A packet of a picture as it came.
#[derive(Debug, Clone, Copy)]
pub(super) struct Packet {
    pub(super) number: u64,
    pub(super) timestamp: u32,
    pub(super) is_last: bool,
    pub(super) part: Part,
}

/// A frame that was shown.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Shown {
    pub(super) at: f64,
    pub(super) layer: u8,
    /// When it was filmed.
    pub(super) captured: f64,
    pub(super) timestamp: u32,
}

#[derive(Debug)]
struct Frame {
    part: Part,
    timestamp: u32,
    /// The number that its first packet must have.
    first_number: u64,
    parts: Vec<u8>,
    has_end: bool,
}

impl Frame {
    fn is_whole(&self) -> bool {
        self.parts.len() == usize::from(self.part.stamp.parts) && self.has_end
    }
}

/// The frame that others need.
#[derive(Debug, Clone, Copy)]
struct Base {
    tl0: u8,
    layer: u8,
    frame: u32,
}

/// What is shown.
#[derive(Debug, Default)]
pub(super) struct Show {
    waiting: BTreeMap<i64, Frame>,
    newest: Option<i64>,
    shown_picture: Option<i64>,
    base: Option<Base>,
    gaps: Vec<f64>,
    pub(super) last: Option<Shown>,
    pub(super) shown: u32,
    /// Frames whose numbers promise what their stamps deny.
    pub(super) contradictions: u32,
    pub(super) freezes: Vec<Freeze>,
}

impl Show {
    /// Takes a packet; returns the frames that can be shown now.
    pub(super) fn take(&mut self, at: f64, packet: Packet) -> Vec<Shown> {
        let picture = self.unwrap_id(packet.part.numbers.picture);
        if self.shown_picture.is_some_and(|shown| picture <= shown) {
            return Vec::new();
        }
        let part = packet.part;
        let first_number = packet.number.saturating_sub(u64::from(part.part));
        let frame = self.waiting.entry(picture).or_insert(Frame {
            part,
            timestamp: packet.timestamp,
            first_number,
            parts: Vec::new(),
            has_end: false,
        });
        let fits = frame.part.stamp == part.stamp
            && frame.first_number == first_number
            && frame.timestamp == packet.timestamp;
        if !fits {
            self.contradictions += 1;
            return Vec::new();
        }
        frame.has_end |= packet.is_last;
        if !frame.parts.contains(&part.part) {
            frame.parts.push(part.part);
        }
        self.show(at)
    }

    #[cfg(test)]
    pub(super) fn waiting_len(&self) -> usize {
        self.waiting.len()
    }

    fn unwrap_id(&mut self, id: u16) -> i64 {
        let newest = self.newest.unwrap_or(i64::from(id));
        let ahead = (i64::from(id) - newest).rem_euclid(PICTURE_IDS);
        let ahead = if ahead >= PICTURE_IDS / 2 { ahead - PICTURE_IDS } else { ahead };
        let picture = newest + ahead;
        self.newest = Some(newest.max(picture));
        picture
    }

    fn show(&mut self, at: f64) -> Vec<Shown> {
        let mut shown = Vec::new();
        while let Some(picture) = self.next_decodable() {
            let Some(frame) = self.waiting.remove(&picture) else { break };
            self.waiting = self.waiting.split_off(&picture);
            self.shown_picture = Some(picture);
            self.check(&frame);
            if frame.part.numbers.temporal == 0 {
                let stamp = frame.part.stamp;
                self.base =
                    Some(Base { tl0: frame.part.numbers.tl0, layer: stamp.layer, frame: stamp.frame });
            }
            shown.push(self.note(at, &frame));
        }
        while self.waiting.len() > FRAMES_WAITING_MAX {
            self.waiting.pop_first();
        }
        shown
    }

    fn next_decodable(&self) -> Option<i64> {
        let decodable = |frame: &Frame| {
            let numbers = frame.part.numbers;
            let follows = self.base.is_some_and(|base| match numbers.temporal {
                0 => numbers.tl0 == base.tl0.wrapping_add(1),
                _ => numbers.tl0 == base.tl0,
            });
            frame.is_whole() && (frame.part.is_key_frame || follows)
        };
        self.waiting.iter().find(|(_, frame)| decodable(frame)).map(|(picture, _)| *picture)
    }

    /// The numbers said that it can be decoded; the stamps know better.
    fn check(&mut self, frame: &Frame) {
        let stamp = frame.part.stamp;
        let is_true = frame.part.is_key_frame
            || self.base.is_some_and(|base| base.layer == stamp.layer && base.frame == stamp.needs);
        self.contradictions += u32::from(!is_true);
    }

    fn note(&mut self, at: f64, frame: &Frame) -> Shown {
        let stamp = frame.part.stamp;
        let captured = f64::from(stamp.captured) / 10_000.0;
        let shown = Shown { at, layer: stamp.layer, captured, timestamp: frame.timestamp };
        if let Some(last) = self.last {
            let gap = at - last.at;
            if gap > self.freeze_after() {
                self.freezes.push(Freeze { from: last.at, until: at });
            } else {
                self.gaps.push(gap);
                if self.gaps.len() > GAPS {
                    self.gaps.remove(0);
                }
            }
        }
        self.last = Some(shown);
        self.shown += 1;
        shown
    }

    fn freeze_after(&self) -> f64 {
        let count = u32::try_from(self.gaps.len().max(1)).unwrap_or(1);
        let usual = self.gaps.iter().sum::<f64>() / f64::from(count);
        (3.0 * usual).max(usual + FREEZE_MIN_S)
    }

    /// The show is over: what has not come by now is a freeze too.
    pub(super) fn end(&mut self, at: f64) {
        if let Some(last) = self.last.filter(|last| at - last.at > self.freeze_after()) {
            self.freezes.push(Freeze { from: last.at, until: at });
        }
    }
}
