//! VP8 payloads that carry marks instead of a picture.

/// What a bot reads in a payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Marks {
    pub is_first_of_frame: bool,
    pub is_key_frame: bool,
    pub picture: u16,
    pub tl0: u8,
    pub key: u8,
    /// 0, 1, 2 for q, h, f.
    pub layer: u8,
    /// Counts the frames of a layer.
    pub frame: u32,
    /// Counts the packets of a frame.
    pub part: u8,
}

pub fn payload(marks: Marks) -> Vec<u8> {
    let [picture_high, picture_low] = marks.picture.to_be_bytes();
    let mut payload = vec![
        0x80 | if marks.part == 0 { 0x10 } else { 0 },
        0xf0,
        0x80 | picture_high,
        picture_low,
        marks.tl0,
        marks.key & 0x1f,
        u8::from(!marks.is_key_frame),
        marks.layer,
        marks.part,
    ];
    payload.extend(marks.frame.to_be_bytes());
    payload.extend([0xee; 80]);
    payload
}

pub fn marks(payload: &[u8]) -> Option<Marks> {
    if payload.len() < 13 {
        return None;
    }
    let is_first_of_frame = payload[0] & 0x10 != 0;
    Some(Marks {
        is_first_of_frame,
        is_key_frame: is_first_of_frame && payload[6] & 1 == 0,
        picture: u16::from_be_bytes([payload[2] & 0x7f, payload[3]]),
        tl0: payload[4],
        key: payload[5] & 0x1f,
        layer: payload[7],
        part: payload[8],
        frame: u32::from_be_bytes([payload[9], payload[10], payload[11], payload[12]]),
    })
}
