//! Data packets at wire level: the sender's name is written, everything else stays as it came, unknown fields too.

/// The fields of `DataPacket` that we read or write.
mod field {
    pub(super) const KIND: u64 = 1;
    pub(super) const USER: u64 = 2;
    pub(super) const PARTICIPANT_IDENTITY: u64 = 4;
    pub(super) const DESTINATION_IDENTITIES: u64 = 5;
    pub(super) const TRANSCRIPTION: u64 = 7;
    pub(super) const METRICS: u64 = 8;
    pub(super) const SEQUENCE: u64 = 16;
    pub(super) const PARTICIPANT_SID: u64 = 17;
}

/// The fields of `UserPacket` that we read or write.
mod user {
    pub(super) const PARTICIPANT_SID: u64 = 1;
    pub(super) const DESTINATION_SIDS: u64 = 3;
    pub(super) const PARTICIPANT_IDENTITY: u64 = 5;
    pub(super) const DESTINATION_IDENTITIES: u64 = 6;
    pub(super) const NONCE: u64 = 11;
}

/// Longest name of a packet that is remembered.
pub(crate) const NONCE_BYTES_MAX: usize = 64;

/// Fields of one packet, and names in it, that are read; a packet with more is refused.
pub(crate) const FIELDS_MAX: usize = 1_024;

/// Who sends, and how.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sender<'a> {
    pub(crate) sid: &'a str,
    pub(crate) identity: &'a str,
    pub(crate) lossy: bool,
}

/// A packet that could be read to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Envelope<'a> {
    fields: Vec<Field<'a>>,
    pub(crate) sequence: u32,
    pub(crate) identities: Vec<&'a str>,
    pub(crate) sids: Vec<&'a str>,
    /// The name of this packet, by which a second one is known.
    pub(crate) nonce: Option<&'a [u8]>,
    /// Transcriptions come from agents only, metrics go to nobody.
    pub(crate) may_be_forwarded: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Field<'a> {
    number: u64,
    value: Value<'a>,
    /// Key and value as they came.
    raw: &'a [u8],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Value<'a> {
    Varint(u64),
    Bytes(&'a [u8]),
    Fixed,
}

impl<'a> Envelope<'a> {
    /// Walks the top level, and the user packet in it. `None`: not a packet.
    pub(crate) fn read(bytes: &'a [u8]) -> Option<Self> {
        let fields = walk(bytes)?;
        let mut envelope = Self {
            fields,
            sequence: 0,
            identities: Vec::new(),
            sids: Vec::new(),
            nonce: None,
            may_be_forwarded: true,
        };
        for field in envelope.fields.clone() {
            envelope.note(field)?;
        }
        Some(envelope)
    }

    fn note(&mut self, field: Field<'a>) -> Option<()> {
        match (field.number, field.value) {
            (field::SEQUENCE, Value::Varint(number)) => self.sequence = u32::try_from(number).ok()?,
            (field::DESTINATION_IDENTITIES, Value::Bytes(name)) => {
                self.identities.push(std::str::from_utf8(name).ok()?)
            }
            (field::TRANSCRIPTION | field::METRICS, _) => self.may_be_forwarded = false,
            (field::USER, Value::Bytes(inner)) => {
                for field in walk(inner)? {
                    match (field.number, field.value) {
                        (user::DESTINATION_SIDS, Value::Bytes(name)) => {
                            self.sids.push(std::str::from_utf8(name).ok()?)
                        }
                        (user::DESTINATION_IDENTITIES, Value::Bytes(name)) => {
                            self.identities.push(std::str::from_utf8(name).ok()?);
                        }
                        (user::NONCE, Value::Bytes(nonce)) => {
                            self.nonce =
                                Some(nonce).filter(|nonce| (1..=NONCE_BYTES_MAX).contains(&nonce.len()));
                        }
                        _ => {}
                    }
                }
            }
            _ => {}
        }
        Some(())
    }

    /// The packet as others get it: whatever it claimed about its sender is replaced.
    pub(crate) fn signed(&self, sender: &Sender<'_>) -> Vec<u8> {
        let mut out = Vec::new();
        for field in &self.fields {
            match (field.number, field.value) {
                (field::KIND | field::PARTICIPANT_IDENTITY | field::PARTICIPANT_SID, _) => {}
                (field::USER, Value::Bytes(inner)) => {
                    put_bytes(&mut out, field::USER, &sign_user(inner, sender))
                }
                _ => out.extend_from_slice(field.raw),
            }
        }
        if sender.lossy {
            put_key(&mut out, field::KIND, 0);
            put_varint(&mut out, 1);
        }
        put_bytes(&mut out, field::PARTICIPANT_IDENTITY, sender.identity.as_bytes());
        put_bytes(&mut out, field::PARTICIPANT_SID, sender.sid.as_bytes());
        out
    }
}

fn sign_user(inner: &[u8], sender: &Sender<'_>) -> Vec<u8> {
    let mut out = Vec::new();
    for field in walk(inner).unwrap_or_default() {
        if field.number != user::PARTICIPANT_SID && field.number != user::PARTICIPANT_IDENTITY {
            out.extend_from_slice(field.raw);
        }
    }
    put_bytes(&mut out, user::PARTICIPANT_SID, sender.sid.as_bytes());
    put_bytes(&mut out, user::PARTICIPANT_IDENTITY, sender.identity.as_bytes());
    out
}

/// All fields of one message, or `None` if it cannot be read to its end.
fn walk(mut rest: &[u8]) -> Option<Vec<Field<'_>>> {
    let mut fields = Vec::new();
    while !rest.is_empty() {
        if fields.len() >= FIELDS_MAX {
            return None;
        }
        let start = rest;
        let key = take_varint(&mut rest)?;
        let number = key.checked_shr(3).filter(|number| *number > 0)?;
        let value = match key & 7 {
            0 => Value::Varint(take_varint(&mut rest)?),
            1 => take(&mut rest, 8).map(|_| Value::Fixed)?,
            2 => {
                let length = usize::try_from(take_varint(&mut rest)?).ok()?;
                Value::Bytes(take(&mut rest, length)?)
            }
            5 => take(&mut rest, 4).map(|_| Value::Fixed)?,
            _ => return None,
        };
        let raw = start.get(..start.len().saturating_sub(rest.len()))?;
        fields.push(Field { number, value, raw });
    }
    Some(fields)
}

fn take<'a>(rest: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (head, tail) = rest.split_at_checked(length)?;
    *rest = tail;
    Some(head)
}

fn take_varint(rest: &mut &[u8]) -> Option<u64> {
    let mut value = 0_u64;
    for shift in (0_u32..70).step_by(7) {
        let (byte, tail) = rest.split_first()?;
        *rest = tail;
        value |= u64::from(byte & 0x7f).checked_shl(shift).unwrap_or_default();
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

fn put_key(out: &mut Vec<u8>, number: u64, wire_type: u64) {
    put_varint(out, number.wrapping_shl(3) | wire_type);
}

fn put_bytes(out: &mut Vec<u8>, number: u64, bytes: &[u8]) {
    put_key(out, number, 2);
    put_varint(out, u64::try_from(bytes.len()).unwrap_or(u64::MAX));
    out.extend_from_slice(bytes);
}

fn put_varint(out: &mut Vec<u8>, mut value: u64) {
    loop {
        let low = u8::try_from(value & 0x7f).unwrap_or_default();
        value = value.wrapping_shr(7);
        if value == 0 {
            out.push(low);
            return;
        }
        out.push(low | 0x80);
    }
}

#[cfg(test)]
mod tests;
