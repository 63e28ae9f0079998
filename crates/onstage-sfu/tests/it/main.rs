//! Whole shards in virtual time, with bots that are plain WebRTC peers: catches what no part shows by itself.
#![allow(
    unreachable_pub,
    dead_code,
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::wildcard_enum_match_arm,
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cognitive_complexity,
    clippy::unchecked_time_subtraction,
    clippy::format_push_string,
    reason = "tests"
)]

mod abuse;
mod budget;
mod clocks;
mod codecs;
mod flow;
mod forwarding;
mod gate;
mod layers;
mod limits;
mod lines;
mod paging;
mod paths;
mod quality;
mod repair;
mod rounds;
mod single;
mod support;
mod voices;
mod weather;
