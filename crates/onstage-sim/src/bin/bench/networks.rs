//! Every simulated network, drawn into a folder.

use std::path::Path;

use onstage_sim::network::{all, play, write_report};

use crate::Measured;
use crate::table;

/// Beside the builds, where nothing is committed.
const FOLDER: &str = "target/reports/media";

pub(crate) fn measure() -> Measured {
    table::section("one viewer on simulated networks (virtual time, committed seeds)");
    let mut outcomes = Vec::new();
    for scenario in all() {
        let outcome = play(&scenario)?;
        table::note(&outcome.summary());
        outcomes.push(outcome);
    }
    write_report(Path::new(FOLDER), &outcomes)?;
    table::note(&format!("drawn in {FOLDER}/index.html"));
    Ok(())
}
