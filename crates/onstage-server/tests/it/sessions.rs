//! Would catch a show that does not begin, end, or count as it says.
#![allow(clippy::indexing_slicing, reason = "tests")]
