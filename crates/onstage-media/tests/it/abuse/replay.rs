//! The inputs that fuzzing kept, given once more to the functions they were made for: catches what was mended and broke
//! again, without a fuzzer.

use onstage_media::fuzz;
use onstage_sfu::fuzz::replay;

#[test]
fn kept_signalling() {
    replay("signal", fuzz::signal);
}

#[test]
fn kept_packets() {
    replay("packet", fuzz::packet);
}

#[test]
fn kept_joins() {
    replay("join", fuzz::join);
}

#[test]
fn kept_calls() {
    replay("twirp", fuzz::twirp);
}

#[test]
fn kept_frames() {
    replay("frames", fuzz::frames);
}

#[test]
fn kept_relay_messages() {
    replay("turn", fuzz::turn);
}

#[test]
fn kept_fragments() {
    replay("fragment", fuzz::fragment);
}
