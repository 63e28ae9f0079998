//! REST of the seeds' languages: parse, execute, render, nothing else.

pub(crate) mod live;
