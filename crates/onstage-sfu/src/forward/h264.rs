//! Where a key frame starts in H.264 packets (RFC 6184), and the parameter sets that some publishers send only once.

use std::sync::Arc;

/// NAL unit types (ITU-T H.264 table 7-1) and payload structures (RFC 6184 §5.2).
const IDR: u8 = 5;
const SPS: u8 = 7;
const PPS: u8 = 8;
const AGGREGATED: u8 = 24;
const FRAGMENT: u8 = 28;
/// `nal_ref_idc` of units without which nothing can be decoded.
const MOST_IMPORTANT: u8 = 0x60;
/// Units of one aggregation packet that are looked at.
const UNITS_MAX: usize = 16;
/// Bytes of a parameter set that is kept; those of cameras have less than forty.
const PARAMETER_SET_BYTES_MAX: usize = 256;

/// Finds the first packet of each key frame: the one with the parameter sets, or with the picture itself if none came.
#[derive(Debug, Default)]
pub(crate) struct KeyFrames {
    last: Option<u32>,
    sets: Sets,
}

/// The newest parameter sets, and the timestamp that they came under.
#[derive(Debug, Default)]
struct Sets {
    sequence: Vec<u8>,
    picture: Vec<u8>,
    came: Option<u32>,
}

impl KeyFrames {
    /// Whether a key frame starts in this payload. Parameter sets and the picture after them share a timestamp and are one.
    pub(crate) fn starts(&mut self, payload: &[u8], timestamp: u32) -> bool {
        self.sets.note(payload, timestamp);
        let starts = self.last != Some(timestamp) && holds_key_frame(payload);
        if starts {
            self.last = Some(timestamp);
        }
        starts
    }

    /// What has to be sent before a key frame that comes without its parameter sets, if they are known: both in one packet.
    pub(crate) fn missing(&self, timestamp: u32) -> Option<Arc<[u8]>> {
        let Sets { sequence, picture, came } = &self.sets;
        if *came == Some(timestamp) || sequence.is_empty() || picture.is_empty() {
            return None;
        }
        let mut packet = vec![MOST_IMPORTANT | AGGREGATED];
        for unit in [sequence, picture] {
            packet.extend(u16::try_from(unit.len()).ok()?.to_be_bytes());
            packet.extend(unit);
        }
        Some(packet.into())
    }
}

impl Sets {
    fn note(&mut self, payload: &[u8], timestamp: u32) {
        match payload {
            [first, rest @ ..] if first & 0x1f == AGGREGATED => {
                aggregated(rest).for_each(|unit| self.keep(unit, timestamp));
            }
            unit => self.keep(unit, timestamp),
        }
    }

    fn keep(&mut self, unit: &[u8], timestamp: u32) {
        let kept = match unit.first().map(|first| first & 0x1f) {
            Some(SPS) => &mut self.sequence,
            Some(PPS) => &mut self.picture,
            Some(_) | None => return,
        };
        if unit.len() <= PARAMETER_SET_BYTES_MAX {
            kept.clear();
            kept.extend_from_slice(unit);
            self.came = Some(timestamp);
        }
    }
}

fn holds_key_frame(payload: &[u8]) -> bool {
    let is_key = |unit: u8| matches!(unit & 0x1f, IDR | SPS);
    match payload {
        [first, rest @ ..] if first & 0x1f == AGGREGATED => {
            aggregated(rest).any(|unit| unit.first().is_some_and(|first| is_key(*first)))
        }
        [first, header, ..] if first & 0x1f == FRAGMENT => header & 0x80 != 0 && is_key(*header),
        [first, ..] => is_key(*first),
        [] => false,
    }
}

/// The units in an aggregation packet (RFC 6184 §5.7.1).
fn aggregated(mut rest: &[u8]) -> impl Iterator<Item = &[u8]> {
    let next = move || {
        let (size, after) = rest.split_first_chunk::<2>()?;
        let (unit, after) = after.split_at_checked(usize::from(u16::from_be_bytes(*size)))?;
        rest = after;
        Some(unit)
    };
    std::iter::from_fn(next).take(UNITS_MAX)
}

#[cfg(test)]
mod tests;
