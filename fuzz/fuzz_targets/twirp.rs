//! Calls of the room service.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    onstage_media::fuzz::twirp(data);
});
