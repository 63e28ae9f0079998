//! REST of the seeds' languages: parse, execute, render, nothing else.

pub(crate) mod live;
pub(crate) mod socket;
