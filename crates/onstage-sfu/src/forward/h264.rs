//! Where a key frame starts in H.264 packets (RFC 6184).

/// NAL unit types (ITU-T H.264 table 7-1) and payload structures (RFC 6184 §5.2).
const IDR: u8 = 5;
const SPS: u8 = 7;
const AGGREGATED: u8 = 24;
const FRAGMENT: u8 = 28;
/// Units of one aggregation packet that are looked at.
const UNITS_MAX: usize = 16;

/// Finds the first packet of each key frame: the one with the parameter sets, or with the picture itself if none came.
#[derive(Debug, Default)]
pub(crate) struct KeyFrames {
    last: Option<u32>,
}

impl KeyFrames {
    /// Whether a key frame starts in this payload. Parameter sets and the picture after them share a timestamp and are one.
    pub(crate) fn starts(&mut self, payload: &[u8], timestamp: u32) -> bool {
        let starts = self.last != Some(timestamp) && holds_key_frame(payload);
        if starts {
            self.last = Some(timestamp);
        }
        starts
    }
}

fn holds_key_frame(payload: &[u8]) -> bool {
    let is_key = |unit: u8| matches!(unit & 0x1f, IDR | SPS);
    match payload {
        [first, rest @ ..] if first & 0x1f == AGGREGATED => aggregated(rest).any(is_key),
        [first, header, ..] if first & 0x1f == FRAGMENT => header & 0x80 != 0 && is_key(*header),
        [first, ..] => is_key(*first),
        [] => false,
    }
}

/// The first bytes of the units in an aggregation packet (RFC 6184 §5.7.1).
fn aggregated(mut rest: &[u8]) -> impl Iterator<Item = u8> {
    let next = move || {
        let (size, after) = rest.split_first_chunk::<2>()?;
        let (unit, after) = after.split_at_checked(usize::from(u16::from_be_bytes(*size)))?;
        rest = after;
        unit.first().copied()
    };
    std::iter::from_fn(next).take(UNITS_MAX)
}

#[cfg(test)]
mod tests;
