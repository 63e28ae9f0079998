//! `onstage serve`: listens, answers, and goes down in order.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum_server::Handle;
use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};
use hyper_util::rt::TokioTimer;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::signal::unix::{SignalKind, signal};

use crate::cli::say;
use crate::house::House;
use crate::meters::Meters;
use crate::secrets;
use crate::serve::prompt::Prompt;
use crate::settings::{Settings, Tls};
use crate::tasks::spawn_named;

/// Browsers give cameras to pages of this machine, and to pages with TLS.
const NO_CAMERAS: &str = " · other devices cannot use cameras without TLS (server.tls = files)";
/// How long open calls may take once the server is told to stop.
const DRAIN_WAIT: Duration = Duration::from_secs(5);
/// Time for the headers of a call; who sends them drop by drop, or none on an open connection, frees its socket. Longer than
/// proxies keep an idle connection (a minute), so that it is them who close it.
const HEADERS_WAIT: Duration = Duration::from_secs(75);

/// Serves until a signal comes.
pub(crate) async fn run(settings: Settings) -> Result<(), String> {
    raise_open_files();
    let mut running = Running::start(&settings).await?;
    running.announce(&settings).await;
    let result = running.asked_to_stop().await;
    running.shut_down(result).await
}

/// A server that answers.
pub(crate) struct Running {
    pub(crate) house: Arc<House>,
    /// The address as this machine reaches it, whatever name the world uses.
    pub(crate) local_url: String,
    handle: Handle<SocketAddr>,
    ended: tokio::sync::oneshot::Receiver<Result<(), String>>,
}

impl Running {
    /// Binds first, so that early callers wait instead of being refused.
    pub(crate) async fn start(settings: &Settings) -> Result<Self, String> {
        Self::start_with(settings, |_house| Router::new()).await
    }

    /// The same, with some addresses more.
    pub(crate) async fn start_with(
        settings: &Settings,
        more: impl FnOnce(Arc<House>) -> Router,
    ) -> Result<Self, String> {
        let meters = settings.metrics_listen.map(|listen| Meters::begin(bind(listen)?)).transpose()?;
        secrets::prepare_folder(&settings.data_dir)?;
        let listener = bind(settings.listen)?;
        let bound = listener.local_addr().map_err(|error| error.to_string())?;
        let house = Arc::new(House::start(settings, bound).await?);
        if let Some(meters) = meters {
            meters.serve(Arc::clone(&house));
        }
        let handle = Handle::new();
        let (done, ended) = tokio::sync::oneshot::channel();
        let router = house.router().merge(more(Arc::clone(&house)));
        let serving = serve(listener, settings.tls.clone(), router, handle.clone(), HEADERS_WAIT);
        spawn_named("http", async move {
            // The other end is only gone when the process ends.
            let _ = done.send(serving.await);
        });
        let local_url = Settings { public_url: None, ..settings.clone() }.url_at(bound);
        Ok(Self { house, local_url, handle, ended })
    }

    /// The one line that says where it is and who can use it.
    pub(crate) async fn announce(&self, settings: &Settings) {
        let url = &self.house.url;
        let hint = if url.starts_with("https://") { "" } else { NO_CAMERAS };
        let is_elsewhere = settings.public_url.is_none() && *url != self.local_url;
        let here =
            if is_elsewhere { format!(" · on this machine {}", self.local_url) } else { String::new() };
        say(format_args!("Onstage is live at {url}{here}{hint}"));
        if !settings.limits_enabled {
            tracing::warn!("limits.enabled = false: rate limits are off, for load tests only");
        }
        if let Some(code) = self.setup_code().await {
            say(format_args!("Set-up code for the first operator's account: {code}"));
        }
    }

    /// The code that makes the first operator, where one is needed.
    pub(crate) async fn setup_code(&self) -> Option<String> {
        self.house.server.setup_code().await.unwrap_or_else(|fault| {
            tracing::warn!(%fault, "the set-up code could not be read");
            None
        })
    }

    /// Waits for a signal or the end of the listener.
    pub(crate) async fn asked_to_stop(&mut self) -> Result<(), String> {
        tokio::select! {
            () = asked_to_stop() => Ok(()),
            ended = &mut self.ended => ended.unwrap_or_else(|_| Err("the listener's task ended".to_owned())),
        }
    }

    /// Drains and closes; `result` is why.
    pub(crate) async fn shut_down(self, result: Result<(), String>) -> Result<(), String> {
        tracing::info!("going down");
        self.house.drain().await;
        self.handle.graceful_shutdown(Some(DRAIN_WAIT));
        if result.is_ok() {
            let _served = self.ended.await;
        }
        self.house.server.close().await.map_err(|fault| format!("the database was not closed: {fault}"))?;
        result
    }
}

/// A shell grants 1,024 open files where the system allows many more; every viewer needs two.
fn raise_open_files() {
    let limit = getrlimit(Resource::Nofile);
    let wanted = Rlimit { current: limit.maximum, maximum: limit.maximum };
    if let Err(error) = setrlimit(Resource::Nofile, wanted) {
        tracing::warn!(%error, "the limit of open files stays as it is: see `onstage doctor`");
    }
}

fn bind(address: SocketAddr) -> Result<TcpListener, String> {
    let listener =
        TcpListener::bind(address).map_err(|error| format!("cannot listen on {address}: {error}"))?;
    listener.set_nonblocking(true).map_err(|error| error.to_string())?;
    Ok(listener)
}

async fn serve(
    listener: TcpListener,
    tls: Tls,
    router: Router,
    handle: Handle<SocketAddr>,
    headers_wait: Duration,
) -> Result<(), String> {
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let failed = |error: std::io::Error| format!("the listener failed: {error}");
    let mut server = axum_server::from_tcp(listener).map_err(failed)?.handle(handle);
    server.http_builder().http1().timer(TokioTimer::new()).header_read_timeout(headers_wait);
    match tls {
        Tls::Off => server.acceptor(Prompt(headers_wait)).serve(service).await.map_err(failed),
        Tls::Files { certificate, key } => {
            let config = RustlsConfig::from_pem_file(&certificate, &key).await.map_err(|error| {
                format!("server.tls_certificate or server.tls_key cannot be used: {error}")
            })?;
            let acceptor = RustlsAcceptor::new(config).acceptor(Prompt(headers_wait));
            server.acceptor(acceptor).serve(service).await.map_err(failed)
        }
    }
}

/// SIGTERM from a service manager, SIGINT from a keyboard.
async fn asked_to_stop() {
    let (Ok(mut term), Ok(mut int)) = (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
    else {
        tracing::warn!("signals cannot be heard; the process has to be killed");
        return std::future::pending().await;
    };
    tokio::select! {
        _ = term.recv() => {}
        _ = int.recv() => {}
    }
}

mod prompt;
#[cfg(test)]
mod tests;
