//! `cargo dev up`: the embedded cloud behind a local port, with its state in a folder.

use crate::{Options, Outcome};
use journeys::ADMIN;
use local::cloud::Cloud;
use local::gateway::Gateway;
use local::realtime::{Machine, Running};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::net::TcpListener;

/// Runs it until the process is stopped.
pub fn run(arguments: &[String]) -> Outcome {
    let options = Options::read(arguments, &["port", "state"])?;
    let port: u16 = options.get("port", 8787)?;
    let state: PathBuf = options.get("state", PathBuf::from(".state/up"))?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| error.to_string())?;
    runtime.block_on(serve(port, &state))
}

#[allow(clippy::print_stdout, clippy::disallowed_methods, reason = "a server on the command line")]
async fn serve(port: u16, state: &Path) -> Outcome {
    let address = format!("127.0.0.1:{port}");
    let listener = TcpListener::bind(&address).await.map_err(|error| {
        format!("{address}: {error}. Stop what uses this port, or choose another: cargo dev up --port 8788")
    })?;
    let issuer = format!("http://{address}");
    let cloud = Arc::new(Cloud::on_disk(simulation::contexts(), state, &issuer)?);
    // The sandbox's mailbox is open to everybody on this machine.
    cloud.on_a_desk(ADMIN);
    let host = Arc::new(Machine(log_to(&state.join("functions.log"))?));
    let running = Running::start(cloud, host)?;
    let gateway = Arc::new(Gateway::new(running.clone()));
    println!("the embedded cloud listens on {issuer}; its state is in {}; stop it with Ctrl-C", state.display());
    tokio::spawn(running.deliver());
    tokio::select! {
        biased;
        stopped = tokio::signal::ctrl_c() => stopped.map_err(|error| error.to_string()),
        served = gateway.serve(listener) => served.map_err(|error| error.to_string()),
    }
}

/// Writes lines to a file. A log that cannot be written must not stop a function.
fn log_to(path: &Path) -> Result<impl Fn(&str) + Send + Sync + use<>, String> {
    let file = std::fs::File::options().create(true).append(true).open(path);
    let file = Mutex::new(file.map_err(|error| format!("{}: {error}", path.display()))?);
    Ok(move |line: &str| drop(writeln!(file.lock().unwrap_or_else(PoisonError::into_inner), "{line}")))
}
