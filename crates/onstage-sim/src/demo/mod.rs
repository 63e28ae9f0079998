//! The show that `onstage demo` plays.
