//! `onstage demo`: the server, and a show on it whose people are all synthetic, with a host's chair for whoever opens the
//! one address it prints.

mod entrance;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use clap::Args;
use onstage_sim::demo::{Demo, DemoConfig};
use tokio::sync::oneshot;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use crate::cli::say;
use crate::serve::Running;
use crate::settings::Settings;
use crate::tasks::spawn_named;
use entrance::{Entrance, Tonight};

/// How long the people of the show may take to say goodbye.
const GOODBYE_WAIT: Duration = Duration::from_secs(3);
/// From the end of one show to the beginning of the next.
const BETWEEN_SHOWS: Duration = Duration::from_secs(4);

/// What kind of show.
#[derive(Args, Clone, Debug)]
pub(crate) struct Wishes {
    /// People who watch, write and react
    #[arg(long, default_value_t = 50, value_name = "PEOPLE")]
    viewers: usize,
    /// A session of yours: everybody asks to go up there, and you let them in; without it a show of its own is played
    #[arg(long, value_name = "SESSION")]
    session: Option<String>,
}

/// Serves and plays until a signal comes.
pub(crate) async fn run(settings: Settings, wishes: Wishes) -> Result<(), String> {
    let settings = apart(settings, wishes.session.is_some())?;
    let entrance = Arc::new(Entrance::new());
    let (offered, doors) = (wishes.session.is_none(), Arc::clone(&entrance));
    let more = move |house| if offered { doors.router(house) } else { axum::Router::new() };
    let mut running = Running::start_with(&settings, more).await?;
    let setup_code = running.setup_code().await;
    let stop = CancellationToken::new();
    let config = DemoConfig {
        setup_code,
        session: wishes.session,
        visited: Arc::clone(&entrance.visited),
        viewers: wishes.viewers.min(onstage_sim::demo::VIEWERS_MAX),
        ..DemoConfig::new(&running.local_url, stop.clone())
    };
    let (done, ended) = oneshot::channel::<()>();
    let url = running.house.url.clone();
    spawn_named("demo", async move {
        play_again_and_again(config, &entrance, &url).await;
        drop(done);
    });
    let result = running.asked_to_stop().await;
    stop.cancel();
    let _the_show_may_hang = timeout(GOODBYE_WAIT, ended).await;
    running.shut_down(result).await
}

/// Everybody comes from one address, and the limits are made against exactly that. The demo has data of its own: its people
/// are nobody's accounts, and the first account of an installation stays free for its operator.
fn apart(settings: Settings, in_visitors_session: bool) -> Result<Settings, String> {
    let settings = Settings { limits_enabled: false, ..settings };
    let own = default_database(&settings.data_dir);
    if in_visitors_session || settings.database_url != own {
        return Ok(settings);
    }
    let data_dir = settings.data_dir.join("demo");
    let database = data_dir.join("onstage.db");
    for ending in ["", "-wal", "-shm"] {
        let file = format!("{}{ending}", database.display());
        match std::fs::remove_file(&file) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(format!("the last demo's {file} cannot be removed: {error}"));
            }
            Ok(()) | Err(_) => {}
        }
    }
    Ok(Settings { database_url: default_database(&data_dir), data_dir, ..settings })
}

fn default_database(folder: &Path) -> String {
    format!("sqlite://{}", folder.join("onstage.db").display())
}

/// A show that its host has ended makes room for the next one; a visitor's own session is played once.
async fn play_again_and_again(config: DemoConfig, entrance: &Entrance, url: &str) {
    let once = config.session.is_some();
    let mut config = config;
    let mut first = true;
    while !config.stop.is_cancelled() {
        let ending = play(config.clone(), entrance, url, first).await;
        tracing::info!("the show is over: {ending}");
        if once {
            return;
        }
        first = false;
        config.setup_code = None;
        tokio::select! {
            () = sleep(BETWEEN_SHOWS) => {}
            () = config.stop.cancelled() => {}
        }
    }
}

/// Plays to the end; says how it ended.
async fn play(config: DemoConfig, entrance: &Entrance, url: &str, first: bool) -> String {
    config.visited.store(false, Ordering::Relaxed);
    let demo = match Demo::open(config).await {
        Ok(demo) => demo,
        Err(fault) => return format!("it could not begin: {fault}"),
    };
    if let Some(host) = demo.host() {
        entrance.open(Tonight { session: demo.session().to_owned(), host: host.clone() });
    }
    if first {
        say(match demo.host() {
            Some(_) => format!("The show is at {url}{} · open it to be its host", entrance.path()),
            None => format!("The cast asks to go up at {url}/s/{}", demo.session()),
        });
    }
    let ending = demo.play().await;
    entrance.close();
    ending.map_or_else(|fault| format!("it broke off: {fault}"), |played| format!("{played:?}"))
}
