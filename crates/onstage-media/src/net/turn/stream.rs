//! Messages of the relay's protocol on a stream (RFC 8656 §12.5): the header tells the length, channel data is padded.

/// Longest message that is taken; a longer one ends the connection.
pub(crate) const MESSAGE_BYTES_MAX: usize = 4_096;
const STUN_HEADER_BYTES: usize = 20;
const CHANNEL_HEADER_BYTES: usize = 4;

/// Bytes as they come, messages as they are whole.
#[derive(Debug, Default)]
pub(super) struct Messages {
    bytes: Vec<u8>,
    read: usize,
}

/// What the bytes begin with.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    Message(Vec<u8>),
    More,
    /// No message of this protocol.
    Garbage,
}

impl Messages {
    /// Takes what came.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.bytes.drain(..self.read.min(self.bytes.len()));
        self.read = 0;
        self.bytes.extend_from_slice(bytes);
    }

    /// The next whole message.
    pub(super) fn next_message(&mut self) -> Next {
        let rest = self.bytes.get(self.read..).unwrap_or_default();
        let [first, _, high, low, ..] = rest else { return Next::More };
        let body = usize::from(u16::from_be_bytes([*high, *low]));
        let (length, padded) = match first {
            0x00..=0x3f => {
                let length = body.saturating_add(STUN_HEADER_BYTES);
                (length, length)
            }
            0x40..=0x4f => {
                let length = body.saturating_add(CHANNEL_HEADER_BYTES);
                (length, length.next_multiple_of(4))
            }
            _ => return Next::Garbage,
        };
        if padded > MESSAGE_BYTES_MAX {
            return Next::Garbage;
        }
        if rest.len() < padded {
            return Next::More;
        }
        let message = rest.get(..length).unwrap_or_default().to_vec();
        self.read = self.read.saturating_add(padded);
        Next::Message(message)
    }
}

/// Adds a message to what is to be written.
pub(super) fn message_into(message: &[u8], bytes: &mut Vec<u8>) {
    bytes.extend_from_slice(message);
    bytes.resize(
        bytes.len().saturating_add(message.len().next_multiple_of(4).saturating_sub(message.len())),
        0,
    );
}

#[cfg(test)]
mod tests;
