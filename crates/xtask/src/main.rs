//! The workshop's own tools: `cargo xtask tidy | check | clippy-config | api | measure`.

mod api;
mod check;
mod clippy_config;
mod floors;
mod measure;
mod rules;
mod source;
mod workspace;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// What the workshop can do.
#[derive(Parser)]
#[command(name = "xtask", about = "Onstage's own workshop tools")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Check the house rules that clippy does not know: floors, slices, sizes, limits, doors.
    Tidy,
    /// Run fmt, tidy, typos, deny and clippy; fast things first.
    Check,
    /// Write each crate's clippy.toml from floors.toml.
    ClippyConfig,
    /// Write api/ from the binary's own description of itself.
    Api {
        /// Change nothing; fail when a file is stale.
        #[arg(long)]
        check: bool,
        /// The built server; without it, it is built.
        #[arg(long)]
        binary: Option<PathBuf>,
    },
    /// Print how long functions and files are, and how much of the code is tests.
    Measure,
}

fn main() -> ExitCode {
    match run(&Arguments::parse().task, &root()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            say(&message);
            ExitCode::FAILURE
        }
    }
}

fn run(task: &Task, root: &Path) -> Result<(), String> {
    match task {
        Task::Tidy => check::tidy(root),
        Task::Check => check::all(root),
        Task::ClippyConfig => clippy_config::write_all(root),
        Task::Api { check, binary } => api::refresh(root, *check, binary.as_deref()),
        Task::Measure => measure::print(root),
    }
}

/// The workspace this tool was built in.
fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_path_buf()
}

#[expect(clippy::print_stderr, reason = "the tool talks to the person who ran it")]
fn say(line: &str) {
    eprintln!("{line}");
}
