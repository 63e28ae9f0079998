//! Data packets: read, signed, passed on.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    onstage_media::fuzz::packet(data);
});
