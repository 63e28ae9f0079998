//! VP8 in RTP (RFC 7741): cutting pictures into packets, and reading what a packet says of itself.

/// Bytes of picture in one packet, so that every packet fits an MTU of 1,200 with room for extensions.
pub const PART_BYTES_MAX: usize = 1_120;

/// Length of the descriptor we write: X, I, L and T/K octets, picture id in 15 bits.
const DESCRIPTOR_BYTES: usize = 6;
/// Picture ids count in 15 bits.
pub const PICTURE_ID_MODULUS: u16 = 0x8000;

/// Numbers that go on from picture to picture of one stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Numbers {
    /// Picture id, 15 bits.
    pub picture_id: u16,
    /// Pictures of the base layer, 8 bits; every picture of ours is one.
    pub tl0: u8,
    /// Key frames, 5 bits.
    pub key_index: u8,
}

impl Numbers {
    /// The numbers of the next picture.
    #[must_use]
    pub fn next(self, key: bool) -> Self {
        Self {
            picture_id: self.picture_id.wrapping_add(1) % PICTURE_ID_MODULUS,
            tl0: self.tl0.wrapping_add(1),
            key_index: if key { self.key_index.wrapping_add(1) & 0x1f } else { self.key_index },
        }
    }
}

/// Whether an encoded picture can be decoded by itself.
#[must_use]
pub fn is_key(picture: &[u8]) -> bool {
    picture.first().is_some_and(|tag| tag & 1 == 0)
}

/// Cuts one picture into RTP payloads of almost equal length, as browsers do. The last one carries the marker.
#[must_use]
pub fn packetise(picture: &[u8], numbers: Numbers) -> Vec<Vec<u8>> {
    let parts = picture.len().div_ceil(PART_BYTES_MAX).max(1);
    let part_bytes = picture.len().checked_div(parts).unwrap_or_default();
    let longer = picture.len().checked_rem(parts).unwrap_or_default();
    let mut rest = picture;
    (0..parts)
        .map(|index| {
            // The last ones are a byte longer, where it does not come out even.
            let is_longer = index.saturating_add(longer) >= parts;
            let (part, after) =
                rest.split_at(part_bytes.saturating_add(usize::from(is_longer)).min(rest.len()));
            rest = after;
            let mut payload = Vec::with_capacity(DESCRIPTOR_BYTES.saturating_add(part.len()));
            payload.extend_from_slice(&descriptor(index == 0, numbers));
            payload.extend_from_slice(part);
            payload
        })
        .collect()
}

fn descriptor(start: bool, numbers: Numbers) -> [u8; DESCRIPTOR_BYTES] {
    let [high, low] = numbers.picture_id.to_be_bytes();
    let first = 0x80 | if start { 0x10 } else { 0 };
    // Temporal id 0 that depends on the base layer only (Y), and the key index.
    let layers = 0x20 | (numbers.key_index & 0x1f);
    [first, 0xf0, 0x80 | (high & 0x7f), low, numbers.tl0, layers]
}

/// What one packet says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part<'a> {
    /// The first packet of its picture.
    pub starts: bool,
    /// Picture id, 7 or 15 bits, if any.
    pub picture_id: Option<u16>,
    /// TL0PICIDX, if any.
    pub tl0: Option<u8>,
    /// The bytes of the picture.
    pub body: &'a [u8],
}

impl Part<'_> {
    /// For the first packet of a key frame: pixels across and down.
    #[must_use]
    pub fn key_size(&self) -> Option<(u16, u16)> {
        if !self.starts || !is_key(self.body) || self.body.get(3..6) != Some(&[0x9d, 0x01, 0x2a]) {
            return None;
        }
        let size = self.body.get(6..10)?.first_chunk::<4>()?;
        let [w0, w1, h0, h1] = *size;
        Some((u16::from_le_bytes([w0, w1]) & 0x3fff, u16::from_le_bytes([h0, h1]) & 0x3fff))
    }
}

/// Reads a payload; `None` when it ends inside its descriptor (padding is empty).
#[must_use]
pub fn read(payload: &[u8]) -> Option<Part<'_>> {
    let (&first, mut rest) = payload.split_first()?;
    let starts = first & 0x1f == 0x10;
    let mut extension = 0;
    if first & 0x80 != 0 {
        extension = take(&mut rest)?;
    }
    let picture_id = if extension & 0x80 != 0 { Some(take_picture_id(&mut rest)?) } else { None };
    let tl0 = if extension & 0x40 != 0 { Some(take(&mut rest)?) } else { None };
    if extension & 0x30 != 0 {
        take(&mut rest)?;
    }
    Some(Part { starts, picture_id, tl0, body: rest })
}

fn take_picture_id(rest: &mut &[u8]) -> Option<u16> {
    let first = take(rest)?;
    if first & 0x80 == 0 {
        return Some(u16::from(first));
    }
    Some(u16::from_be_bytes([first & 0x7f, take(rest)?]))
}

fn take(rest: &mut &[u8]) -> Option<u8> {
    let (&byte, after) = rest.split_first()?;
    *rest = after;
    Some(byte)
}
