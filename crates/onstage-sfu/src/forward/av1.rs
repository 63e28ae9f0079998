//! Where a key frame starts in AV1 packets (RTP Payload Format For AV1 §4.4).

/// Whether a new coded video sequence starts here: the aggregation header says so in its first packet.
pub(crate) fn starts_key_frame(payload: &[u8]) -> bool {
    let Some(header) = payload.first() else { return false };
    let continues_unit = header & 0x80 != 0;
    let starts_sequence = header & 0x08 != 0;
    starts_sequence && !continues_unit
}

#[cfg(test)]
mod tests;
