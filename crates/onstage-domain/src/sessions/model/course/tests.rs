//! Would catch an average or a peak that differs from what adding up everybody's own minutes gives, a sample that is
//! written twice or never, and a restart that loses more than its last ten seconds.
#![allow(clippy::arithmetic_side_effects, clippy::indexing_slicing, reason = "tests")]

use proptest::prelude::*;

use super::*;
use crate::ids::UserId;
use crate::samples::user;
use crate::sessions::{Attendance, Beginning, Contact, Timeline, average_milli};

const START: At = At(7_777_777);

fn beginning(last_sample: Option<Sample>) -> Beginning {
    Beginning { started_at: START, owner: user(0), peak_viewers: 0, last_sample }
}

fn opened() -> Attendance {
    let mut attendance = Attendance::default();
    attendance.begin(START, beginning(None));
    attendance
}

/// What the database would hold.
#[derive(Default)]
struct Written(BTreeMap<i64, Sample>);

impl Written {
    fn write(&mut self, attendance: &mut Attendance, now: At) {
        let samples = attendance.samples_over(now);
        assert!(samples.iter().all(|sample| sample.ends_ms() <= now.since_ms(START)), "{samples:?}");
        self.0.extend(samples.iter().map(|sample| (sample.index, *sample)));
        attendance.samples_written(&samples);
        assert_eq!(attendance.samples_over(now), Vec::new(), "nothing is written twice");
    }

    fn with_rest(&self, attendance: &mut Attendance, now: At) -> Vec<Sample> {
        let mut all = self.0.clone();
        all.extend(attendance.samples_so_far(now).iter().map(|sample| (sample.index, *sample)));
        all.into_values().collect()
    }
}

/// The model: each person's own stretches of being there and of being seated, added up person by person.
#[derive(Default)]
struct Diary {
    /// Person → when they watch, as (from, to).
    watched: BTreeMap<UserId, Vec<(i64, i64)>>,
    seated: BTreeMap<UserId, Vec<(i64, i64)>>,
}

fn close(stretches: &mut [(i64, i64)], now: i64) {
    if let Some(last) = stretches.last_mut().filter(|(_, to)| *to > now) {
        last.1 = now;
    }
}

fn lasting(stretches: &BTreeMap<UserId, Vec<(i64, i64)>>, from: i64, to: i64) -> i64 {
    stretches.values().flatten().map(|(begin, end)| (*end.min(&to) - *begin.max(&from)).max(0)).sum()
}

fn at_once(stretches: &BTreeMap<UserId, Vec<(i64, i64)>>, moment: i64) -> usize {
    stretches.values().filter(|own| own.iter().any(|(from, to)| (*from..*to).contains(&moment))).count()
}

fn at_most(stretches: &BTreeMap<UserId, Vec<(i64, i64)>>, from: i64, to: i64) -> usize {
    let begins =
        stretches.values().flatten().map(|(begin, _)| *begin).filter(|begin| (from..to).contains(begin));
    begins.chain([from]).map(|moment| at_once(stretches, moment)).max().unwrap_or(0)
}

proptest! {
    #[test]
    fn averages_and_peaks_are_what_everybodys_own_minutes_add_up_to(
        steps in prop::collection::vec((1_i64..45_000, 1_u8..7, 0_u8..6, any::<bool>()), 1..60),
        rest in 1_i64..50_000,
    ) {
        let (mut attendance, mut written, mut diary) = (opened(), Written::default(), Diary::default());
        let mut now = 0_i64;
        for (wait, who, what, writes) in steps {
            now += wait;
            let (at, person) = (START.plus_ms(now), user(who));
            let watched = diary.watched.entry(person).or_default();
            match what {
                0 => {
                    attendance.tell(at, person, Contact::Joined);
                    // A minute from now on, unless a socket keeps them anyway.
                    if watched.last().is_none_or(|(_, to)| *to < i64::MAX) {
                        close(watched, now);
                        watched.push((now, now + 60_000));
                    }
                }
                // People hold either a socket or a fresh REST join here: what both together do is attendance's own test.
                1 => {
                    attendance.tell(at, person, Contact::Left);
                    attendance.tell(at, person, Contact::Socket(true));
                    close(watched, now);
                    watched.push((now, i64::MAX));
                }
                2 | 3 => {
                    attendance.tell(at, person, Contact::Left);
                    close(watched, now);
                }
                _ => {
                    let seated = diary.seated.entry(person).or_default();
                    let sits = seated.last().is_some_and(|(_, to)| *to == i64::MAX);
                    attendance.set_seated(at, person, !sits);
                    close(seated, now);
                    if !sits {
                        seated.push((now, i64::MAX));
                    }
                }
            }
            if writes {
                written.write(&mut attendance, at);
            }
        }
        now += rest;
        // Seated people watch, but are no viewers: take their seats out of their stretches.
        let mut viewers: BTreeMap<UserId, Vec<(i64, i64)>> = BTreeMap::new();
        for (person, stretches) in &diary.watched {
            let seats = diary.seated.get(person).cloned().unwrap_or_default();
            let mut left = stretches.clone();
            for (from, to) in seats {
                left = left.iter().flat_map(|(b, e)| [(*b, (*e).min(from)), ((*b).max(to), *e)]).filter(|(b, e)| b < e).collect();
            }
            viewers.insert(*person, left);
        }
        let samples = written.with_rest(&mut attendance, START.plus_ms(now));
        let line = Timeline::of(now);
        let moments = line.attended(&samples);
        let total: i64 = moments.iter().map(|moment| moment.viewer_ms).sum();
        prop_assert_eq!(total, lasting(&viewers, 0, now));
        prop_assert_eq!(average_milli(total, now), u64::try_from(i128::from(total) * 1000 / i128::from(now)).unwrap());
        for (index, moment) in (0..).zip(&moments) {
            let (from, to) = (line.starts_ms(index), line.starts_ms(index) + line.length_ms(index));
            prop_assert_eq!(moment.viewer_ms, lasting(&viewers, from, to), "moment {}", index);
            prop_assert_eq!(moment.guests as usize, at_most(&diary.seated, from, to), "moment {}", index);
        }
        prop_assert_eq!(attendance.peak_viewers() as usize, at_most(&viewers, 0, now));
        for sample in &samples {
            let (from, to) = (sample.starts_ms(), sample.ends_ms().min(now));
            prop_assert_eq!(sample.viewers_peak as usize, at_most(&viewers, from, to), "sample {}", sample.index);
        }
    }

    #[test]
    fn a_killed_process_loses_ten_seconds_of_changes_at_most(
        steps in prop::collection::vec((0_i64..25_000, 1_u8..7, any::<bool>()), 1..40), down in 0_i64..100_000,
    ) {
        let (mut attendance, mut written) = (opened(), Written::default());
        let mut counts = vec![(0_i64, 0_usize)];
        let (mut now, mut here) = (0_i64, std::collections::BTreeSet::new());
        for (wait, who, comes) in steps {
            // The alarm rings whenever a sample is over.
            let until = now + wait;
            while let Some(due) = attendance.deadline().filter(|due| due.since_ms(START) <= until) {
                written.write(&mut attendance, due);
            }
            now = until;
            attendance.tell(START.plus_ms(now), user(who), Contact::Socket(comes));
            if comes { here.insert(who) } else { here.remove(&who) };
            counts.push((now, here.len()));
        }
        // Killed; what the last sample says holds until the process is back.
        let last = written.0.values().last().copied();
        let back = now + down;
        let mut attendance = Attendance::default();
        attendance.begin(START.plus_ms(back), beginning(last));
        let samples = written.with_rest(&mut attendance, START.plus_ms(back));
        let line = Timeline::of(back);
        let total: i64 = line.attended(&samples).iter().map(|moment| moment.viewer_ms).sum();
        // The model keeps what was true when the last whole sample before the kill was over.
        let kept_until = now.div_euclid(SAMPLE_MS) * SAMPLE_MS;
        let count_at = |moment: i64| counts.iter().rev().find(|(at, _)| *at < moment).map_or(0, |(_, count)| *count);
        let mut edges: Vec<i64> = counts.iter().map(|(at, _)| *at).filter(|at| *at < kept_until).collect();
        edges.push(kept_until);
        let kept: i64 = edges.windows(2).map(|pair| (pair[1] - pair[0]) * i64::try_from(count_at(pair[0] + 1)).unwrap()).sum();
        let carried = (back - kept_until) * i64::try_from(count_at(kept_until)).unwrap();
        prop_assert_eq!(total, kept + carried);
    }
}

#[test]
fn a_quiet_hour_costs_nothing() {
    let mut attendance = opened();
    attendance.tell(START, user(1), Contact::Socket(true));
    assert_eq!(attendance.deadline(), Some(START.plus_ms(SAMPLE_MS)));
    let hour = START.plus_ms(3_600_000);
    let samples = attendance.samples_over(hour);
    assert_eq!(samples.len(), 1);
    attendance.samples_written(&samples);
    assert_eq!(attendance.deadline(), None, "nothing changes, nothing is due");
    let moments = Timeline::of(3_600_000).attended(&samples);
    assert_eq!(moments.iter().map(|moment| moment.viewer_ms).sum::<i64>(), 3_600_000);
}

#[test]
fn the_owner_is_no_guest() {
    let mut attendance = opened();
    attendance.set_seated(START, user(0), true);
    assert_eq!(attendance.samples_so_far(START), Vec::new());
    attendance.set_seated(START, user(1), true);
    assert_eq!(attendance.samples_so_far(START)[0].guests_peak, 1);
}

#[test]
fn reaches_samples_waiting_max() {
    let mut attendance = opened();
    let mut now = START;
    for n in 0..=SAMPLES_WAITING_MAX {
        attendance.tell(now, user(1), Contact::Socket(n % 2 == 0));
        now = now.plus_ms(SAMPLE_MS);
    }
    let samples = attendance.samples_over(now);
    assert_eq!(samples.len(), SAMPLES_WAITING_MAX);
    assert_eq!(samples[0].index, 1, "the oldest is gone");
}
