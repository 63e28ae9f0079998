//! RTCP of viewers and hosts.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    onstage_sfu::fuzz::rtcp(data);
});
