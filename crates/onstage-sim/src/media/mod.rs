//! What bots show and say: small embedded films and voices, pictures with marks, and VP8 in RTP.

pub mod cast;
pub mod film;
pub mod ivf;
pub mod mark;
pub mod ogg;
pub mod vp8;

#[cfg(test)]
mod tests;

pub use cast::{CAST, Person};
pub use film::{Film, FilmLayer, Part, Player, Source, Voice};
pub use mark::Mark;
