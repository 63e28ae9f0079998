//! Catches a number given twice, a hole that no packet will ever fill, and counters that jump at a switch: against a
//! model that counts in plain integers what an ideal forwarder would have sent.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::disallowed_methods,
    reason = "tests"
)]

use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::*;

/// One source packet of the script.
#[derive(Debug, Clone, Copy)]
struct Sent {
    segment: usize,
    stream: u64,
    number: u64,
    picture: i64,
    is_empty: bool,
    is_first: bool,
    is_left_out: bool,
}

#[derive(Debug, Clone)]
struct Segment {
    stream: u64,
    frames: u8,
    parts: u8,
    has_padding: bool,
    /// Every so many pictures one is left out.
    leaves_out: u8,
}

#[derive(Debug, Clone, Copy)]
struct Luck {
    is_lost: bool,
    is_doubled: bool,
    delay: usize,
}

fn segments() -> impl Strategy<Value = Vec<Segment>> {
    let segment = (0..3_u64, 1..6_u8, 1..4_u8, any::<bool>(), 2..5_u8).prop_map(
        |(stream, frames, parts, has_padding, leaves_out)| Segment {
            stream,
            frames,
            parts,
            has_padding,
            leaves_out,
        },
    );
    proptest::collection::vec(segment, 1..12)
}

fn luck() -> impl Strategy<Value = Vec<Luck>> {
    let luck = (0..10_u8, 0..10_u8, 0..8_usize).prop_map(|(lost, doubled, delay)| Luck {
        is_lost: lost == 0,
        is_doubled: doubled == 0,
        delay: delay.saturating_sub(4),
    });
    proptest::collection::vec(luck, 400)
}

/// What the sources send: each stream counts on, also through what is not forwarded.
fn script(segments: &[Segment]) -> Vec<Sent> {
    let mut numbers = [65_530_u64, 3, 1_000_000];
    let mut pictures = [0x7ff0_i64, 5, 300];
    let mut sent = Vec::new();
    for (index, segment) in segments.iter().enumerate() {
        let place = segment.stream as usize;
        numbers[place] += 17;
        pictures[place] += 9;
        for frame in 0..segment.frames {
            pictures[place] += 1;
            for part in 0..segment.parts + u8::from(segment.has_padding) {
                numbers[place] += 1;
                sent.push(Sent {
                    segment: index,
                    stream: segment.stream,
                    number: numbers[place],
                    picture: pictures[place],
                    is_empty: part == segment.parts,
                    is_first: frame == 0 && part == 0,
                    is_left_out: frame % segment.leaves_out == segment.leaves_out - 1 && part < segment.parts,
                });
            }
        }
    }
    sent
}

/// In which order it arrives. The packet that begins a segment is neither lost nor late.
fn arrivals(script: &[Sent], luck: &[Luck]) -> Vec<Sent> {
    let mut order = Vec::new();
    for (place, (sent, luck)) in script.iter().zip(luck.iter().cycle()).enumerate() {
        let delay = if sent.is_first { 0 } else { luck.delay };
        if sent.is_first || !luck.is_lost {
            order.push((place + delay, *sent));
        }
        if luck.is_doubled {
            order.push((place + delay + 2, *sent));
        }
    }
    order.sort_by_key(|(place, _)| *place);
    order.into_iter().map(|(_, sent)| sent).collect()
}

/// One segment as the model sees it.
#[derive(Debug, Default)]
struct Seen {
    base: i64,
    first: i64,
    highest: i64,
    left_out: Vec<i64>,
    /// Pictures that are left out, each with the number by which that was first seen.
    pictures_out: Vec<(i64, i64)>,
    picture_shift: i64,
}

#[derive(Debug, Default)]
struct Model {
    seen: HashMap<usize, Seen>,
    current: Option<usize>,
    newest: Option<(i64, i64)>,
    given: HashSet<(u64, u64)>,
}

impl Model {
    fn number(&self, sent: &Sent) -> i64 {
        let seen = &self.seen[&sent.segment];
        let number = sent.number as i64;
        let closed = seen.left_out.iter().filter(|empty| **empty < number).count() as i64;
        seen.base + number - seen.first - closed
    }

    /// The number and picture under which a packet should leave.
    fn expect(&mut self, sent: &Sent) -> Option<(i64, i64)> {
        if !self.seen.contains_key(&sent.segment) {
            let base = match self.current {
                None => FIRST_NUMBER as i64,
                Some(current) => {
                    let seen = &self.seen[&current];
                    seen.base + seen.highest + 1 - seen.first - seen.left_out.len() as i64
                }
            };
            let picture_shift = self.newest.map_or(0, |(_, picture)| picture + 1 - sent.picture);
            let first = sent.number as i64;
            let seen = Seen { base, first, highest: first - 1, picture_shift, ..Seen::default() };
            self.seen.insert(sent.segment, seen);
            self.current = Some(sent.segment);
        }
        let is_current = self.current == Some(sent.segment);
        let number = sent.number as i64;
        let seen = self.seen.get_mut(&sent.segment)?;
        if !is_current && number > seen.highest {
            return None;
        }
        let is_news = number > seen.highest;
        seen.highest = seen.highest.max(number);
        if (sent.is_empty || sent.is_left_out) && is_news {
            seen.left_out.push(number);
            if sent.is_left_out && !seen.pictures_out.iter().any(|(_, picture)| *picture == sent.picture) {
                seen.pictures_out.push((number, sent.picture));
            }
            return None;
        }
        if seen.left_out.contains(&number) || !self.given.insert((sent.stream, sent.number)) {
            return None;
        }
        let out = self.number(sent);
        let seen = &self.seen[&sent.segment];
        let missing = seen.pictures_out.iter().filter(|(from, _)| *from < number).count() as i64;
        let picture = sent.picture + seen.picture_shift - missing;
        if self.newest.is_none_or(|(newest, _)| out >= newest) {
            self.newest = Some((out, picture));
        }
        Some((out, picture))
    }
}

fn stamp(sent: &Sent) -> Stamp {
    let picture = (sent.picture & 0x7fff) as u16;
    Stamp {
        number: sent.number,
        timestamp: (sent.picture as u32).wrapping_mul(3_000),
        ids: Ids { picture: Some(picture), tl0: Some(picture as u8), key: Some((picture & 0x1f) as u8) },
    }
}

/// A packet about whose making nothing is known.
fn at(arrived: Instant) -> Moment {
    Moment { arrived, made: None }
}

fn place(munger: &mut Munger, stream: u64, stamp: &Stamp, now: Instant) -> Option<Stamp> {
    munger.place(StreamId(stream), stamp, at(now)).map(|(stamp, _)| stamp)
}

fn run(munger: &mut Munger, begun: &mut HashSet<usize>, sent: &Sent, now: Instant) -> Option<Stamp> {
    let stream = StreamId(sent.stream);
    let stamp = stamp(sent);
    if begun.insert(sent.segment) {
        munger.begin(stream, &stamp, at(now));
    }
    let is_empty = sent.is_empty || sent.is_left_out;
    if is_empty && munger.leave_out(stream, &stamp, sent.is_left_out) {
        return None;
    }
    place(munger, sent.stream, &stamp, now)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn output_is_what_an_ideal_forwarder_would_have_sent(segments in segments(), luck in luck()) {
        let mut munger = Munger::new(90_000);
        let mut model = Model::default();
        let mut begun = HashSet::new();
        let mut given = HashSet::new();
        let start = Instant::now();
        for (step, sent) in arrivals(&script(&segments), &luck).iter().enumerate() {
            let now = start + Duration::from_millis(step as u64);
            let expected = model.expect(sent);
            let placed = run(&mut munger, &mut begun, sent, now);
            let got = placed.map(|placed| (placed.number as i64, placed.ids.picture));
            let wanted = expected.map(|(number, picture)| (number, Some((picture & 0x7fff) as u16)));
            prop_assert_eq!(got, wanted, "at {:?}", sent);
            if let Some(placed) = placed {
                prop_assert!(given.insert(placed.number), "{} leaves twice", placed.number);
            }
        }
    }

    #[test]
    fn time_runs_forward_over_switches(gaps in proptest::collection::vec(0..5_000_u64, 1..40)) {
        let mut munger = Munger::new(90_000);
        let mut now = Instant::now();
        let mut before: Option<Stamp> = None;
        for (index, gap) in gaps.iter().enumerate() {
            now += Duration::from_millis(*gap);
            let ids = Ids::default();
            let stamp = Stamp { number: 10, timestamp: 77_777_u32.wrapping_mul(index as u32), ids };
            munger.begin(StreamId(index as u64), &stamp, at(now));
            let placed = place(&mut munger, index as u64, &stamp, now).unwrap();
            if let Some(before) = before {
                let step = placed.timestamp.wrapping_sub(before.timestamp);
                prop_assert_eq!(u64::from(step), (gap * 90).max(1_500));
                prop_assert_eq!(placed.number, before.number + 1);
            }
            before = Some(placed);
        }
    }
}

/// One stay at a layer: which, how many pictures of it, and by how many pictures it is behind when it takes over.
#[derive(Debug, Clone, Copy)]
struct Stay {
    layer: u64,
    pictures: u64,
    behind: u64,
}

fn stays() -> impl Strategy<Value = Vec<Stay>> {
    let stay = (0..3_u64, 4..30_u64, 0..4_u64).prop_map(|(layer, pictures, behind)| Stay {
        layer,
        pictures,
        behind,
    });
    proptest::collection::vec(stay, 2..15)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    /// However late each layer comes, a picture's time stays the time at which it was made.
    #[test]
    fn timestamps_follow_the_moments_of_making(
        stays in stays(), offsets in any::<[u32; 3]>(), late in proptest::collection::vec(0..120_u64, 64),
    ) {
        const PICTURE_MS: u64 = 33;
        let mut munger = Munger::new(90_000);
        let start = Instant::now();
        let (mut picture, mut numbers) = (10_u64, [0_u64; 3]);
        let (mut before, mut zero) = (None, None);
        for (index, stay) in stays.iter().enumerate() {
            let began = picture - stay.behind;
            picture = began;
            for _ in 0..stay.pictures {
                picture += 1;
                let place_of = stay.layer as usize;
                numbers[place_of] += 1;
                let made = start + Duration::from_millis(picture * PICTURE_MS);
                let lateness = late[(index * 7 + picture as usize) % late.len()];
                let moment = Moment { arrived: made + Duration::from_millis(lateness), made: Some(made) };
                let timestamp = offsets[place_of].wrapping_add((picture * PICTURE_MS * 90) as u32);
                let stamp = Stamp { number: numbers[place_of], timestamp, ids: Ids::default() };
                // Another stream each time: it comes back with a gap in its numbers.
                let stream = StreamId(index as u64);
                if picture == began + 1 {
                    munger.begin(stream, &stamp, moment);
                }
                let (placed, later) = munger.place(stream, &stamp, moment).unwrap();
                let exact = (picture * PICTURE_MS * 90) as u32;
                let zero = *zero.get_or_insert(placed.timestamp.wrapping_sub(exact));
                let off = placed.timestamp.wrapping_sub(zero).wrapping_sub(exact) as i32;
                prop_assert_eq!(off, later as i32, "what it is off is told");
                let behind_ms = (stay.behind + 1) * PICTURE_MS;
                prop_assert!((0..=(behind_ms * 90) as i32 + 90).contains(&off), "{} ticks off", off);
                if picture > began + 2 * stay.behind + 4 {
                    prop_assert_eq!(off, 0, "it has caught up");
                }
                if let Some(before) = before {
                    let step = placed.timestamp.wrapping_sub(before) as i32;
                    prop_assert!(step > 0, "time runs forward: {}", step);
                }
                before = Some(placed.timestamp);
            }
        }
    }
}

#[test]
fn reports_that_cannot_be_true_are_not_believed() {
    let mut munger = Munger::new(90_000);
    let now = Instant::now();
    let first = Moment { arrived: now, made: Some(now) };
    munger.begin(StreamId(1), &plain(5), first);
    munger.place(StreamId(1), &plain(5), first).unwrap();
    let soon = now + Duration::from_millis(100);
    let wrong = Moment { arrived: soon, made: Some(soon + Duration::from_secs(40)) };
    munger.begin(StreamId(2), &plain(70), wrong);
    let (placed, _) = munger.place(StreamId(2), &plain(70), wrong).unwrap();
    assert_eq!(placed.timestamp, 9_000, "by its arrival");
}

fn plain(number: u64) -> Stamp {
    Stamp { number, timestamp: 0, ids: Ids::default() }
}

#[test]
fn nothing_leaves_before_the_beginning() {
    let mut munger = Munger::new(90_000);
    let now = Instant::now();
    assert_eq!(place(&mut munger, 1, &plain(5), now), None);
    munger.begin(StreamId(1), &plain(5), at(now));
    assert_eq!(place(&mut munger, 1, &plain(4), now), None);
    assert_eq!(place(&mut munger, 1, &plain(5), now).unwrap().number, FIRST_NUMBER);
}

#[test]
fn what_is_older_than_the_window_is_not_sent_again() {
    let mut munger = Munger::new(90_000);
    let now = Instant::now();
    munger.begin(StreamId(1), &plain(0), at(now));
    assert!(place(&mut munger, 1, &plain(0), now).is_some());
    assert!(place(&mut munger, 1, &plain(SENT_WINDOW * 3), now).is_some());
    assert_eq!(place(&mut munger, 1, &plain(1), now), None);
    assert!(place(&mut munger, 1, &plain(SENT_WINDOW * 3 - 5), now).is_some());
    assert_eq!(place(&mut munger, 1, &plain(SENT_WINDOW * 3 - 5), now), None);
}

#[test]
fn reaches_ranges_max() {
    let mut munger = Munger::new(90_000);
    let now = Instant::now();
    munger.begin(StreamId(1), &plain(0), at(now));
    let holes = RANGES_MAX as u64 * 2;
    for hole in 0..holes {
        // Each left-out packet after a hole of its own opens a range.
        assert!(munger.leave_out(StreamId(1), &plain(hole * 3 + 2), false));
    }
    assert_eq!(munger.ranges.len(), RANGES_MAX);
    let newest = place(&mut munger, 1, &plain(holes * 3), now).unwrap();
    assert_eq!(newest.number, FIRST_NUMBER + holes * 2);
    assert_eq!(place(&mut munger, 1, &plain(1), now), None, "the oldest ranges are forgotten");
}
