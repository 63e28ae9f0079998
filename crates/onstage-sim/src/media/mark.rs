//! Pictures that say which layer and which number they are, in the shape of VP8 so that an SFU treats them as such.

/// Shortest marked picture: a key frame's head and the mark.
pub const MARKED_BYTES_MIN: usize = 24;

const SIGN: &[u8; 4] = b"MARK";
const KEY_HEAD_BYTES: usize = 10;
const TAG_BYTES: usize = 3;

/// What a marked picture carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// The place of its layer, 0 the smallest.
    pub layer: u8,
    /// The number of the picture in its film; the same moment has the same number in every layer.
    pub number: u32,
}

impl Mark {
    /// A picture of this size (pixels and bytes) with this mark.
    #[must_use]
    pub fn picture(self, size: (u16, u16), key: bool, bytes: usize) -> Vec<u8> {
        let bytes = bytes.max(MARKED_BYTES_MIN);
        let mut picture = Vec::with_capacity(bytes);
        // Frame tag: shown, version 0, and bit 0 set for a picture that needs others.
        picture.extend_from_slice(&[if key { 0x10 } else { 0x11 }, 0, 0]);
        if key {
            picture.extend_from_slice(&[0x9d, 0x01, 0x2a]);
            picture.extend_from_slice(&size.0.to_le_bytes());
            picture.extend_from_slice(&size.1.to_le_bytes());
        }
        picture.extend_from_slice(SIGN);
        picture.push(self.layer);
        picture.extend_from_slice(&self.number.to_be_bytes());
        picture.resize(bytes, 0xa5);
        picture
    }

    /// Reads the mark of the first part of a picture.
    #[must_use]
    pub fn read(picture: &[u8]) -> Option<Self> {
        let head = if super::vp8::is_key(picture) { KEY_HEAD_BYTES } else { TAG_BYTES };
        let (sign, rest) = picture.get(head..)?.split_first_chunk::<4>()?;
        let (&layer, rest) = rest.split_first()?;
        let number = u32::from_be_bytes(*rest.first_chunk::<4>()?);
        (sign == SIGN).then_some(Self { layer, number })
    }
}
