//! Frames on a TCP connection.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    onstage_media::fuzz::frames(data);
});
