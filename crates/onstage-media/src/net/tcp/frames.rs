//! Frames on a TCP connection: two bytes of length, then the packet (RFC 4571 §2).

/// Longest frame that is taken; a longer one ends the connection.
pub(crate) const FRAME_BYTES_MAX: usize = 2_048;
const LENGTH_BYTES: usize = 2;

/// Bytes as they come, frames as they are whole.
#[derive(Debug, Default)]
pub(crate) struct Unframer {
    bytes: Vec<u8>,
    read: usize,
}

impl Unframer {
    /// Takes what came.
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        self.bytes.drain(..self.read.min(self.bytes.len()));
        self.read = 0;
        self.bytes.extend_from_slice(bytes);
    }

    /// The next whole frame: `Some(None)` needs more bytes, `None` cannot be one.
    pub(crate) fn next_frame(&mut self) -> Option<Option<Vec<u8>>> {
        let rest = self.bytes.get(self.read..).unwrap_or_default();
        let Some((length, rest)) = rest.split_first_chunk::<LENGTH_BYTES>() else { return Some(None) };
        let length = usize::from(u16::from_be_bytes(*length));
        if length > FRAME_BYTES_MAX {
            return None;
        }
        let Some(frame) = rest.get(..length) else { return Some(None) };
        self.read = self.read.saturating_add(LENGTH_BYTES).saturating_add(length);
        Some(Some(frame.to_vec()))
    }
}

/// Adds a frame to what is to be written; what is too long for one is left out.
pub(crate) fn frame_into(contents: &[u8], bytes: &mut Vec<u8>) {
    let Ok(length) = u16::try_from(contents.len()) else { return };
    bytes.extend(length.to_be_bytes());
    bytes.extend(contents);
}

#[cfg(test)]
mod tests;
