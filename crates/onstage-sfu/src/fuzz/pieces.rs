//! An input taken apart: what to do, and with which bytes.

/// Most pieces of one input, so that each is done in a moment.
const PIECES: usize = 48;
/// Longest piece: as much as a datagram carries.
const PIECE_LENGTH: usize = 1_400;

/// One piece: a byte that says what to do, and the bytes to do it with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Piece<'a> {
    pub(super) what: u8,
    pub(super) bytes: &'a [u8],
}

/// Takes an input apart: what, length (two bytes, little end first), bytes; the last piece may be cut short.
pub(super) fn pieces(mut data: &[u8]) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    while let (Some((&[what, low, high], rest)), true) =
        (data.split_first_chunk::<3>(), pieces.len() < PIECES)
    {
        let length = usize::from(u16::from_le_bytes([low, high])) % (PIECE_LENGTH + 1);
        let (bytes, rest) = rest.split_at(length.min(rest.len()));
        pieces.push(Piece { what, bytes });
        data = rest;
    }
    pieces
}

/// Lays `bytes` over `contents` from the place that its first two bytes name.
pub(super) fn laid_over(contents: &[u8], bytes: &[u8]) -> Vec<u8> {
    let mut contents = contents.to_vec();
    if let Some((&[low, high], bytes)) = bytes.split_first_chunk::<2>() {
        let place = usize::from(u16::from_le_bytes([low, high])) % (contents.len() + 1);
        let length = bytes.len().min(contents.len() - place);
        contents[place..place + length].copy_from_slice(&bytes[..length]);
    }
    contents
}

/// Puts values where an input names them: `[mark, digit]` words of the width of a value at even places.
pub(super) fn filled_in<const N: usize>(contents: &mut [u8], mark: &[u8], values: &[[u8; N]]) {
    for place in (0..contents.len().saturating_sub(N - 1)).step_by(2) {
        let word = &mut contents[place..place + N];
        let Some((&digit, name)) = word.split_last() else { continue };
        if name == mark
            && let Some(value) = values.get(usize::from(digit.wrapping_sub(b'0')))
        {
            word.copy_from_slice(value);
        }
    }
}

/// The checksum of SCTP (RFC 9260 appendix A: CRC-32C), written into a packet.
pub(super) fn with_checksum(mut packet: Vec<u8>) -> Vec<u8> {
    if packet.len() < 12 {
        return packet;
    }
    packet[8..12].fill(0);
    let mut sum = u32::MAX;
    for byte in &packet {
        sum ^= u32::from(*byte);
        for _ in 0..8 {
            sum = if sum & 1 == 1 { (sum >> 1) ^ 0x82f6_3b78 } else { sum >> 1 };
        }
    }
    packet[8..12].copy_from_slice(&(!sum).to_le_bytes());
    packet
}
