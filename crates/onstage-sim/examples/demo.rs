//! Plays the demo's show against a server that runs already: `cargo run -p onstage-sim --example demo -- URL [turns]`.

#![expect(clippy::print_stdout, reason = "an example for people at a terminal")]

use std::time::Duration;

use onstage_sim::demo::{Demo, DemoConfig};
use tokio_util::sync::CancellationToken;

#[tokio::main]
async fn main() -> Result<(), onstage_sim::Fault> {
    let mut arguments = std::env::args().skip(1);
    let base_url = arguments.next().unwrap_or_else(|| "http://127.0.0.1:8080".to_owned());
    let turns = arguments.next().and_then(|turns| turns.parse().ok());
    let stop = CancellationToken::new();
    let config = DemoConfig { turns, turn: Duration::from_secs(2), ..DemoConfig::new(&base_url, stop) };
    let demo = Demo::open(config).await?;
    println!("session {}", demo.session());
    println!("{:?}", demo.play().await?);
    Ok(())
}
