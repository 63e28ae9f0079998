//! Offers and candidates of publishers and single connections.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    onstage_sfu::fuzz::offer(data);
});
