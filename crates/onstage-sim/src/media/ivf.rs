//! Reads IVF, the container of one VP8 stream.

/// Pictures in one film; a loop of a minute is far below.
pub const PICTURES_MAX: usize = 4_096;

/// A film as it lies in its file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ivf<'a> {
    /// Pixels across.
    pub width: u16,
    /// Pixels down.
    pub height: u16,
    /// Encoded pictures, in order.
    pub pictures: Vec<&'a [u8]>,
}

/// Why a file is not a film.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IvfError {
    /// It does not begin as IVF does, or holds another codec.
    #[error("not an IVF file with VP8")]
    NotVp8,
    /// It ends inside a picture.
    #[error("the file ends early")]
    Short,
    /// More than `PICTURES_MAX` pictures.
    #[error("too many pictures")]
    TooLong,
}

/// Reads a whole file.
pub fn read(file: &[u8]) -> Result<Ivf<'_>, IvfError> {
    if file.get(..4) != Some(b"DKIF") || file.get(8..12) != Some(b"VP80") {
        return Err(IvfError::NotVp8);
    }
    let header_bytes = usize::from(read_u16(file, 6).ok_or(IvfError::Short)?);
    let width = read_u16(file, 12).ok_or(IvfError::Short)?;
    let height = read_u16(file, 14).ok_or(IvfError::Short)?;
    let mut rest = file.get(header_bytes..).ok_or(IvfError::Short)?;
    let mut pictures = Vec::new();
    while !rest.is_empty() {
        if pictures.len() == PICTURES_MAX {
            return Err(IvfError::TooLong);
        }
        let (picture, after) = take_picture(rest).ok_or(IvfError::Short)?;
        pictures.push(picture);
        rest = after;
    }
    Ok(Ivf { width, height, pictures })
}

/// A picture is its length (4 bytes), its time (8 bytes) and its content.
fn take_picture(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    let (_time, rest) = rest.split_first_chunk::<8>()?;
    rest.split_at_checked(usize::try_from(u32::from_le_bytes(*length)).ok()?)
}

fn read_u16(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(*bytes.get(at..)?.first_chunk::<2>()?))
}
