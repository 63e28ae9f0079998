//! What participants say of themselves: name, metadata and attributes, and how long these may be.

use std::collections::BTreeMap;

use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// Longest metadata of a participant or a room.
pub(crate) const METADATA_BYTES_MAX: usize = 512 * 1024;
/// Names and values of all attributes of a participant together.
pub(crate) const ATTRIBUTES_BYTES_MAX: usize = 64 * 1024;

/// base64url with or without padding: clients send both.
pub(crate) const FORGIVING: GeneralPurpose = GeneralPurpose::new(
    &alphabet::URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Longer than allowed; nothing was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TooLong;

/// Whether metadata may be so long.
pub(crate) fn metadata_fits(metadata: &str) -> Result<(), TooLong> {
    if metadata.len() > METADATA_BYTES_MAX { Err(TooLong) } else { Ok(()) }
}

/// The attributes after a change: an empty value takes a name away.
pub(crate) fn changed(
    before: &BTreeMap<String, String>,
    changes: impl IntoIterator<Item = (String, String)>,
) -> Result<BTreeMap<String, String>, TooLong> {
    let mut after = before.clone();
    for (name, value) in changes {
        if value.is_empty() {
            after.remove(&name);
        } else {
            after.insert(name, value);
        }
    }
    let bytes = after
        .iter()
        .map(|(name, value)| name.len().saturating_add(value.len()))
        .fold(0, usize::saturating_add);
    if bytes > ATTRIBUTES_BYTES_MAX { Err(TooLong) } else { Ok(after) }
}

#[cfg(test)]
mod tests;
