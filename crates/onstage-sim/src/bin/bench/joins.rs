//! How long a viewer waits for a picture.

use std::time::{Duration, Instant};

use onstage_sim::rtc::{Options, Report, RtcClient};

use crate::Measured;
use crate::forward::Show;
use crate::process::Server;
use crate::table::{self, ms, percentile};

const JOINS: u32 = 60;
const AT_ONCE: u32 = 200;
/// One network round trip on loopback is nothing; what is left is work, so the floor is one more HTTP request.
const SEEN_WITHIN: Duration = Duration::from_secs(10);

/// The two layouts of LiveKit's clients.
pub(crate) const LAYOUTS: [(&str, bool); 2] =
    [("v0, the server offers", false), ("v1, the client offers everything", true)];

pub(crate) async fn measure(server: &Server, show: &Show, is_single: bool) -> Measured {
    let (mut pictures, mut requests) = (Vec::new(), Vec::new());
    let mut cpu_s = 0.0;
    for _ in 0..JOINS {
        let person = server.door.anonymous("Viewer").await?;
        let began = Instant::now();
        let options = Options { is_single, ..person.join(&show.session).await?.media_options()? };
        requests.push(began.elapsed());
        let cpu = server.cpu_s()?;
        let began = Instant::now();
        let viewer = RtcClient::join(options).await?;
        let seen = |report: &Report| show.camera(report)?.first_picture_at;
        let at = viewer.wait("a first picture", SEEN_WITHIN, seen).await?;
        cpu_s += server.cpu_s()? - cpu;
        pictures.push(at.saturating_duration_since(began));
        viewer.leave().await?;
    }
    for per_cent in [50, 99] {
        let (picture, request) = (percentile(&mut pictures, per_cent), percentile(&mut requests, per_cent));
        let ratio = picture.as_secs_f64() / request.as_secs_f64().max(1e-9);
        let name = format!("p{per_cent} (floor: POST …/join alone)");
        table::line(&name, &ms(picture), Some((&ms(request), ratio)));
    }
    let each = format!("{:.2} ms", cpu_s * 1e3 / f64::from(JOINS));
    table::line("server CPU from connect to picture", &each, None);
    Ok(())
}

/// Many come at once: each one's wait, and when the last one saw something.
pub(crate) async fn at_once(server: &Server, show: &Show, is_single: bool) -> Measured {
    let mut options = Vec::new();
    for _ in 0..AT_ONCE {
        let person = server.door.anonymous("Viewer").await?;
        let joined = person.join(&show.session).await?.media_options()?;
        options.push(Options { is_single, ..joined });
    }
    let (began, cpu) = (Instant::now(), server.cpu_s()?);
    let coming = options.into_iter().map(|options| async move {
        let viewer = RtcClient::join(options).await?;
        let seen = |report: &Report| show.camera(report)?.first_picture_at;
        let at = viewer.wait("a first picture", SEEN_WITHIN, seen).await?;
        Ok::<_, onstage_sim::Fault>((viewer, at))
    });
    let mut waits = Vec::new();
    let mut viewers = Vec::new();
    for came in futures_util::future::join_all(coming).await {
        let (viewer, at) = came?;
        waits.push(at.saturating_duration_since(began));
        viewers.push(viewer);
    }
    let cpu_ms = (server.cpu_s()? - cpu) * 1e3 / f64::from(AT_ONCE);
    for viewer in viewers {
        viewer.leave().await?;
    }
    for (per_cent, name) in [(50, "p50"), (99, "p99"), (100, "the last one (bots share the cores)")] {
        table::line(name, &ms(percentile(&mut waits, per_cent)), None);
    }
    table::line("server CPU of one of them", &format!("{cpu_ms:.2} ms"), None);
    Ok(())
}
