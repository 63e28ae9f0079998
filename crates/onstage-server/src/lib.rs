//! onstage-server.
