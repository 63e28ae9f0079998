//! SCTP packets and messages on data channels.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    onstage_sfu::fuzz::sctp(data);
});
