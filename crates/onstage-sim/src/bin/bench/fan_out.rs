//! Chat messages to a thousand and to five thousand sockets of each dialect: CPU for each delivered one, one by one
//! and gathered, and the memory of a socket.

use std::path::Path;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use onstage_sim::Fault;

use crate::crowd::{Crowd, Dialect};
use crate::forward::Show;
use crate::process::Server;
use crate::table::{self, ms, percentile, real};
use crate::{Measured, floor};

const SOCKETS: [usize; 2] = [1_000, 5_000];
/// Messages that come apart, so that each one is a delivery of its own.
const APART: u32 = 40;
const EVERY: Duration = Duration::from_millis(120);
/// Messages that come at once, and how often: a large session gathers them.
const AT_ONCE: u32 = 10;
const BURSTS: u32 = 15;
/// Hard case 8: so many people come.
const JOINS: usize = 10_000;
/// Length of a message, and of a frame with it.
const MESSAGE_BYTES: usize = 256;
const FRAME_BYTES: usize = 520;
/// Time for what the last section began to be over.
const SETTLE: Duration = Duration::from_millis(1_500);

/// Each dialect has a server of its own: memory that one has given back is not the other's.
pub(crate) async fn measure(binary: &Path) -> Measured {
    for dialect in Dialect::ALL {
        let mut server = Server::start(binary).await?;
        let measured = measure_dialect(&server, dialect).await;
        server.stop();
        measured?;
    }
    Ok(())
}

async fn measure_dialect(server: &Server, dialect: Dialect) -> Measured {
    let show = Show::open(server).await?;
    let place = (server, show.session.as_str());
    let post_s = cost_of_posting(server, &show).await?;
    let (before_mib, mut crowd) = (server.resident_mib()?, Crowd::new());
    for sockets in SOCKETS {
        crowd.grow(place, dialect, sockets).await?;
        tokio::time::sleep(SETTLE).await;
        let memory_kib = (server.resident_mib()? - before_mib) * 1024.0 / real(u64::try_from(sockets)?);
        table::section(&format!(
            "a message of {MESSAGE_BYTES} bytes to {sockets} sockets of `{}`",
            dialect.word()
        ));
        let least = floor::write_frame(sockets, FRAME_BYTES).await?.as_secs_f64() * 1e6;
        apart((server, &show, &crowd), post_s, least).await?;
        gathered((server, &show, &crowd), post_s, least).await?;
        table::line("server memory a socket (goal 10 KiB)", &format!("{memory_kib:.1} KiB"), None);
        table::line("sockets the server closed", &crowd.closed().to_string(), None);
    }
    if dialect == Dialect::Socket {
        ten_thousand((server, &show), crowd).await?;
    }
    show.close().await;
    Ok(())
}

/// CPU of the server for a message nobody listens to.
async fn cost_of_posting(server: &Server, show: &Show) -> Result<f64, Fault> {
    say(show, "warm", 20).await?;
    let cpu = server.cpu_s()?;
    for round in 0..5 {
        say(show, &format!("alone-{round}"), 20).await?;
    }
    Ok((server.cpu_s()? - cpu) / 100.0)
}

/// So many messages at once, each with this mark in it.
async fn say(show: &Show, mark: &str, count: u32) -> Result<(), Fault> {
    let words = (0..count).map(|number| {
        let mut words = format!("{mark} {number} ");
        words.extend(std::iter::repeat_n('x', MESSAGE_BYTES.saturating_sub(words.len())));
        words
    });
    let said = words.map(|words| async move { show.host.say(&show.session, &words).await });
    for said in join_all(said).await {
        said?;
    }
    Ok(())
}

type Scene<'a> = (&'a Server, &'a Show, &'a Crowd);

async fn apart((server, show, crowd): Scene<'_>, post_s: f64, least_us: f64) -> Measured {
    let (cpu, mut times) = (server.cpu_s()?, Vec::new());
    for number in 0..APART {
        let mark = format!("apart-{}-{number}-", crowd.len());
        crowd.wait_for(&mark);
        let began = Instant::now();
        say(show, &mark, 1).await?;
        times.push(crowd.heard(1).await?.saturating_duration_since(began));
        tokio::time::sleep(EVERY).await;
    }
    let spent = server.cpu_s()? - cpu - post_s * f64::from(APART);
    told("one by one", spent, (crowd, APART), least_us);
    for per_cent in [50, 99] {
        let name = format!("POST → last socket, p{per_cent} (a tick of 50 ms in it)");
        table::line(&name, &ms(percentile(&mut times, per_cent)), None);
    }
    Ok(())
}

async fn gathered((server, show, crowd): Scene<'_>, post_s: f64, least_us: f64) -> Measured {
    let cpu = server.cpu_s()?;
    for number in 0..BURSTS {
        let mark = format!("burst-{}-{number}-", crowd.len());
        crowd.wait_for(&mark);
        say(show, &mark, AT_ONCE).await?;
        crowd.heard(u64::from(AT_ONCE)).await?;
    }
    let messages = AT_ONCE.saturating_mul(BURSTS);
    let spent = server.cpu_s()? - cpu - post_s * f64::from(messages);
    told("ten at once, gathered", spent, (crowd, messages), least_us);
    Ok(())
}

fn told(how: &str, spent_s: f64, (crowd, messages): (&Crowd, u32), least_us: f64) {
    let delivered = real(u64::try_from(crowd.len()).unwrap_or(0)) * f64::from(messages);
    let own_us = spent_s * 1e6 / delivered.max(1.0);
    let name = format!("CPU a delivered message, {how} (without its POST)");
    let floor = format!("{least_us:.2} µs");
    table::line(&name, &format!("{own_us:.2} µs"), Some((&floor, own_us / least_us)));
    table::line("  delivered messages a CPU-second", &format!("{:.2} M", 1.0 / own_us.max(1e-9)), None);
}

/// Hard case 8: the rest of ten thousand comes as fast as it can, and the host goes on.
async fn ten_thousand((server, show): (&Server, &Show), mut crowd: Crowd) -> Measured {
    table::section(&format!("hard case 8: the crowd grows to {JOINS} sockets of `socket`"));
    let (already, frames, cpu, began) = (crowd.len(), crowd.frames(), server.cpu_s()?, Instant::now());
    let host = host_goes_on(show);
    tokio::pin!(host);
    let grown = tokio::select! {
        grown = crowd.grow((server, &show.session), Dialect::Socket, JOINS) => grown,
        failed = &mut host => failed.map(|_| ()),
    };
    grown?;
    let joined = real(u64::try_from(JOINS.saturating_sub(already))?);
    let seconds = began.elapsed().as_secs_f64();
    table::line("joins a second, each with a token of its own", &format!("{:.0}", joined / seconds), None);
    let cpu_ms = (server.cpu_s()? - cpu) * 1e3 / joined;
    table::line("server CPU a join, everything told included", &format!("{cpu_ms:.2} ms"), None);
    let each = real(crowd.frames().saturating_sub(frames)) / real(u64::try_from(crowd.len())?) / seconds;
    table::line("messages a client and second meanwhile", &format!("{each:.1}"), None);
    let asked = Instant::now();
    say(show, "still-here", 1).await?;
    table::line("the host's POST with everybody there", &ms(asked.elapsed()), None);
    table::line("sockets the server closed", &crowd.closed().to_string(), None);
    Ok(())
}

/// The host says something twice a second, for ever.
async fn host_goes_on(show: &Show) -> Result<std::convert::Infallible, Fault> {
    let mut number = 0_u64;
    loop {
        number = number.saturating_add(1);
        say(show, &format!("meanwhile-{number}"), 1).await?;
        tokio::time::sleep(SETTLE).await;
    }
}
