//! One chat message to a thousand sockets: CPU for each delivered one.

use std::time::{Duration, Instant};

use onstage_sim::events::Follower;

use crate::forward::Show;
use crate::process::Server;
use crate::table::{self, ms, percentile, real};
use crate::{Measured, floor};

const SOCKETS: usize = 1_000;
const MESSAGES: u64 = 60;
/// Messages come apart, so that each one is a delivery of its own.
const EVERY: Duration = Duration::from_millis(60);
const DELIVERED_WITHIN: Duration = Duration::from_secs(20);
/// Sockets that are opened at the same time.
const AT_ONCE: usize = 20;
/// Length of an event frame with a short message, for the floor.
const FRAME_BYTES: usize = 420;

pub(crate) async fn measure(server: &Server, show: &Show) -> Measured {
    let before_mib = server.resident_mib()?;
    let followers = open_all(server, show).await?;
    let memory_kib = (server.resident_mib()? - before_mib) * 1024.0 / real(u64::try_from(followers.len())?);
    let cpu = server.cpu_s()?;
    let mut times = Vec::new();
    for number in 0..MESSAGES {
        let began = Instant::now();
        let words = format!("Message {number} of the usual length for a chat, more or less");
        show.host.say(&show.session, &words).await?;
        let all = number.saturating_add(1);
        for follower in &followers {
            follower
                .wait("the message", DELIVERED_WITHIN, |seen| (seen.count("chat.sent") >= all).then_some(()))
                .await?;
        }
        let last = followers.iter().filter_map(|follower| follower.look(|seen| seen.last_at)).max();
        times.push(last.map(|at| at.saturating_duration_since(began)).unwrap_or_default());
        tokio::time::sleep(EVERY).await;
    }
    let spent = server.cpu_s()? - cpu;
    let delivered: u64 = followers.iter().map(|follower| follower.look(|seen| seen.count("chat.sent"))).sum();
    let breaks: u64 = followers.iter().map(|follower| follower.look(|seen| seen.breaks)).sum();
    drop(followers);

    let least = floor::write_frame(SOCKETS, FRAME_BYTES).await?.as_secs_f64() * 1e6;
    let own = spent * 1e6 / real(delivered.max(1));
    table::line(
        "CPU a delivered message",
        &format!("{own:.2} µs"),
        Some((&format!("{least:.2} µs"), own / least)),
    );
    for per_cent in [50, 99] {
        let name = format!("POST → last of {SOCKETS} sockets, p{per_cent}");
        table::line(&name, &ms(percentile(&mut times, per_cent)), None);
    }
    table::line("delivered, and breaks of the chain", &format!("{delivered}, {breaks}"), None);
    table::line("server memory a socket", &format!("{memory_kib:.1} KiB"), None);
    Ok(())
}

async fn open_all(server: &Server, show: &Show) -> Result<Vec<Follower>, onstage_sim::Fault> {
    let mut followers = Vec::with_capacity(SOCKETS);
    while followers.len() < SOCKETS {
        let opening = (0..AT_ONCE).map(|_| open(server, show));
        for follower in futures_util::future::join_all(opening).await {
            followers.push(follower?);
        }
    }
    Ok(followers)
}

async fn open(server: &Server, show: &Show) -> Result<Follower, onstage_sim::Fault> {
    let person = server.door.anonymous("Viewer").await?;
    Follower::open(&person, &show.session, None).await
}
