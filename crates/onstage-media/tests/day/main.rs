//! A day in one room, in virtual time: catches what each join leaves behind in the room or at its shard, by the bytes that
//! are held. Alone in its process, because every byte of it counts.
#![allow(clippy::arithmetic_side_effects, clippy::panic, reason = "tests")]

use std::alloc::System;

use onstage_media::fuzz::Day;
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const HOURS: u32 = 24;
/// By then every list has the room that it needs.
const HOURS_TO_SETTLE: u32 = 2;
/// More than lists differ by from hour to hour, and less than a thousand joins with a few bytes each.
const BYTES_LEFT_MAX: usize = 16 * 1024;

fn held() -> usize {
    let stats = ALLOCATOR.stats();
    stats.bytes_allocated - stats.bytes_deallocated
}

#[test]
fn a_day_of_joins_and_leaves_holds_no_more_than_its_first_hours() {
    let mut day = Day::new();
    let mut settled = 0;
    for hour in 0..HOURS {
        day.pass_hour();
        if hour == HOURS_TO_SETTLE {
            settled = held();
        }
    }
    assert!(day.joins() > 1_000, "{} joins", day.joins());
    let left = held().saturating_sub(settled);
    assert!(left <= BYTES_LEFT_MAX, "{left} bytes are held of {} joins", day.joins());
}
