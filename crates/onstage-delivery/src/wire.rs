//! What is written to a socket in one go: one frame, or several that belong together, encoded once and shared by all
//! who hear the same.

use axum::body::Bytes;

use crate::line::Closing;

/// Last frame of a message, text.
const TEXT: u8 = 0x81;
const CLOSE: u8 = 0x88;
/// A ping without words.
const PING: &[u8] = &[0x89, 0x00];
/// Longest payload whose length fits the frame's second byte; longer ones say how many bytes follow with it.
const SHORT_LENGTH_MOST: usize = 125;
const LENGTH_IN_TWO_BYTES: u8 = 126;
const LENGTH_IN_EIGHT_BYTES: u8 = 127;

/// Frames as they stand on the wire.
#[derive(Clone)]
pub(crate) struct Wire {
    pub(crate) bytes: Bytes,
    /// How many messages these are.
    pub(crate) messages: usize,
}

impl Wire {
    /// One message.
    pub(crate) fn one(text: &str) -> Self {
        Self::several(std::iter::once(text))
    }

    /// Several, in order.
    pub(crate) fn several<T: AsRef<str>>(texts: impl Iterator<Item = T>) -> Self {
        let (mut bytes, mut messages) = (Vec::new(), 0_usize);
        for text in texts {
            push(&mut bytes, TEXT, text.as_ref().as_bytes());
            messages = messages.saturating_add(1);
        }
        bytes.shrink_to_fit();
        Self { bytes: bytes.into(), messages }
    }

    /// A question whether somebody is there.
    pub(crate) const fn ping() -> Self {
        Self { bytes: Bytes::from_static(PING), messages: 0 }
    }

    /// The last frame.
    pub(crate) fn close(closing: Closing) -> Self {
        let mut reason = closing.code.to_be_bytes().to_vec();
        reason.extend_from_slice(closing.reason.as_bytes());
        let mut bytes = Vec::new();
        push(&mut bytes, CLOSE, &reason);
        Self { bytes: bytes.into(), messages: 0 }
    }
}

/// A frame from a server: never masked, never in parts.
fn push(out: &mut Vec<u8>, kind: u8, payload: &[u8]) {
    out.push(kind);
    match (u8::try_from(payload.len()), u16::try_from(payload.len())) {
        (Ok(length), _) if payload.len() <= SHORT_LENGTH_MOST => out.push(length),
        (_, Ok(length)) => {
            out.push(LENGTH_IN_TWO_BYTES);
            out.extend_from_slice(&length.to_be_bytes());
        }
        (_, Err(_)) => {
            out.push(LENGTH_IN_EIGHT_BYTES);
            out.extend_from_slice(&u64::try_from(payload.len()).unwrap_or(u64::MAX).to_be_bytes());
        }
    }
    out.extend_from_slice(payload);
}

#[cfg(test)]
mod tests;
