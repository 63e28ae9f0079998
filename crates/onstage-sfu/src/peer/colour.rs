//! The header extension that says what a picture's colours mean. Without it a canvas looks too contrasty elsewhere.
//!
//! The engine underneath knows its name and drops its contents, so it is told of it under a name of our own.

use str0m::rtp::{Extension, ExtensionSerializer, ExtensionValues};

/// Its name for everybody else.
const NAME: &str = "http://www.webrtc.org/experiments/rtp-hdrext/color-space";
/// Its name for the engine.
const INNER_NAME: &str = "urn:onstage:color-space";
/// Its length without and with what is said about bright pictures.
const LENGTHS: [usize; 2] = [4, 28];
/// Longer values need the long form of header extensions (RFC 8285 §4.3).
const SHORT_BYTES: usize = 16;

/// What one packet says.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Colours(Vec<u8>);

#[derive(Debug)]
struct Serializer;

impl ExtensionSerializer for Serializer {
    fn write_to(&self, buffer: &mut [u8], values: &ExtensionValues) -> usize {
        let Some(Colours(bytes)) = values.user_values.get() else { return 0 };
        let Some(room) = buffer.get_mut(..bytes.len()) else { return 0 };
        room.copy_from_slice(bytes);
        bytes.len()
    }

    fn parse_value(&self, bytes: &[u8], values: &mut ExtensionValues) -> bool {
        let is_known = LENGTHS.contains(&bytes.len());
        if is_known {
            values.user_values.set(Colours(bytes.to_vec()));
        }
        is_known
    }

    fn is_video(&self) -> bool {
        true
    }

    fn is_audio(&self) -> bool {
        false
    }

    fn requires_two_byte_form(&self, values: &ExtensionValues) -> bool {
        values.user_values.get::<Colours>().is_some_and(|Colours(bytes)| bytes.len() > SHORT_BYTES)
    }
}

/// The extension as the engine knows it.
pub(crate) fn extension() -> Extension {
    Extension::with_serializer(INNER_NAME, Serializer)
}

/// Carries what one packet says over to another.
pub(crate) fn pass(from: &ExtensionValues, to: &mut ExtensionValues) {
    if let Some(colours) = from.user_values.get::<Colours>() {
        to.user_values.set(colours.clone());
    }
}

/// A description of another's as the engine should read it.
pub(crate) fn inward(text: &str) -> String {
    text.replace(NAME, INNER_NAME)
}

/// A description of the engine's as others should read it.
pub(crate) fn outward(text: &str) -> String {
    text.replace(INNER_NAME, NAME)
}

#[cfg(test)]
mod tests;
