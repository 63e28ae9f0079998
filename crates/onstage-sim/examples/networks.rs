//! Plays every simulated network, prints what became of it, and draws it: `networks FOLDER [NAME…]`.

#![expect(clippy::print_stdout, reason = "a program for people at a terminal")]

use std::path::Path;

use onstage_sim::network::{all, play, write_report};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or("which folder?")?;
    let names: Vec<String> = arguments.collect();
    let mut outcomes = Vec::new();
    for scenario in all() {
        if names.is_empty() || names.contains(&scenario.name) {
            let outcome = play(&scenario)?;
            println!("{}", outcome.summary());
            outcomes.push(outcome);
        }
    }
    write_report(Path::new(&folder), &outcomes)?;
    Ok(())
}
