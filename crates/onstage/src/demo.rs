//! `onstage demo`: the server, and a show on it whose people are all synthetic.

use std::time::Duration;

use clap::Args;
use onstage_sim::demo::{Demo, DemoConfig};
use tokio::sync::oneshot;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::cli::say;
use crate::serve::Running;
use crate::settings::Settings;
use crate::tasks::spawn_named;

/// How long the people of the show may take to say goodbye.
const GOODBYE_WAIT: Duration = Duration::from_secs(3);

/// What kind of show.
#[derive(Args, Clone, Debug)]
pub(crate) struct Wishes {
    /// People who watch, write and react
    #[arg(long, default_value_t = 12, value_name = "PEOPLE")]
    viewers: usize,
    /// A session of yours: everybody asks to go up there, and you let them in; without it a synthetic host opens one
    #[arg(long, value_name = "SESSION")]
    session: Option<String>,
}

/// Serves and plays until a signal comes.
pub(crate) async fn run(settings: Settings, wishes: Wishes) -> Result<(), String> {
    // Twenty people come from one address, and the limits are made against exactly that.
    let settings = Settings { limits_enabled: false, ..settings };
    let mut running = Running::start(&settings).await?;
    running.announce(&settings).await;
    let setup_code = running.setup_code().await;
    let stop = CancellationToken::new();
    let viewers = wishes.viewers.min(onstage_sim::demo::VIEWERS_MAX);
    let config = DemoConfig {
        setup_code,
        session: wishes.session,
        viewers,
        ..DemoConfig::new(&running.local_url, stop.clone())
    };
    let (done, ended) = oneshot::channel::<()>();
    let url = running.house.url.clone();
    spawn_named("demo", async move {
        let ending = play(config, &url).await;
        tracing::info!("the show is over: {ending}");
        drop(done);
    });
    let result = running.asked_to_stop().await;
    stop.cancel();
    let _the_show_may_hang = timeout(GOODBYE_WAIT, ended).await;
    running.shut_down(result).await
}

/// Plays to the end; says how it ended.
async fn play(config: DemoConfig, url: &str) -> String {
    let demo = match Demo::open(config).await {
        Ok(demo) => demo,
        Err(fault) => return format!("it could not begin: {fault}"),
    };
    say(format_args!("The show is at {url}/s/{}", demo.session()));
    demo.play().await.map_or_else(|fault| format!("it broke off: {fault}"), |played| format!("{played:?}"))
}
