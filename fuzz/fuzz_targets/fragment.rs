//! Fragments and offers of sessions that are made by HTTP.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    onstage_media::fuzz::fragment(data);
});
