//! One film to many viewers: packets that arrive, per CPU-second of the server.

use std::sync::Arc;
use std::time::{Duration, Instant};

use livekit_protocol::TrackSource;
use onstage_sim::Fault;
use onstage_sim::api::{Person, SignUp};
use onstage_sim::media::Film;
use onstage_sim::rtc::{Options, Report, RtcClient, Sink};
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
    async fn watch_through(&self, server: &Server, sink: Option<Arc<Sink>>) -> Result<RtcClient, Fault> {
        let person = server.door.anonymous("Viewer").await?;
        let options = person.join(&self.session).await?.media_options()?;
        RtcClient::join(Options { sink, ..options }).await
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

/// Viewers who stay from one section to the next.
#[derive(Default)]
pub(crate) struct Watchers {
    viewers: Vec<RtcClient>,
    /// Viewers who do not look at what comes: they are counted together.
    sunk: Vec<RtcClient>,
    sink: Arc<Sink>,
    resident_mib: Option<(usize, f64)>,
}

/// So many are whole receivers; who comes on top counts and reads, but does not decrypt.
const WHOLE_VIEWERS: usize = 200;
/// One of so many datagrams is lost on the way to a whole receiver, and asked for again.
const LOSES_ONE_OF: u64 = 100;

impl Watchers {
    fn len(&self) -> usize {
        self.viewers.len().saturating_add(self.sunk.len())
    }

    async fn grow(&mut self, (server, show): (&Server, &Show), count: usize) -> Measured {
        self.sink.lose_one_of(0);
        let losing = Arc::new(Sink::default());
        losing.lose_one_of(LOSES_ONE_OF);
        while self.len() < count {
            let is_whole = self.len() < WHOLE_VIEWERS;
            let sink = if is_whole { &losing } else { &self.sink };
            let viewer = show.watch_through(server, Some(Arc::clone(sink))).await?;
            let seen = |report: &Report| show.camera(report).filter(|watch| watch.pictures > 0).map(|_| ());
            viewer.wait("a first picture", SEEN_WITHIN, seen).await?;
            if is_whole { &mut self.viewers } else { &mut self.sunk }.push(viewer);
        }
        if count > WHOLE_VIEWERS {
            self.sink.take_all();
        }
        Ok(())
    }

    /// Media datagrams that came to all of them; of the whole ones without what was lost.
    fn received(&self) -> u64 {
        let whole: u64 = self.viewers.iter().map(|viewer| viewer.look(Report::packets_received)).sum();
        whole.saturating_add(self.sink.media())
    }

    pub(crate) async fn leave(self) -> Measured {
        for viewer in self.viewers.into_iter().chain(self.sunk) {
            viewer.leave().await?;
        }
        Ok(())
    }
}

pub(crate) async fn measure(place: (&Server, &Show), watchers: &mut Watchers, count: usize) -> Measured {
    let server = place.0;
    let (least, least_run) = (floor::seal_and_send(count, 1).await?, floor::seal_and_send(count, 3).await?);
    let before = match watchers.resident_mib {
        Some(before) => before,
        None => (watchers.len(), server.resident_mib()?),
    };
    watchers.grow(place, count).await?;
    let resident_mib = server.resident_mib()?;
    watchers.resident_mib = Some((count, resident_mib));
    tokio::time::sleep(SETTLE).await;

    let (packets, cpu, thread, began) =
        (watchers.received(), server.cpu_s()?, server.thread_cpu_s("media-0")?, Instant::now());
    tokio::time::sleep(WINDOW).await;
    let packets = watchers.received().saturating_sub(packets);
    let (cpu, thread) = (server.cpu_s()? - cpu, server.thread_cpu_s("media-0")? - thread);
    let seconds = began.elapsed().as_secs_f64();

    let lines = [("the server process", cpu), ("the shard's thread", thread)];
    for (whose, cpu) in lines {
        let figure = real(packets) / cpu.max(0.01);
        let name = format!("packets per CPU-second of {whose}");
        let floor = format!("{:.1} k", least / 1e3);
        table::line(&name, &format!("{:.1} k", figure / 1e3), Some((&floor, figure / least)));
    }
    let own = cpu * 1e6 / real(packets).max(1.0);
    let floor_us = format!("{:.2} µs", 1e6 / least);
    table::line("CPU a packet", &format!("{own:.2} µs"), Some((&floor_us, own * least / 1e6)));
    let in_runs = format!("{:.1} k", least_run / 1e3);
    table::line("floor in runs of three (UDP_SEGMENT)", &in_runs, None);
    table::line("packets that arrived", &format!("{:.0}/s", real(packets) / seconds), None);
    let more = real(u64::try_from(count.saturating_sub(before.0)).unwrap_or(1)).max(1.0);
    let each = (resident_mib - before.1) * 1024.0 / more;
    table::line("server memory of one viewer more", &format!("{each:.0} KiB"), None);
    Ok(())
}
