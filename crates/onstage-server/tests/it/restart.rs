//! Would catch anything a restart forgets.
#![allow(clippy::indexing_slicing, reason = "tests")]
