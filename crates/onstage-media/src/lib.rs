//! onstage-media.
