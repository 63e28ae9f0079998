//! Answers of viewers.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    onstage_sfu::fuzz::answer(data);
});
