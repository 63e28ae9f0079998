//! Signalling of people in a room, in both encodings.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    onstage_media::fuzz::signal(data);
});
