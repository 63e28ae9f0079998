//! Catches a simulated network that is kinder than it says, and a judge who sees a picture where there is none.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "tests"
)]

use std::time::{Duration, Instant};

use super::line::{Burst, Line, Weather};
use super::outcome::{Heard, Outcome};
use super::picture::{Numbers, Part, Stamp, read_sound, sound};
use super::show::{FRAMES_WAITING_MAX, Packet, Show};
use super::*;

fn part(frame: u32, temporal: u8, needs: u32) -> Part {
    Part {
        stamp: Stamp { layer: 1, frame, needs, captured: frame * 333, parts: 1 },
        numbers: Numbers { picture: 0, tl0: 0, key_index: 0, temporal },
        is_key_frame: needs == frame,
        part: 0,
    }
}

/// Shows a frame of one packet at its time.
fn take(show: &mut Show, mut part: Part, picture: u16, tl0: u8) -> usize {
    part.numbers.picture = picture;
    part.numbers.tl0 = tl0;
    let at = f64::from(part.stamp.frame) / 30.0;
    let number = u64::from(picture) + 1_000;
    show.take(at, Packet { number, timestamp: u32::from(picture) * 3_000, is_last: true, part }).len()
}

#[test]
fn stamps_come_back_as_they_went() {
    let part = Part {
        stamp: Stamp { layer: 2, frame: 70_000, needs: 69_999, captured: 123_456, parts: 9 },
        numbers: Numbers { picture: 0x7abc, tl0: 200, key_index: 17, temporal: 2 },
        is_key_frame: false,
        part: 8,
    };
    assert_eq!(Part::read(&part.write(900)), Some(part));
    assert_eq!(part.write(900).len(), 900);
    assert_eq!(Part::read(&[0; 12]), None);
    assert_eq!(read_sound(&sound(7, 9, 90)), Some((7, 9)));
}

#[test]
fn a_frame_is_shown_when_what_it_needs_was() {
    let mut show = Show::default();
    assert_eq!(take(&mut show, part(1, 0, 1), 10, 5), 1, "a key frame");
    assert_eq!(take(&mut show, part(2, 2, 1), 11, 5), 1, "needs the key frame");
    assert_eq!(take(&mut show, part(7, 0, 5), 14, 7), 0, "its base is missing");
    assert_eq!(take(&mut show, part(5, 0, 1), 13, 6), 2, "and came");
    assert_eq!(take(&mut show, part(4, 1, 1), 12, 5), 0, "too late");
    assert_eq!(show.contradictions, 0);
}

#[test]
fn numbers_that_lie_are_found_out() {
    let mut show = Show::default();
    take(&mut show, part(1, 0, 1), 10, 5);
    assert_eq!(take(&mut show, part(9, 0, 5), 11, 6), 1, "the numbers follow");
    assert_eq!(show.contradictions, 1, "the stamps do not");
}

#[test]
fn a_long_gap_is_a_freeze_and_a_short_one_is_not() {
    let mut show = Show::default();
    for (picture, frame) in (0..10).chain(11..20).chain(40..50).enumerate() {
        let picture = u16::try_from(picture).unwrap();
        assert_eq!(take(&mut show, part(frame, 0, frame), picture, 0), 1, "a key frame");
    }
    assert_eq!(show.freezes.len(), 1, "{:?}", show.freezes);
    assert!((show.freezes[0].seconds() - 0.7).abs() < 0.01);
}

#[test]
fn a_frame_that_never_comes_whole_is_given_up() {
    let mut show = Show::default();
    for picture in 0..=u16::try_from(FRAMES_WAITING_MAX).unwrap() {
        let mut part = part(u32::from(picture) + 2, 0, u32::from(picture) + 1);
        part.stamp.parts = 2;
        assert_eq!(take(&mut show, part, picture, 0), 0);
    }
    assert_eq!(show.waiting_len(), FRAMES_WAITING_MAX);
}

#[test]
fn a_narrow_line_delays_and_then_drops() {
    let now = Instant::now();
    let mut line = Line::new(1);
    let free = line.carry(now, 1_000).unwrap();
    line.bits_per_second = Some(80_000.0);
    let arrivals: Vec<_> = (0..100).filter_map(|_| line.carry(now, 1_000)).collect();
    assert_eq!(arrivals.len(), 32, "the queue has room for so many");
    let last = arrivals.last().unwrap().duration_since(free);
    assert!((last.as_secs_f64() - 3.2).abs() < 0.01, "{last:?}");
}

#[test]
fn bad_weather_is_as_bad_as_it_says() {
    let now = Instant::now();
    let mut line = Line::new(9);
    line.weather = Weather { loss: 0.2, ..Weather::default() };
    let came = (0..10_000).filter(|_| line.carry(now, 100).is_some()).count();
    assert!((7_800..8_200).contains(&came), "{came}");
    line.weather =
        Weather { burst: Some(Burst { begins: 0.01, ends: 0.1, loss: 1.0 }), ..Weather::default() };
    let came: Vec<_> = (0..20_000).map(|_| line.carry(now, 100).is_some()).collect();
    let lost = came.iter().filter(|came| !**came).count();
    let together = came.windows(2).filter(|pair| !pair[0] && !pair[1]).count();
    assert!((1_200..2_600).contains(&lost), "{lost}");
    assert!(together * 10 > lost * 8, "{together} of {lost} after another");
    line.weather = Weather::default();
    line.is_dark = true;
    assert_eq!(line.carry(now, 100), None);
}

#[test]
fn order_stays_unless_something_is_overtaken() {
    let now = Instant::now();
    let sent = |line: &mut Line| -> Vec<_> {
        (0..1_000).filter_map(|serial| line.carry(now + Duration::from_millis(serial), 100)).collect()
    };
    let mut line = Line::new(3);
    line.weather.jitter = Duration::from_millis(40);
    assert!(sent(&mut line).is_sorted());
    line.weather.reordered = 0.05;
    assert!(!sent(&mut line).is_sorted());
}

#[test]
fn sounds_that_are_missing_are_counted() {
    let mut heard = Heard::default();
    for number in (10..110).filter(|number| !(50..60).contains(number)) {
        heard.take(f64::from(number) / 50.0, number);
    }
    assert!((heard.missing_share() - 0.1).abs() < 0.001);
    assert!((heard.longest_gap.0 - 0.22).abs() < 0.001);
}

#[test]
fn a_run_is_told_by_its_seed() {
    let short = |seed| {
        let mut scenario = find("loss-20-audience").unwrap();
        scenario.seed = seed;
        scenario.span = Duration::from_secs(3);
        let Outcome { frames, heard, .. } = play(&scenario).unwrap();
        (frames.len(), heard.came)
    };
    assert_ne!(short(1).1, short(2).1);
}

#[test]
fn a_drawing_says_what_it_shows() {
    let mut scenario = find("blackout-stage").unwrap();
    scenario.span = Duration::from_secs(2);
    let text = svg(&play(&scenario).unwrap());
    assert!(text.starts_with("<svg") && text.contains("prefers-color-scheme: dark"));
    for word in ["blackout-stage", "720p", "Mbit/s", "class=\"layer\"", "class=\"got\""] {
        assert!(text.contains(word), "{word}");
    }
}
