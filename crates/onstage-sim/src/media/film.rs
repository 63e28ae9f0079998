//! Films and voices as a bot plays them: the next picture of a layer, the next packet of a voice.

use std::sync::Arc;

use super::mark::Mark;
use super::{ivf, ogg, vp8};

/// Twenty milliseconds of silence in Opus.
const SILENCE: [u8; 3] = [0xf8, 0xff, 0xfe];

/// What somebody in a drawn film does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Part {
    /// Listens; goes on until something else is wanted.
    #[default]
    Quiet,
    /// Speaks; goes on until something else is wanted.
    Speaking,
    /// Waves once, then listens.
    Waving,
}

/// Pictures of each part, the shared key frame among them (`scripts/films/motion.mjs` says the same).
const PART_PICTURES: [(Part, usize); 3] = [(Part::Quiet, 48), (Part::Speaking, 48), (Part::Waving, 24)];

impl Part {
    /// Where the part lies in its film: after the key frame come the other pictures of each part, one part after another.
    fn place(self) -> std::ops::Range<usize> {
        let mut first = 1;
        for (part, pictures) in PART_PICTURES {
            let after = pictures.saturating_sub(1).saturating_add(first);
            if part == self {
                return first..after;
            }
            first = after;
        }
        first..first
    }

    /// What comes when the part is over.
    fn next(self) -> Self {
        match self {
            Self::Quiet | Self::Waving => Self::Quiet,
            Self::Speaking => Self::Speaking,
        }
    }
}

/// What a camera bot shows: up to three layers of the same moments.
#[derive(Debug, Clone)]
pub struct Film {
    /// Pictures per second, the same in every layer.
    pub rate: u32,
    /// Layers, smallest first; their rids are `q`, `h`, `f`.
    pub layers: Vec<FilmLayer>,
}

/// One simulcast layer.
#[derive(Debug, Clone)]
pub struct FilmLayer {
    /// Pixels across.
    pub width: u16,
    /// Pixels down.
    pub height: u16,
    /// Where its pictures come from.
    pub source: Source,
}

/// Where pictures come from.
#[derive(Debug, Clone)]
pub enum Source {
    /// Encoded pictures: a key frame, then what follows it in each [`Part`]. A part plays again and again, each time
    /// from the key frame, so that parts may change at any picture.
    Drawn(Arc<[Box<[u8]>]>),
    /// Pictures that carry marks.
    Marked {
        /// Bytes of one picture.
        bytes: usize,
        /// A key frame comes by itself after so many pictures.
        key_every: u32,
    },
}

impl Film {
    /// A drawn film from IVF files, smallest first.
    pub fn from_ivf(files: &[&[u8]], rate: u32) -> Result<Self, ivf::IvfError> {
        let layers = files.iter().map(|file| layer_from_ivf(file)).collect::<Result<_, _>>()?;
        Ok(Self { rate, layers })
    }

    /// A film of marked pictures: (width, height, bytes of a picture) per layer.
    #[must_use]
    pub fn marked(layers: &[(u16, u16, usize)], rate: u32, key_every: u32) -> Self {
        let layers = layers
            .iter()
            .map(|&(width, height, bytes)| FilmLayer {
                width,
                height,
                source: Source::Marked { bytes, key_every },
            })
            .collect();
        Self { rate, layers }
    }
}

fn layer_from_ivf(file: &[u8]) -> Result<FilmLayer, ivf::IvfError> {
    let film = ivf::read(file)?;
    if !film.pictures.first().is_some_and(|picture| vp8::is_key(picture)) {
        return Err(ivf::IvfError::NotVp8);
    }
    let pictures = film.pictures.iter().map(|&picture| Box::from(picture)).collect();
    Ok(FilmLayer { width: film.width, height: film.height, source: Source::Drawn(pictures) })
}

/// Plays one layer.
#[derive(Debug)]
pub struct Player {
    layer: FilmLayer,
    place: u8,
    part: Part,
    cursor: usize,
    since_key: u32,
}

impl Player {
    /// Starts at the key frame. `place` is the layer's place, 0 the smallest.
    #[must_use]
    pub fn new(layer: FilmLayer, place: u8) -> Self {
        Self { layer, place, part: Part::Quiet, cursor: 0, since_key: 0 }
    }

    /// Shows another part from its beginning.
    pub fn act(&mut self, part: Part) {
        self.part = part;
        self.cursor = 0;
    }

    /// The next picture, a key frame if one is wanted. `number` counts the film's moments.
    pub fn next_picture(&mut self, key_wanted: bool, number: u32) -> Vec<u8> {
        match &self.layer.source {
            Source::Drawn(pictures) => {
                let place = self.part.place();
                let over = self.cursor != 0 && !place.contains(&self.cursor);
                if over {
                    self.part = self.part.next();
                }
                let index = if key_wanted || over { 0 } else { self.cursor };
                self.cursor = if index == 0 { self.part.place().start } else { index.saturating_add(1) };
                pictures.get(index).map(|picture| picture.to_vec()).unwrap_or_default()
            }
            Source::Marked { bytes, key_every } => {
                let key = key_wanted || self.cursor == 0 || self.since_key >= *key_every;
                self.cursor = 1;
                self.since_key = if key { 1 } else { self.since_key.saturating_add(1) };
                let size = (self.layer.width, self.layer.height);
                Mark { layer: self.place, number }.picture(size, key, *bytes)
            }
        }
    }
}

/// What a microphone bot says: Opus packets of 20 ms, again and again.
#[derive(Debug, Clone)]
pub struct Voice {
    packets: Arc<[Box<[u8]>]>,
}

impl Voice {
    /// A voice from an Ogg file.
    pub fn from_ogg(file: &[u8]) -> Result<Self, ogg::OggError> {
        let packets = ogg::read(file)?.into_iter().map(Vec::into_boxed_slice).collect();
        Ok(Self { packets })
    }

    /// A voice of silence only.
    #[must_use]
    pub fn silent() -> Self {
        Self { packets: Arc::from([]) }
    }

    /// The packet at a place of the endless loop, or silence.
    #[must_use]
    pub fn packet(&self, place: u64, speaking: bool) -> &[u8] {
        let length = u64::try_from(self.packets.len()).unwrap_or(u64::MAX);
        let place = place.checked_rem(length).and_then(|index| usize::try_from(index).ok());
        match place.and_then(|index| self.packets.get(index)) {
            Some(packet) if speaking => packet,
            Some(_) | None => &SILENCE,
        }
    }
}
