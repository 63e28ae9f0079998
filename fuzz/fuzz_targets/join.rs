//! What comes with a join: queries, packed requests, tokens.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    onstage_media::fuzz::join(data);
});
