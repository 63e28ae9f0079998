//! The shard's own work, without sockets: CPU of a forwarded packet with everything a real audience sends back, and
//! how long the last viewer waits for a packet.

use std::time::Duration;

use onstage_sim::network::{Cost, Feedback, Hall};

use crate::table::{self, ms, percentile, real};
use crate::{Measured, floor};

const WARM_UP: Duration = Duration::from_secs(3);
const VIEWERS: [usize; 3] = [10, 200, 1_000];
/// Viewers of the hall in which delay is measured, and of the storm that comes on top.
const DELAYED: usize = 100;
const STORM: usize = 200;

pub(crate) fn measure() -> Measured {
    for (feedback, estimated) in [(Feedback::Audience, "no viewer"), (Feedback::Stage, "every viewer")] {
        table::section(&format!(
            "the shard alone: three layers in, 1 % lost, the way to {estimated} estimated here, CPU of its thread"
        ));
        for viewers in VIEWERS {
            let mut hall = Hall::open(feedback)?;
            let joins = hall.fill(viewers)?;
            hall.film(WARM_UP, 0)?;
            let span = if viewers > 500 { Duration::from_secs(3) } else { Duration::from_secs(10) };
            told(viewers, joins, &hall.film(span, 0)?);
        }
    }
    delays()
}

fn told(viewers: usize, joins: Duration, cost: &Cost) {
    let figure = real(cost.packets) / cost.cpu.as_secs_f64().max(1e-9);
    let least = floor::seal(viewers).unwrap_or(f64::NAN);
    let name = format!("{viewers} viewers: packets per CPU-second (floor: seal)");
    let ratio = figure / least;
    table::line(&name, &format!("{:.1} k", figure / 1e3), Some((&format!("{:.1} k", least / 1e3), ratio)));
    let count = real(u64::try_from(viewers).unwrap_or(1));
    let each = joins.as_secs_f64() * 1e3 / count;
    table::line("  CPU of a v0 viewer's join in the shard", &format!("{each:.2} ms"), None);
    let back = real(cost.feedback) / real(cost.packets).max(1.0) * 100.0;
    table::line("  datagrams back for each hundred packets", &format!("{back:.1}"), None);
    let runs = cost.runs.iter().map(|count| count.to_string()).collect::<Vec<_>>().join(" ");
    table::note(&format!("  equal datagrams to one viewer together, runs of 1, 2, …: {runs}"));
}

fn delays() -> Measured {
    table::section(
        "from a packet in to its last viewer's packet out, by CPU time of a thread that is never disturbed",
    );
    let mut hall = Hall::open(Feedback::Audience)?;
    hall.fill(DELAYED)?;
    hall.film(WARM_UP, 0)?;
    waited(&format!("{DELAYED} viewers"), hall.film(Duration::from_secs(20), 0)?);
    let name = format!("{DELAYED} viewers, and {STORM} more come meanwhile");
    waited(&name, hall.film(Duration::from_secs(2), STORM)?);
    Ok(())
}

fn waited(name: &str, mut cost: Cost) {
    for (what, times) in [("", &mut cost.delays), (", key frames", &mut cost.key_delays)] {
        if times.is_empty() {
            continue;
        }
        let (p50, p99) = (percentile(times, 50), percentile(times, 99));
        table::line(&format!("{name}{what}: p50 · p99"), &format!("{} · {}", ms(p50), ms(p99)), None);
    }
}
