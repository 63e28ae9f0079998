//! Onstage: one binary that serves live shows, and the commands around it.

mod admin;
mod cli;
mod demo;
mod doctor;
mod headers;
mod health;
mod house;
mod logging;
mod meters;
mod openapi;
mod problems;
mod reports;
mod secrets;
mod serve;
mod settings;
mod tasks;
mod web;

use std::process::ExitCode;

use clap::Parser as _;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    // Two providers come along in the tree; whoever needs one later must find this one installed.
    let installed = rustls::crypto::aws_lc_rs::default_provider().install_default();
    if installed.is_err() {
        return cli::fail("the cryptography provider was installed twice");
    }
    cli::run(cli::Onstage::parse())
}
