//! Makes packets of changing sources look like one stream: numbers, timestamps and VP8 ids continue over every switch.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use crate::forward::clock::ticks_in;
use crate::forward::vp8::{Ids, KEY_MASK, PICTURE_MASK};
use crate::limits::RANGES_MAX;

/// The first sequence number of a stream to a subscriber: below 65,536, where SRTP's roll-over count is still zero.
const FIRST_NUMBER: u64 = 1_000;
/// Sent numbers that are remembered so that nothing is sent twice.
const SENT_WINDOW: u64 = 1_024;
/// How far the step of time by reports may be from the step by arrival before the reports are not believed.
const REPORTS_BELIEVED_WITHIN: Duration = Duration::from_millis(500);
/// A source that is behind what left already catches up over the time it is behind and so much more.
const CATCH_UP: Duration = Duration::from_millis(50);

/// A source of packets with its own numbering: one layer of one track, until its SSRC changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct StreamId(pub(crate) u64);

/// What is renumbered in a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stamp {
    /// Extended sequence number.
    pub(crate) number: u64,
    /// RTP timestamp.
    pub(crate) timestamp: u32,
    /// VP8 counters.
    pub(crate) ids: Ids,
}

/// The moments of a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Moment {
    /// When it came.
    pub(crate) arrived: Instant,
    /// When it was made, by its publisher's reports.
    pub(crate) made: Option<Instant>,
}

/// How the timestamps of a source that is behind run until it has caught up: closer together, but each in its place.
#[derive(Debug, Clone, Copy)]
struct CatchUp {
    /// The timestamp at which it would begin.
    from: u32,
    /// The timestamp up to which others have sent.
    floor: u32,
    /// Ticks of the source that are squeezed, and the ticks of the output that they take.
    squeezed: u32,
    room: u32,
}

impl CatchUp {
    fn apply(&self, timestamp: u32) -> u32 {
        let into = timestamp.wrapping_sub(self.from);
        if into >= self.squeezed {
            return timestamp;
        }
        let scaled =
            u64::from(into).saturating_mul(u64::from(self.room)).checked_div(u64::from(self.squeezed));
        let step = scaled.and_then(|ticks| u32::try_from(ticks).ok()).unwrap_or(0);
        self.floor.wrapping_add(1).wrapping_add(step)
    }
}

/// A run of source numbers that share one shift.
#[derive(Debug, Clone, Copy)]
struct Range {
    stream: StreamId,
    first: u64,
    /// The highest number seen; one less than `first` while there is none.
    last: u64,
    number_shift: u64,
    timestamp_shift: u32,
    catch_up: Option<CatchUp>,
    picture_shift: u16,
    tl0_shift: u8,
    key_shift: u8,
}

/// The newest packet that left.
#[derive(Debug, Clone, Copy)]
struct Newest {
    stamp: Stamp,
    /// Its timestamp before catching up.
    exact: u32,
    moment: Moment,
}

/// The numbering of one stream to one subscriber.
#[derive(Debug)]
pub(crate) struct Munger {
    clock_rate_hz: u32,
    ranges: VecDeque<Range>,
    next_number: u64,
    newest: Option<Newest>,
    /// The last picture that was left out.
    left_out: Option<(StreamId, u16)>,
    sent: [u64; 16],
}

impl Munger {
    /// A stream that has sent nothing.
    pub(crate) fn new(clock_rate_hz: u32) -> Self {
        Self {
            clock_rate_hz,
            ranges: VecDeque::new(),
            next_number: FIRST_NUMBER,
            newest: None,
            left_out: None,
            sent: [0; 16],
        }
    }

    /// From this packet on `stream` continues the output.
    pub(crate) fn begin(&mut self, stream: StreamId, stamp: &Stamp, moment: Moment) {
        let mut range = Range {
            stream,
            first: stamp.number,
            last: stamp.number.wrapping_sub(1),
            number_shift: self.next_number.wrapping_sub(stamp.number),
            timestamp_shift: 0,
            catch_up: None,
            picture_shift: 0,
            tl0_shift: 0,
            key_shift: 0,
        };
        if let Some(newest) = self.newest {
            let timestamp = self.continued(&newest, moment);
            range.timestamp_shift = timestamp.wrapping_sub(stamp.timestamp);
            range.catch_up = self.catch_up(timestamp, newest.stamp.timestamp);
            let (before, now) = (newest.stamp.ids, stamp.ids);
            range.picture_shift = next_of(before.picture).wrapping_sub(now.picture.unwrap_or(0));
            range.tl0_shift = next_of_u8(before.tl0).wrapping_sub(now.tl0.unwrap_or(0));
            range.key_shift = next_of_u8(before.key).wrapping_sub(now.key.unwrap_or(0));
        }
        self.remember(range);
    }

    /// The timestamp of a packet that continues the output: by the moments at which both were made, else by their arrival.
    fn continued(&self, newest: &Newest, now: Moment) -> u32 {
        let by_arrival =
            newest.stamp.timestamp.wrapping_add(self.ticks_between(newest.moment.arrived, now.arrived));
        let Some((before, made)) = newest.moment.made.zip(now.made) else { return by_arrival };
        let later = ticks_in(made.saturating_duration_since(before), self.clock_rate_hz);
        let earlier = ticks_in(before.saturating_duration_since(made), self.clock_rate_hz);
        let by_reports = newest.exact.wrapping_add(later).wrapping_sub(earlier);
        let off = by_reports.wrapping_sub(by_arrival).cast_signed().unsigned_abs();
        if off <= ticks_in(REPORTS_BELIEVED_WITHIN, self.clock_rate_hz) { by_reports } else { by_arrival }
    }

    /// How a source that begins at `timestamp` catches up with `floor`; `None` if it is ahead.
    fn catch_up(&self, timestamp: u32, floor: u32) -> Option<CatchUp> {
        let behind = floor.wrapping_sub(timestamp);
        if behind.cast_signed() < 0 {
            return None;
        }
        let room = ticks_in(CATCH_UP, self.clock_rate_hz);
        Some(CatchUp {
            from: timestamp,
            floor,
            squeezed: behind.saturating_add(room),
            room: room.saturating_sub(1),
        })
    }

    /// The stamp under which a packet leaves, and how much later than its exact time that is; `None` if it left
    /// already, is too old, or was never part of the output.
    pub(crate) fn place(&mut self, stream: StreamId, stamp: &Stamp, moment: Moment) -> Option<(Stamp, u32)> {
        let range = self.range_of(stream, stamp.number)?;
        let number = stamp.number.wrapping_add(range.number_shift);
        let exact = stamp.timestamp.wrapping_add(range.timestamp_shift);
        let timestamp = range.catch_up.map_or(exact, |catch_up| catch_up.apply(exact));
        let placed = Stamp {
            number,
            timestamp,
            ids: Ids {
                picture: stamp.ids.picture.map(|id| id.wrapping_add(range.picture_shift) & PICTURE_MASK),
                tl0: stamp.ids.tl0.map(|id| id.wrapping_add(range.tl0_shift)),
                key: stamp.ids.key.map(|id| id.wrapping_add(range.key_shift) & KEY_MASK),
            },
        };
        if !self.mark_sent(number) {
            return None;
        }
        self.note_seen(stream, stamp.number);
        self.note_newest(placed, exact, moment);
        Some((placed, timestamp.wrapping_sub(exact)))
    }

    /// Whether this is the highest number that left.
    pub(crate) fn is_newest(&self, number: u64) -> bool {
        self.newest.is_some_and(|newest| newest.stamp.number == number)
    }

    /// Whether a source took over after the one that flows.
    pub(crate) fn is_before(&self, stream: StreamId) -> bool {
        self.ranges.back().is_none_or(|current| current.stream < stream)
    }

    /// Leaves out a packet: one without content, or one of a picture that is left out as a whole. `false`: its number is
    /// promised already, it has to be sent empty.
    pub(crate) fn leave_out(&mut self, stream: StreamId, stamp: &Stamp, is_of_picture: bool) -> bool {
        let number = stamp.number;
        let Some(current) = self.ranges.back_mut() else { return true };
        if current.stream != stream || number < current.first || wrapping_le(number, current.last) {
            return self.range_of(stream, number).is_none();
        }
        let mut rest = *current;
        rest.first = number.wrapping_add(1);
        rest.last = number;
        rest.number_shift = current.number_shift.wrapping_sub(1);
        if let Some(picture) = stamp.ids.picture.filter(|_| is_of_picture)
            && self.left_out.replace((stream, picture)) != Some((stream, picture))
        {
            rest.picture_shift = current.picture_shift.wrapping_sub(1);
        }
        if number == current.first {
            *current = rest;
        } else {
            current.last = number.wrapping_sub(1);
            self.remember(rest);
        }
        self.promise_up_to(rest.first.wrapping_add(rest.number_shift));
        true
    }

    fn remember(&mut self, range: Range) {
        while self.ranges.len() >= RANGES_MAX {
            self.ranges.pop_front();
        }
        self.ranges.push_back(range);
    }

    /// The newest range that owns a source number. Only the current one reaches beyond what it has seen.
    fn range_of(&self, stream: StreamId, number: u64) -> Option<Range> {
        let mut newest_first = self.ranges.iter().rev().copied();
        let current = newest_first.next()?;
        if current.stream == stream && number >= current.first {
            return Some(current);
        }
        newest_first
            .find(|range| range.stream == stream && number >= range.first && wrapping_le(number, range.last))
    }

    fn note_seen(&mut self, stream: StreamId, source_number: u64) {
        if let Some(current) = self.ranges.back_mut()
            && current.stream == stream
            && source_number >= current.first
            && !wrapping_le(source_number, current.last)
        {
            current.last = source_number;
        }
    }

    fn note_newest(&mut self, placed: Stamp, exact: u32, moment: Moment) {
        let before = self.newest.map_or_else(Ids::default, |newest| newest.stamp.ids);
        if self.newest.is_some_and(|newest| placed.number < newest.stamp.number) {
            return;
        }
        let ids = Ids {
            picture: placed.ids.picture.or(before.picture),
            tl0: placed.ids.tl0.or(before.tl0),
            key: placed.ids.key.or(before.key),
        };
        self.newest = Some(Newest { stamp: Stamp { ids, ..placed }, exact, moment });
    }

    /// Notes a number as sent; `false` if it was, or is too old to know.
    fn mark_sent(&mut self, number: u64) -> bool {
        self.promise_up_to(number.saturating_add(1));
        let is_too_old = number.saturating_add(SENT_WINDOW) < self.next_number;
        !is_too_old && !self.set_sent(number, true)
    }

    /// Gives out all numbers below `next`.
    fn promise_up_to(&mut self, next: u64) {
        let fresh = next.saturating_sub(self.next_number);
        if fresh >= SENT_WINDOW {
            self.sent = [0; 16];
        } else {
            for number in self.next_number..next {
                self.set_sent(number, false);
            }
        }
        self.next_number = self.next_number.max(next);
    }

    /// Sets the mark of a number and returns what it was.
    fn set_sent(&mut self, number: u64, sent: bool) -> bool {
        let place = number % SENT_WINDOW;
        let bit = 1_u64 << (place % 64);
        let Some(word) = usize::try_from(place / 64).ok().and_then(|index| self.sent.get_mut(index)) else {
            return true;
        };
        let was = *word & bit != 0;
        *word = if sent { *word | bit } else { *word & !bit };
        was
    }

    /// The step of the timestamp for the time between two packets, at least one frame at 60 a second.
    fn ticks_between(&self, earlier: Instant, later: Instant) -> u32 {
        let ticks = ticks_in(later.saturating_duration_since(earlier), self.clock_rate_hz);
        ticks.max(self.clock_rate_hz / 60)
    }
}

fn next_of(id: Option<u16>) -> u16 {
    id.map_or(0, |id| id.wrapping_add(1))
}

fn next_of_u8(id: Option<u8>) -> u8 {
    id.map_or(0, |id| id.wrapping_add(1))
}

/// `a <= b` where `b` may be one below zero.
fn wrapping_le(a: u64, b: u64) -> bool {
    b != u64::MAX && a <= b
}

#[cfg(test)]
mod tests;
