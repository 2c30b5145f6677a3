//! The journeys on the embedded cloud, through its HTTP gateway.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use journeys::Api;
use local::cloud::Cloud;
use local::gateway::Gateway;
use local::realtime::{Machine, Running};
use local::tokens::Tokens;
use std::path::PathBuf;
use std::sync::Arc;

/// A cloud of its own on a port of its own, with its state in a folder that goes with it.
struct World {
    folder: PathBuf,
    api: Api,
    _runtime: tokio::runtime::Runtime,
}

impl World {
    fn start(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("yarmarka-journey-{name}-{}", std::process::id()));
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let cloud = Arc::new(Cloud::on_disk(simulation::contexts(), &folder, &issuer).unwrap());
        let guard = runtime.enter();
        let running = Running::start(cloud, Arc::new(Machine(|_: &str| {}))).unwrap();
        let tokens = Tokens::new(running.cloud.key(), &issuer).unwrap();
        let gateway = Arc::new(Gateway { running: running.clone(), tokens });
        runtime.spawn(running.deliver());
        runtime.spawn(gateway.serve(listener));
        drop(guard);
        Self { folder, api: Api::new(&issuer, &issuer), _runtime: runtime }
    }
}

impl Drop for World {
    fn drop(&mut self) {
        // Left behind at worst in the system's folder for temporary files.
        drop(std::fs::remove_dir_all(&self.folder));
    }
}

#[test]
fn an_order_is_placed_reserved_cancelled_and_released() {
    journeys::order_to_reservation(&World::start("order").api).unwrap();
}

#[test]
fn an_order_for_more_than_there_is_is_rejected() {
    journeys::shortage(&World::start("shortage").api).unwrap();
}

#[test]
fn strangers_get_nowhere() {
    journeys::strangers(&World::start("strangers").api).unwrap();
}

#[test]
fn a_large_order_is_reserved_as_a_whole() {
    journeys::large_order(&World::start("large").api, 120).unwrap();
}
