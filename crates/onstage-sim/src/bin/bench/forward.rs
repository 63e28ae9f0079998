//! One film to many viewers: packets that arrive, per CPU-second of the server.

use std::time::{Duration, Instant};

use livekit_protocol::TrackSource;
use onstage_sim::Fault;
use onstage_sim::api::{Person, SignUp};
use onstage_sim::media::Film;
use onstage_sim::rtc::{Report, RtcClient};
use serde_json::json;

use crate::process::Server;
use crate::table::{self, real};
use crate::{Measured, floor};

/// How long packets are counted.
const WINDOW: Duration = Duration::from_secs(6);
/// How long after the last viewer came the counting begins.
const SETTLE: Duration = Duration::from_secs(1);
/// Time for every viewer to see something.
const SEEN_WITHIN: Duration = Duration::from_secs(60);

/// A session with one host, who can show a film of seven packets a picture, thirty pictures a second.
pub(crate) struct Show {
    pub(crate) host: Person,
    pub(crate) session: String,
    client: RtcClient,
}

impl Show {
    pub(crate) async fn open(server: &Server) -> Result<Self, Fault> {
        let host = server.door.sign_up(SignUp {
            handle: "bench_host",
            display_name: "Host",
            password: "a password for the bench",
            setup_code: None,
        });
        let host = host.await?;
        let session = host.start_session("Bench", "camera", json!({})).await?;
        let client = RtcClient::join(host.join(&session).await?.media_options()?).await?;
        Ok(Self { host, session, client })
    }

    /// Shows the film from now on.
    pub(crate) async fn begin_film(&self) -> Result<(), Fault> {
        self.client.publish(Some(Film::marked(&[(640, 360, 7_500)], 30, 60)), None).await?;
        self.client.wait("sending", SEEN_WITHIN, |report| (report.packets_sent > 100).then_some(())).await
    }

    /// Somebody without an account who watches.
    pub(crate) async fn watch(&self, server: &Server) -> Result<RtcClient, Fault> {
        let person = server.door.anonymous("Viewer").await?;
        RtcClient::join(person.join(&self.session).await?.media_options()?).await
    }

    pub(crate) fn camera<'a>(&self, report: &'a Report) -> Option<&'a onstage_sim::rtc::TrackWatch> {
        report.watch_of(&self.host.id, TrackSource::Camera)
    }

    pub(crate) async fn close(self) {
        // The server ends next, whatever is said here.
        let _ended = self.host.end(&self.session).await;
        let _left = self.client.leave().await;
    }
}

pub(crate) async fn measure(server: &Server, show: &Show, count: usize) -> Measured {
    let before_mib = server.resident_mib()?;
    let mut viewers = Vec::with_capacity(count);
    for _ in 0..count {
        viewers.push(show.watch(server).await?);
    }
    for viewer in &viewers {
        let seen = |report: &Report| show.camera(report).filter(|watch| watch.pictures > 0).map(|_| ());
        viewer.wait("a first picture", SEEN_WITHIN, seen).await?;
    }
    let memory_mib = server.resident_mib()? - before_mib;
    tokio::time::sleep(SETTLE).await;

    let (packets, cpu, began) = (received(&viewers), server.cpu_s()?, Instant::now());
    tokio::time::sleep(WINDOW).await;
    let (packets, cpu) = (received(&viewers).saturating_sub(packets), server.cpu_s()? - cpu);
    let seconds = began.elapsed().as_secs_f64();
    let missing: u64 = viewers
        .iter()
        .map(|viewer| viewer.look(|report| show.camera(report).map_or(0, |w| w.missing())))
        .sum();
    for viewer in viewers {
        viewer.leave().await?;
    }

    let floor = floor::seal_and_send(count).await?;
    let figure = real(packets) / cpu.max(0.01);
    let name = "packets per CPU-second of the server process";
    table::line(
        name,
        &format!("{:.1} k", figure / 1e3),
        Some((&format!("{:.1} k", floor / 1e3), figure / floor)),
    );
    let (own, least) = (1e6 / figure, 1e6 / floor);
    table::line("CPU a packet", &format!("{own:.2} µs"), Some((&format!("{least:.2} µs"), own / least)));
    table::line("packets that arrived", &format!("{:.0}/s", real(packets) / seconds), None);
    table::line("packets that never came", &missing.to_string(), None);
    let each = memory_mib * 1024.0 / real(u64::try_from(count)?);
    table::line("server memory a viewer", &format!("{each:.0} KiB"), None);
    Ok(())
}

fn received(viewers: &[RtcClient]) -> u64 {
    viewers.iter().map(|viewer| viewer.look(Report::packets_received)).sum()
}
