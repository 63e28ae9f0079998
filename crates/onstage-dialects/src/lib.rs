//! Languages at the edge, one meaning inside: text in, command out; event or reply in, text out. Decides nothing.

pub mod fields;
pub mod live;
pub mod problem;
pub mod socket;
pub mod time;
pub mod v1;
pub mod words;
