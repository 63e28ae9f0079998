//! Numbers of a stream into which packets are put that its publisher did not send.

/// What was put in so far.
#[derive(Debug, Default)]
pub(crate) struct Inserted {
    newest: Option<u64>,
    put: u64,
    /// The packet before which the last was put.
    last: u64,
}

impl Inserted {
    /// The number under which a packet goes on, and the number of the one that is put right before it, if one is wanted.
    /// Only the newest packet can have one: behind it every number is taken.
    pub(crate) fn number(&mut self, number: u64, is_wanted: bool) -> (u64, Option<u64>) {
        let is_newest = self.newest.is_none_or(|newest| newest < number);
        if is_newest {
            self.newest = Some(number);
        }
        let is_put = is_newest && is_wanted;
        if is_put {
            self.put = self.put.wrapping_add(1);
            self.last = number;
        }
        let put = if number < self.last { self.put.wrapping_sub(1) } else { self.put };
        let moved = number.wrapping_add(put);
        (moved, is_put.then(|| moved.wrapping_sub(1)))
    }
}

#[cfg(test)]
mod tests;
