//! VP8 and Opus payloads that carry stamps instead of pictures and sounds.

/// Bytes of a payload that are not padding.
const STAMPED_BYTES: usize = 25;
const DESCRIPTOR_BYTES: usize = 6;

/// What the publisher knows of a frame; the same in each of its packets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stamp {
    /// 0, 1, 2 for q, h, f.
    pub(super) layer: u8,
    /// Counts the frames of a layer.
    pub(super) frame: u32,
    /// The frame that it needs, the one itself for a key frame.
    pub(super) needs: u32,
    /// When it was filmed, in tenths of a millisecond since the show began.
    pub(super) captured: u32,
    /// Packets of the frame.
    pub(super) parts: u8,
}

/// The numbers of its layer's stream, which the shard rewrites.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Numbers {
    pub(super) picture: u16,
    pub(super) tl0: u8,
    pub(super) key_index: u8,
    /// Temporal layer.
    pub(super) temporal: u8,
}

/// One packet of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) stamp: Stamp,
    pub(super) numbers: Numbers,
    pub(super) is_key_frame: bool,
    pub(super) part: u8,
}

impl Part {
    pub(super) fn write(&self, bytes: usize) -> Vec<u8> {
        let Numbers { picture, tl0, key_index, temporal } = self.numbers;
        let [high, low] = picture.to_be_bytes();
        let start = if self.part == 0 { 0x10 } else { 0 };
        let sync = if temporal > 0 { 0x20 } else { 0 };
        let mut payload = Vec::with_capacity(bytes.max(STAMPED_BYTES));
        payload.extend([0x80 | start, 0xf0, 0x80 | high, low, tl0]);
        payload.push((temporal << 6) | sync | (key_index & 0x1f));
        payload.push(if self.is_key_frame { 0x10 } else { 0x11 });
        payload.extend([0, 0, u8::from(self.is_key_frame), self.stamp.layer, self.part, self.stamp.parts]);
        payload.extend(self.stamp.frame.to_be_bytes());
        payload.extend(self.stamp.needs.to_be_bytes());
        payload.extend(self.stamp.captured.to_be_bytes());
        payload.resize(bytes.max(STAMPED_BYTES), 0xa5);
        payload
    }

    pub(super) fn read(payload: &[u8]) -> Option<Self> {
        let (descriptor, stamped) = payload.split_at_checked(DESCRIPTOR_BYTES)?;
        let &[_, _, high, low, tl0, last] = descriptor else { return None };
        let (head, rest) = stamped.split_first_chunk::<7>()?;
        let &[_, _, _, key, layer, part, parts] = head;
        let (frame, rest) = rest.split_first_chunk::<4>()?;
        let (needs, rest) = rest.split_first_chunk::<4>()?;
        let (captured, _) = rest.split_first_chunk::<4>()?;
        Some(Self {
            stamp: Stamp {
                layer,
                frame: u32::from_be_bytes(*frame),
                needs: u32::from_be_bytes(*needs),
                captured: u32::from_be_bytes(*captured),
                parts,
            },
            numbers: Numbers {
                picture: u16::from_be_bytes([high & 0x7f, low]),
                tl0,
                key_index: last & 0x1f,
                temporal: last >> 6,
            },
            is_key_frame: key == 1,
            part,
        })
    }
}

/// A sound: its number and when it was heard.
pub(super) fn sound(number: u32, captured: u32, bytes: usize) -> Vec<u8> {
    let mut payload = [number.to_be_bytes(), captured.to_be_bytes()].concat();
    payload.resize(bytes.max(8), 0x5a);
    payload
}

pub(super) fn read_sound(payload: &[u8]) -> Option<(u32, u32)> {
    let (number, rest) = payload.split_first_chunk::<4>()?;
    let (captured, _) = rest.split_first_chunk::<4>()?;
    Some((u32::from_be_bytes(*number), u32::from_be_bytes(*captured)))
}
