//! Datagrams of strangers and of a viewer: STUN, and whose a datagram is.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    onstage_sfu::fuzz::datagrams(data);
});
