//! RTP of a host: headers, extensions, payloads.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    onstage_sfu::fuzz::rtp(data);
});
