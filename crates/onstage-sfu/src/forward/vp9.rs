//! Where a key frame starts in VP9 packets (RFC 9628 §4.2).

/// Whether a key frame starts here: the first packet of a lowest spatial layer that refers to no other picture.
pub(crate) fn starts_key_frame(payload: &[u8]) -> bool {
    let Some((&required, rest)) = payload.split_first() else { return false };
    let has_picture_id = required & 0x80 != 0;
    let is_predicted = required & 0x40 != 0;
    let has_layers = required & 0x20 != 0;
    let starts_frame = required & 0x08 != 0;
    if is_predicted || !starts_frame {
        return false;
    }
    let rest = match rest {
        [id, _, rest @ ..] if has_picture_id && id & 0x80 != 0 => rest,
        [_, rest @ ..] if has_picture_id => rest,
        rest => rest,
    };
    !has_layers || rest.first().is_some_and(|layers| layers & 0x0e == 0)
}

#[cfg(test)]
mod tests;
