//! Redundant audio (RFC 2198): the newest block taken out for who cannot read it.

use std::sync::Arc;

/// Blocks of one packet that are looked at.
const BLOCKS_MAX: usize = 10;

/// The newest block of a packet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Newest {
    /// Its payload type, as its publisher numbers them.
    pub(crate) payload_type: u8,
    /// Its bytes.
    pub(crate) contents: Arc<[u8]>,
}

/// The newest block of a packet; `None` if it is cut short or has none.
pub(crate) fn newest(payload: &[u8]) -> Option<Newest> {
    let mut rest = payload;
    let mut older: usize = 0;
    for _ in 0..BLOCKS_MAX {
        let (&first, after) = rest.split_first()?;
        if first & 0x80 == 0 {
            let contents = after.get(older..).filter(|block| !block.is_empty())?;
            return Some(Newest { payload_type: first, contents: Arc::from(contents) });
        }
        let ([_, high, low], after) = after.split_first_chunk::<3>()?;
        let length = usize::from(u16::from_be_bytes([high & 0x03, *low]));
        older = older.checked_add(length)?;
        rest = after;
    }
    None
}

#[cfg(test)]
mod tests;
