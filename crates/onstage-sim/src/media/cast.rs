//! Eight people with a face and a voice (drawn by `scripts/films`).

use super::film::{Film, Voice};
use super::{ivf, ogg};

/// Pictures per second of the embedded films.
pub const FILM_RATE: u32 = 12;

/// Somebody a bot can play.
#[derive(Debug, Clone, Copy)]
pub struct Person {
    /// Who is drawn.
    pub name: &'static str,
    films: [&'static [u8]; 3],
    voice: &'static [u8],
}

impl Person {
    /// Three layers: 320×180, 640×360, 1280×720.
    pub fn film(&self) -> Result<Film, ivf::IvfError> {
        Film::from_ivf(&self.films, FILM_RATE)
    }

    /// Four seconds of murmur, the words of the part in which the person speaks.
    pub fn voice(&self) -> Result<Voice, ogg::OggError> {
        Voice::from_ogg(self.voice)
    }
}

macro_rules! person {
    ($name:literal, $file:literal) => {
        Person {
            name: $name,
            films: [
                include_bytes!(concat!("../../media/", $file, "-q.ivf")),
                include_bytes!(concat!("../../media/", $file, "-h.ivf")),
                include_bytes!(concat!("../../media/", $file, "-f.ivf")),
            ],
            voice: include_bytes!(concat!("../../media/", $file, ".ogg")),
        }
    };
}

/// Everybody.
pub const CAST: [Person; 8] = [
    person!("Mara", "mara"),
    person!("Luca", "luca"),
    person!("Hana", "hana"),
    person!("Kofi", "kofi"),
    person!("Priya", "priya"),
    person!("Zanele", "zanele"),
    person!("Mei", "mei"),
    person!("Ravi", "ravi"),
];
