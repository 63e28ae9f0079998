//! onstage-dialects.
