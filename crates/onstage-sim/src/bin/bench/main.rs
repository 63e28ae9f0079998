//! `make bench`: figures of the running server, each beside a floor measured in the same run; judges nothing.

#![expect(clippy::print_stdout, reason = "a program for people at a terminal")]

mod crowd;
mod endpoints;
mod fan_out;
mod floor;
mod forward;
mod joins;
mod networks;
mod process;
mod shard;
mod table;

use std::path::PathBuf;
use std::process::ExitCode;

use process::{Server, machine};

/// The server's allocator, so that the shard alone is measured as it runs.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What every section returns; its text is printed in place of its lines.
type Measured = Result<(), Box<dyn std::error::Error + Send + Sync>>;

#[tokio::main]
async fn main() -> ExitCode {
    let wanted = match Wanted::read(std::env::args().skip(1)) {
        Ok(wanted) => wanted,
        Err(reason) => {
            println!("bench: {reason}");
            return ExitCode::FAILURE;
        }
    };
    process::raise_open_files();
    println!("onstage bench · commit {} · {}", process::commit(), machine());
    println!("server {}", wanted.server.display());
    table::head();
    let measured = measure_all(&wanted).await;
    println!("load at the end: {}", process::load());
    match measured {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            println!("bench: {reason}");
            ExitCode::FAILURE
        }
    }
}

/// A section that fails says so, and the next one goes on.
async fn measure_all(wanted: &Wanted) -> Measured {
    if wanted.part("networks") {
        said(networks::measure());
    }
    if wanted.part("shard") {
        said(shard::measure());
    }
    if wanted.part("server") {
        of_the_server(wanted).await?;
    }
    if wanted.part("media") {
        // On a server each: what those leave behind who come and go is no part of what those take who stay.
        of_joins(wanted).await?;
        of_crowds(wanted).await?;
    }
    Ok(())
}

async fn of_the_server(wanted: &Wanted) -> Measured {
    let server = &Server::start(&wanted.server).await?;
    let show = &forward::Show::open(server).await?;
    table::section("start-up and rest");
    table::line(
        "spawn → /readyz 200, new database",
        &format!("{:.0} ms", server.started_in.as_secs_f64() * 1e3),
        None,
    );
    process::rest(server).await?;
    table::section("endpoints, one request after the other (floor: the first of them)");
    said(endpoints::measure(server, show).await);
    said(fan_out::measure(&wanted.server).await);
    Ok(())
}

async fn of_joins(wanted: &Wanted) -> Measured {
    let server = &Server::start(&wanted.server).await?;
    let show = &forward::Show::open(server).await?;
    show.begin_film().await?;
    for (layout, is_single) in joins::LAYOUTS {
        table::section(&format!(
            "join → first picture (WebSocket connect → first whole key frame), one after the other; {layout}"
        ));
        said(joins::measure(server, show, is_single).await);
        table::section(&format!("200 viewers come at once; {layout}"));
        said(joins::at_once(server, show, is_single).await);
    }
    Ok(())
}

async fn of_crowds(wanted: &Wanted) -> Measured {
    let server = &Server::start(&wanted.server).await?;
    let show = &forward::Show::open(server).await?;
    show.begin_film().await?;
    let mut crowd = forward::Watchers::default();
    for viewers in [10, 200, 1_000] {
        table::section(&format!(
            "one video of about 210 packets/s to {viewers} viewers, the way to none of them estimated here"
        ));
        said(forward::measure((server, show), &mut crowd, viewers).await);
    }
    crowd.leave().await
}

fn said(measured: Measured) {
    if let Err(reason) = measured {
        table::note(&format!("not measured: {reason}"));
    }
}

/// What is to be measured, of which server.
struct Wanted {
    server: PathBuf,
    parts: Vec<String>,
}

impl Wanted {
    /// The parts that `--only` can name; without it all are measured.
    const PARTS: [&str; 4] = ["networks", "shard", "server", "media"];

    /// `--server PATH` (else the `onstage` beside this program, built first when cargo started us) and `--only PART`.
    fn read(mut arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let (mut server, mut parts) = (None, Vec::new());
        while let Some(argument) = arguments.next() {
            let value = arguments.next().ok_or_else(|| format!("{argument} of what?"))?;
            match argument.as_str() {
                "--server" => server = Some(PathBuf::from(value)),
                "--only" if Self::PARTS.contains(&value.as_str()) => parts.push(value),
                _ => return Err(format!("there is only --server PATH and --only {}", Self::PARTS.join("|"))),
            }
        }
        let server = server.map_or_else(server_binary, Ok)?;
        Ok(Self { server, parts })
    }

    fn part(&self, name: &str) -> bool {
        self.parts.is_empty() || self.parts.iter().any(|part| part == name)
    }
}

fn server_binary() -> Result<PathBuf, String> {
    process::build_server()?;
    let own = std::env::current_exe().map_err(|error| error.to_string())?;
    let beside = own.with_file_name("onstage");
    if beside.exists() { Ok(beside) } else { Err(format!("there is no {}", beside.display())) }
}
