//! The ids in a VP8 payload descriptor: read once per packet, rewritten per subscriber.

use std::sync::Arc;

use str0m::rtp::{Vp8Descriptor, Vp8Patch};

/// PictureID counts modulo 2^15.
pub(crate) const PICTURE_MASK: u16 = 0x7fff;
/// KEYIDX counts modulo 2^5.
pub(crate) const KEY_MASK: u8 = 0x1f;

/// The counters of a descriptor, where present.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Ids {
    /// PictureID, 15 bits.
    pub(crate) picture: Option<u16>,
    /// TL0PICIDX.
    pub(crate) tl0: Option<u8>,
    /// KEYIDX, 5 bits.
    pub(crate) key: Option<u8>,
}

/// The place of a picture among the layers of time (RFC 7741 §4.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Temporal {
    /// 0 for the pictures that all others rely on.
    pub(crate) layer: u8,
    /// Whether it relies on layer 0 alone.
    pub(crate) is_sync: bool,
}

/// A VP8 payload that was read.
#[derive(Debug, Clone)]
pub(crate) struct Vp8Payload {
    descriptor: Vp8Descriptor,
    /// The payload, its PictureID widened to 15 bits.
    pub(crate) contents: Arc<[u8]>,
    /// Its counters.
    pub(crate) ids: Ids,
    /// Whether a key frame starts here.
    pub(crate) starts_key_frame: bool,
    /// Its layer of time, if it has any.
    pub(crate) temporal: Option<Temporal>,
}

impl Vp8Payload {
    /// Reads a payload; `newest_picture` is the last PictureID of the layer, by which a 7-bit one is widened.
    pub(crate) fn read(contents: Arc<[u8]>, newest_picture: Option<u16>) -> Option<Self> {
        let contents = match widened(&contents, newest_picture) {
            Some(wide) => wide,
            None => contents,
        };
        let descriptor = Vp8Descriptor::parse(&contents).ok()?;
        let ids = Ids {
            picture: descriptor.picture_id(),
            tl0: descriptor.tl0_pic_idx(),
            key: descriptor.key_idx(),
        };
        let starts_key_frame = descriptor.starts_keyframe(&contents);
        let temporal = temporal(&contents);
        Some(Self { descriptor, contents, ids, starts_key_frame, temporal })
    }

    /// The change of bytes that gives the payload other counters.
    pub(crate) fn patch(&self, ids: Ids) -> Option<Vp8Patch> {
        let mut patch = self.descriptor.patch();
        if let (Some(_), Some(picture)) = (self.ids.picture, ids.picture) {
            patch = patch.picture_id(picture & PICTURE_MASK);
        }
        if let (Some(_), Some(tl0)) = (self.ids.tl0, ids.tl0) {
            patch = patch.tl0_pic_idx(tl0);
        }
        if let (Some(_), Some(key)) = (self.ids.key, ids.key) {
            patch = patch.key_idx(key & KEY_MASK);
        }
        patch.build().ok()
    }
}

/// Reads TID and Y, behind whatever of PictureID and TL0PICIDX is there.
fn temporal(contents: &[u8]) -> Option<Temporal> {
    let (&required, rest) = contents.split_first()?;
    let (&extension, mut rest) = rest.split_first().filter(|_| required & 0x80 != 0)?;
    if extension & 0x20 == 0 {
        return None;
    }
    if extension & 0x80 != 0 {
        let is_long = rest.first()? & 0x80 != 0;
        rest = rest.get(if is_long { 2 } else { 1 }..)?;
    }
    if extension & 0x40 != 0 {
        rest = rest.get(1..)?;
    }
    rest.first().map(|byte| Temporal { layer: byte >> 6, is_sync: byte & 0x20 != 0 })
}

/// The payload with its 7-bit PictureID in 15 bits; `None` if it has none.
fn widened(contents: &[u8], newest_picture: Option<u16>) -> Option<Arc<[u8]>> {
    let (&required, rest) = contents.split_first()?;
    let (&extension, rest) = rest.split_first()?;
    let (&short, rest) = rest.split_first()?;
    if required & 0x80 == 0 || extension & 0x80 == 0 || short & 0x80 != 0 {
        return None;
    }
    let [high, low] = extended(short, newest_picture).to_be_bytes();
    let head = [required, extension, high | 0x80, low];
    Some(head.iter().chain(rest).copied().collect())
}

/// The 15-bit number nearest to `newest` whose low seven bits are `short`.
fn extended(short: u8, newest: Option<u16>) -> u16 {
    let Some(newest) = newest else { return u16::from(short) };
    let step = u16::from(short).wrapping_sub(newest) & 0x7f;
    let step = if step >= 0x40 { step | !0x7f } else { step };
    newest.wrapping_add(step) & PICTURE_MASK
}

#[cfg(test)]
mod tests;
