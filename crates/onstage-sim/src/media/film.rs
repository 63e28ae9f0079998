//! Films and voices as a bot plays them: the next picture of a layer, the next packet of a voice.

use std::sync::Arc;

use super::mark::Mark;
use super::{ivf, ogg, vp8};

/// Twenty milliseconds of silence in Opus.
const SILENCE: [u8; 3] = [0xf8, 0xff, 0xfe];

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
    /// Encoded pictures that play again and again; the first one is a key frame.
    Loop(Arc<[Box<[u8]>]>),
    /// Pictures that carry marks.
    Marked {
        /// Bytes of one picture.
        bytes: usize,
        /// A key frame comes by itself after so many pictures.
        key_every: u32,
    },
}

impl Film {
    /// A film from IVF files, smallest first.
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
    Ok(FilmLayer { width: film.width, height: film.height, source: Source::Loop(pictures) })
}

/// Plays one layer.
#[derive(Debug)]
pub struct Player {
    layer: FilmLayer,
    place: u8,
    cursor: usize,
    since_key: u32,
}

impl Player {
    /// Starts at the key frame. `place` is the layer's place, 0 the smallest.
    #[must_use]
    pub fn new(layer: FilmLayer, place: u8) -> Self {
        Self { layer, place, cursor: 0, since_key: 0 }
    }

    /// The next picture, a key frame if one is wanted. `number` counts the film's moments.
    pub fn next_picture(&mut self, key_wanted: bool, number: u32) -> Vec<u8> {
        match &self.layer.source {
            Source::Loop(pictures) => {
                let index = if key_wanted || self.cursor >= pictures.len() { 0 } else { self.cursor };
                self.cursor = index.saturating_add(1);
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
