//! The server in its own process, and what the system knows of it: CPU, memory, load.

use std::net::{TcpListener, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use onstage_sim::api::Door;

use crate::Measured;
use crate::table::{self, real};

/// Clock ticks of `/proc/<pid>/stat` in one second (fixed in Linux' interface).
const TICKS_PER_S: f64 = 100.0;
/// Time for the server to be ready.
const READY_WITHIN: Duration = Duration::from_secs(20);
/// How long the server is watched doing nothing.
const REST: Duration = Duration::from_secs(4);

/// Servers of this run: each has a folder of its own.
static STARTED: AtomicU32 = AtomicU32::new(0);

pub(crate) struct Server {
    child: Child,
    folder: PathBuf,
    pub(crate) door: Door,
    pub(crate) started_in: Duration,
}

impl Server {
    /// Starts the binary on free ports of loopback with a new database.
    pub(crate) async fn start(binary: &Path) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        let number = STARTED.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("onstage-bench-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&folder)?;
        let listen = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let udp = UdpSocket::bind("127.0.0.1:0")?.local_addr()?.port();
        let began = Instant::now();
        let child = Command::new(binary)
            .arg("serve")
            .current_dir(&folder)
            .env("ONSTAGE_DATA_DIR", &folder)
            .env("ONSTAGE_SERVER_LISTEN", listen.to_string())
            .env("ONSTAGE_MEDIA_UDP_PORT", udp.to_string())
            .env("ONSTAGE_MEDIA_SHARDS", "1")
            .env("ONSTAGE_LIMITS_ENABLED", "false")
            .env("RUST_LOG", "warn")
            .stdout(Stdio::null())
            .stderr(std::fs::File::create(folder.join("log"))?)
            .spawn()?;
        let door = Door::new(&format!("http://{listen}"))?;
        let mut server = Self { child, folder, door, started_in: Duration::ZERO };
        while !server.door.is_ready().await {
            if began.elapsed() > READY_WITHIN || server.child.try_wait()?.is_some() {
                return Err(server.last_words().into());
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        server.started_in = began.elapsed();
        Ok(server)
    }

    fn last_words(&self) -> String {
        let log = std::fs::read_to_string(self.folder.join("log")).unwrap_or_default();
        format!("the server did not become ready: {}", log.lines().last().unwrap_or("it said nothing"))
    }

    /// CPU seconds of the process so far, user and system, in steps of 10 ms.
    pub(crate) fn cpu_s(&self) -> std::io::Result<f64> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        // The name in brackets may hold spaces; what follows it does not.
        let fields = stat.rsplit_once(')').map(|(_, rest)| rest).unwrap_or_default();
        let ticks = fields.split_whitespace().skip(11).take(2).filter_map(|field| field.parse::<u64>().ok());
        Ok(real(ticks.sum()) / TICKS_PER_S)
    }

    /// CPU seconds of the threads of this name, to the nanosecond.
    pub(crate) fn thread_cpu_s(&self, name: &str) -> std::io::Result<f64> {
        let mut nanoseconds = 0_u64;
        for task in std::fs::read_dir(format!("/proc/{}/task", self.child.id()))? {
            let task = task?.path();
            if std::fs::read_to_string(task.join("comm"))?.trim() == name {
                let stat = std::fs::read_to_string(task.join("schedstat"))?;
                let spent = stat.split_whitespace().next().and_then(|spent| spent.parse::<u64>().ok());
                nanoseconds = nanoseconds.saturating_add(spent.unwrap_or_default());
            }
        }
        Ok(real(nanoseconds) / 1e9)
    }

    fn resident_kib(&self) -> std::io::Result<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
        Ok(line.split_whitespace().next().and_then(|kib| kib.parse().ok()).unwrap_or_default())
    }

    /// Resident memory in MiB.
    pub(crate) fn resident_mib(&self) -> std::io::Result<f64> {
        Ok(real(self.resident_kib()?) / 1024.0)
    }

    /// Ends the server and removes its data.
    pub(crate) fn stop(&mut self) {
        // A process that is gone already needs no killing; a folder that stays is in the temporary place.
        let _killed = self.child.kill();
        let _waited = self.child.wait();
        let _removed = std::fs::remove_dir_all(&self.folder);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Memory and CPU of a server with nobody in it.
pub(crate) async fn rest(server: &Server) -> Measured {
    let before = server.cpu_s()?;
    tokio::time::sleep(REST).await;
    let cpu = (server.cpu_s()? - before) / REST.as_secs_f64() * 100.0;
    table::line("idle memory, resident", &format!("{:.1} MiB", server.resident_mib()?), None);
    table::line("idle CPU", &format!("{cpu:.2} % of a core"), None);
    Ok(())
}

/// Builds the server when cargo started this program, so that `make bench` measures what is there.
pub(crate) fn build_server() -> Result<(), String> {
    let Some(cargo) = std::env::var_os("CARGO") else { return Ok(()) };
    let mut build = Command::new(cargo);
    build.args(["build", "--quiet", "--package", "onstage"]);
    if !cfg!(debug_assertions) {
        build.arg("--release");
    }
    match build.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("the server does not build ({status})")),
        Err(error) => Err(format!("cargo does not run: {error}")),
    }
}

/// As many open files as the system allows: a thousand sockets need them on both sides.
pub(crate) fn raise_open_files() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    // Refused, the section with a thousand sockets says so.
    let _raised = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum });
}

/// The commit that is checked out.
pub(crate) fn commit() -> String {
    let said = Command::new("git").args(["describe", "--always", "--dirty"]).output();
    let said = said.ok().filter(|output| output.status.success());
    said.map_or_else(
        || "unknown".to_owned(),
        |output| String::from_utf8_lossy(&output.stdout).trim().to_owned(),
    )
}

/// Cores and load.
pub(crate) fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    format!("{cores} cores · load {}", load())
}

/// The load averages of 1, 5 and 15 minutes.
pub(crate) fn load() -> String {
    let averages = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    averages.split_whitespace().take(3).collect::<Vec<_>>().join(" ")
}

/// CPU time of this thread, in nanoseconds.
pub(crate) fn thread_cpu() -> Duration {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    Duration::from_nanos(stat.split_whitespace().next().and_then(|ns| ns.parse().ok()).unwrap_or_default())
}
