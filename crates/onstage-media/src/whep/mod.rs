//! WHEP out: which pictures and sounds a viewer gets who can ask for nothing but m-lines.

mod picks;

pub(crate) use self::picks::{Picks, Whom};
