//! Viewers that ask for too much: what it costs is bounded, and who watches beside them sees everything.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use onstage_sfu::limits::{
    KEY_FRAME_EVERY, RESENT_BURST_BYTES_MAX, RESENT_LOSSY_PERCENT_MAX, RESENT_PER_MILLE, RESENT_PERCENT_MAX,
};
use onstage_sfu::{FeedbackProfile, Notice, PeerOptions, fuzz};

use super::plain::{feedback, lost_picture, nack, plain_stage};
use crate::support::{CAMERA, FRAME, World, assert_one_stream};

/// Bytes of pictures, and of pictures sent again, that go to an address.
fn weigh(world: &mut World, viewer: usize) -> Rc<Cell<(usize, usize)>> {
    let address = world.bots[viewer].address;
    let weights = Rc::new(Cell::new((0, 0)));
    let seen = weights.clone();
    world.loss = Some(Box::new(move |datagram| {
        let (mut first, mut again) = seen.get();
        if datagram.destination == address && datagram.contents[0] >= 128 {
            match datagram.contents[1] & 0x7f {
                96 => first += datagram.contents.len(),
                97 => again += datagram.contents.len(),
                _ => {}
            }
        }
        seen.set((first, again));
        false
    }));
    weights
}

/// The stream under which a viewer gets the camera, and its newest number.
fn newest(world: &World, viewer: usize) -> (u32, u16) {
    let got = world.got(viewer, CAMERA);
    let last = got.last().unwrap();
    (*last.ssrc, (last.number & 0xffff) as u16)
}

/// Films for a while; before each frame the greedy viewer sends what `says` makes of its stream and newest number.
fn film_beside(
    world: &mut World,
    (host, greedy): (usize, usize),
    span: Duration,
    says: impl Fn(u32, u16) -> Vec<Vec<u8>>,
) {
    let address = world.bots[greedy].address;
    let end = world.now + span;
    let mut index = 1_000;
    while world.now < end {
        let (ssrc, number) = newest(world, greedy);
        for packet in says(ssrc, number) {
            index += 1;
            world.inject(address, &fuzz::sealed_feedback(&packet, index));
        }
        world.film(host, &[0, 1, 2], FRAME);
    }
}

/// Nobody broke, and the viewer beside has the whole picture up to now.
fn assert_unaffected(world: &World, beside: usize) {
    assert_eq!(world.shard.counters().faults, 0);
    assert!(!world.has_notice(|notice| matches!(notice, Notice::PeerEnded { .. })));
    let got = world.got(beside, CAMERA);
    assert_one_stream(&got);
    assert!(got.last().unwrap().at + Duration::from_millis(200) > world.now, "the picture goes on");
}

#[test]
fn numbers_that_were_never_sent_are_not_sent_again() {
    let (mut world, host, viewers) = plain_stage(2, PeerOptions::default());
    let weights = weigh(&mut world, viewers[0]);
    world.film(host, &[0, 1, 2], Duration::from_secs(2));
    film_beside(&mut world, (host, viewers[0]), Duration::from_secs(3), |ssrc, number| {
        let ahead = |step: u16| number.wrapping_add(2_000 + 17 * step);
        let numbers: Vec<u16> = (0..40).map(ahead).collect();
        // Of its own stream, of a stream that is not there, and of the stream of nobody.
        vec![nack(ssrc, &numbers), nack(ssrc ^ 1, &numbers), nack(0, &[0, 0x8000, 0xffff])]
    });
    let (first, again) = weights.get();
    assert!(first > 10_000, "{first} bytes of pictures");
    assert_eq!(again, 0);
    assert_unaffected(&world, viewers[1]);
}

/// Asks for everything again before each frame, ten times over; what it got first and again, in bytes.
fn ask_for_everything(span: Duration, claims: impl Fn(u32) -> Vec<Vec<u8>>) -> (usize, usize) {
    let (mut world, host, viewers) = plain_stage(2, PeerOptions::default());
    let weights = weigh(&mut world, viewers[0]);
    world.film(host, &[0, 1, 2], Duration::from_secs(2));
    film_beside(&mut world, (host, viewers[0]), span, |ssrc, number| {
        let numbers: Vec<u16> = (0..20).map(|step| number.wrapping_sub(17 * step)).collect();
        [claims(ssrc), vec![nack(ssrc, &numbers); 10]].concat()
    });
    assert_unaffected(&world, viewers[1]);
    weights.get()
}

#[test]
fn reaches_resent_percent_max() {
    let (first, again) = ask_for_everything(Duration::from_secs(10), |_| Vec::new());
    let share = again * 1_000 / (first + again);
    assert!(share > 10, "something is sent again");
    let most = usize::from(RESENT_PERCENT_MAX) * 10;
    assert!(share <= most, "{share} in a thousand of the bytes were sent again");
}

/// Who claims to lose all that comes is given more again, up to a third, and the smallest pictures.
#[test]
fn who_claims_heavy_loss_gets_a_third_at_most() {
    let all_lost = |ssrc: u32| {
        // A receiver report (RFC 3550 §6.4.2): everything was lost.
        let body = [1, ssrc, 0xff00_0000, 0, 0, 0, 0].map(u32::to_be_bytes).concat();
        vec![feedback(1, 201, &body)]
    };
    let (first, again) = ask_for_everything(Duration::from_secs(10), all_lost);
    let share = again * 1_000 / (first + again);
    let most = usize::from(RESENT_LOSSY_PERCENT_MAX) * 10;
    assert!(share <= most, "{share} in a thousand of the bytes were sent again");
}

#[test]
fn reaches_resent_burst_bytes_max() {
    let (mut world, host, viewers) = plain_stage(2, PeerOptions::default());
    // Long enough to earn far more than that.
    let weights = weigh(&mut world, viewers[0]);
    world.film(host, &[0, 1, 2], Duration::from_secs(60));
    assert!(weights.get().0 * RESENT_PER_MILLE as usize / 1_000 > RESENT_BURST_BYTES_MAX);
    let (ssrc, number) = newest(&world, viewers[0]);
    let numbers: Vec<u16> = (0..16).map(|step| number.wrapping_sub(17 * step)).collect();
    let address = world.bots[viewers[0]].address;
    for index in 0..200 {
        world.inject(address, &fuzz::sealed_feedback(&nack(ssrc, &numbers), 1_000 + index));
    }
    world.run(Duration::from_millis(20));
    let again = weights.get().1;
    assert!((1_000..=RESENT_BURST_BYTES_MAX).contains(&again), "{again} bytes at once");
}

#[test]
fn a_flood_of_lost_pictures_is_one_request_in_a_while() {
    let (mut world, host, viewers) = plain_stage(2, PeerOptions::default());
    world.film(host, &[0, 1, 2], Duration::from_secs(2));
    let asked = |world: &World| world.shard.track_counters(CAMERA).unwrap().key_frames_asked;
    let (before, told) = (asked(&world), world.bots[host].key_frames_asked.len());
    let span = Duration::from_secs(6);
    film_beside(&mut world, (host, viewers[0]), span, |ssrc, number| {
        vec![lost_picture(ssrc, (number & 0xff) as u8); 40]
    });
    let most = u64::try_from(span.as_millis() / KEY_FRAME_EVERY.as_millis()).unwrap() + 1;
    let sent = asked(&world) - before;
    assert!((1..=most).contains(&sent), "{sent} requests, {most} at most");
    assert!(world.bots[host].key_frames_asked.len() - told <= usize::try_from(most).unwrap());
    assert_unaffected(&world, viewers[1]);
}

#[test]
fn reports_that_wrap_around_are_taken_for_what_they_are() {
    let stage = PeerOptions { feedback: FeedbackProfile::Stage, ..PeerOptions::default() };
    let (mut world, host, viewers) = plain_stage(2, stage);
    world.film(host, &[0, 1, 2], Duration::from_secs(2));
    film_beside(&mut world, (host, viewers[0]), Duration::from_secs(3), |ssrc, number| {
        // Transport-wide reports (draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1): first number, count,
        // reference time, and chunks that claim far more than follows.
        let report = |base: u16, count: u16, chunks: &[u8]| {
            let head = [1_u32.to_be_bytes(), ssrc.to_be_bytes()].concat();
            let body =
                [&base.to_be_bytes()[..], &count.to_be_bytes(), &[0x7f, 0xff, 0xff, number as u8], chunks]
                    .concat();
            feedback(15, 205, &[head, body].concat())
        };
        vec![
            report(0xfff0, 32, &[0x20, 32, 0x80, 0]),
            report(0xffff, 0xffff, &[0x3f, 0xff, 0x5f, 0xff]),
            report(0, 1, &[0x20, 1, 0xff, 0]),
            report(number.wrapping_sub(8), 16, &[0xff, 0xff, 0x00, 0x01]),
            report(0x7fff, 0, &[]),
        ]
    });
    assert_unaffected(&world, viewers[1]);
    assert_one_stream(&world.got(viewers[0], CAMERA));
}
