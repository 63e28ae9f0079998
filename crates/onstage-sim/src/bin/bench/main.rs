//! `make bench`: figures of the running server, each beside a floor measured in the same run; judges nothing.

#![expect(clippy::print_stdout, reason = "a program for people at a terminal")]

mod crowd;
mod endpoints;
mod fan_out;
mod floor;
mod forward;
mod joins;
mod process;
mod table;

use std::path::PathBuf;
use std::process::ExitCode;

use process::{Server, machine};

/// What every section returns; its text is printed in place of its lines.
type Measured = Result<(), Box<dyn std::error::Error + Send + Sync>>;

#[tokio::main]
async fn main() -> ExitCode {
    let binary = match server_binary() {
        Ok(binary) => binary,
        Err(reason) => {
            println!("bench: {reason}");
            return ExitCode::FAILURE;
        }
    };
    process::raise_open_files();
    println!("onstage bench · commit {} · {}", process::commit(), machine());
    println!("server {}", binary.display());
    table::head();
    let measured = measure_all(&binary).await;
    println!("load at the end: {}", process::load());
    match measured {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            println!("bench: {reason}");
            ExitCode::FAILURE
        }
    }
}

/// The server starts once and serves every section; a section that fails says so and the next one goes on.
async fn measure_all(binary: &std::path::Path) -> Measured {
    let mut server = Server::start(binary).await?;
    table::section("start-up and rest");
    table::line(
        "spawn → /readyz 200, new database",
        &format!("{:.0} ms", server.started_in.as_secs_f64() * 1e3),
        None,
    );
    process::rest(&server).await?;
    let show = forward::Show::open(&server).await?;
    table::section("endpoints, one request after the other (floor: the first of them)");
    said(endpoints::measure(&server, &show).await);
    said(fan_out::measure(binary).await);
    show.begin_film().await?;
    table::section(
        "join → first picture (WebSocket connect → first whole key frame), one viewer after the other",
    );
    said(joins::measure(&server, &show).await);
    for viewers in [10, 200] {
        table::section(&format!("one video of about 210 packets/s to {viewers} viewers"));
        said(forward::measure(&server, &show, viewers).await);
    }
    show.close().await;
    server.stop();
    Ok(())
}

fn said(measured: Measured) {
    if let Err(reason) = measured {
        table::note(&format!("not measured: {reason}"));
    }
}

/// `--server PATH`, or the `onstage` beside this program, built first when cargo started us.
fn server_binary() -> Result<PathBuf, String> {
    let mut arguments = std::env::args().skip(1);
    if let Some(argument) = arguments.next() {
        let path = arguments.next().filter(|_| argument == "--server");
        return path.map(PathBuf::from).ok_or_else(|| "there is only --server PATH".to_owned());
    }
    process::build_server()?;
    let own = std::env::current_exe().map_err(|error| error.to_string())?;
    let beside = own.with_file_name("onstage");
    if beside.exists() { Ok(beside) } else { Err(format!("there is no {}", beside.display())) }
}
