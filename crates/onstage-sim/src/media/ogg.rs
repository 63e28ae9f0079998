//! Reads the packets of one Opus stream out of an Ogg file.

/// Packets in one voice; a loop of a minute has 3,000.
pub const PACKETS_MAX: usize = 4_096;

/// Segment length that says "the packet goes on".
const FULL_SEGMENT: u8 = 255;

/// Why a file is not a voice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OggError {
    /// A page does not begin as Ogg pages do.
    #[error("not an Ogg page")]
    NotOgg,
    /// It ends inside a page.
    #[error("the file ends early")]
    Short,
    /// The first packet is not an Opus header.
    #[error("not an Opus stream")]
    NotOpus,
    /// More than `PACKETS_MAX` packets.
    #[error("too many packets")]
    TooLong,
}

/// Every packet of sound, in order, without the two header packets.
pub fn read(file: &[u8]) -> Result<Vec<Vec<u8>>, OggError> {
    let mut packets = Vec::new();
    let mut open = Vec::new();
    let mut rest = file;
    while !rest.is_empty() {
        rest = read_page(rest, &mut open, &mut packets)?;
        // Two more for the headers.
        if packets.len() > PACKETS_MAX.saturating_add(2) {
            return Err(OggError::TooLong);
        }
    }
    if !packets.first().is_some_and(|head| head.starts_with(b"OpusHead")) {
        return Err(OggError::NotOpus);
    }
    packets.drain(..packets.len().min(2));
    Ok(packets)
}

/// Appends what one page finishes; a packet may go on into the next page.
fn read_page<'a>(
    page: &'a [u8],
    open: &mut Vec<u8>,
    packets: &mut Vec<Vec<u8>>,
) -> Result<&'a [u8], OggError> {
    if !page.starts_with(b"OggS") {
        return Err(OggError::NotOgg);
    }
    let (head, rest) = page.split_at_checked(27).ok_or(OggError::Short)?;
    let segment_count = usize::from(head.last().copied().unwrap_or(0));
    let (segments, mut rest) = rest.split_at_checked(segment_count).ok_or(OggError::Short)?;
    for &length in segments {
        let (part, after) = rest.split_at_checked(usize::from(length)).ok_or(OggError::Short)?;
        open.extend_from_slice(part);
        rest = after;
        if length < FULL_SEGMENT {
            packets.push(std::mem::take(open));
        }
    }
    Ok(rest)
}
