//! The journeys on the embedded cloud, through its HTTP gateway.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use journeys::{ADMIN, Api, Scale, Site};
use local::authorizer::Authorizer;
use local::cloud::Cloud;
use local::gateway::Gateway;
use local::realtime::{Machine, Running};
use platform::settings::FIRST_ADMIN;
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
        cloud.set(FIRST_ADMIN, ADMIN);
        let guard = runtime.enter();
        let running = Running::start(cloud, Arc::new(Machine(|_: &str| {}))).unwrap();
        let authorizer = Authorizer::new(running.cloud.key(), &issuer);
        let gateway = Arc::new(Gateway { running: running.clone(), authorizer });
        runtime.spawn(running.deliver());
        runtime.spawn(gateway.serve(listener));
        drop(guard);
        Self {
            folder,
            api: Api::new(Site::embedded(&issuer)),
            _runtime: runtime,
        }
    }
}

impl Drop for World {
    fn drop(&mut self) {
        // Left behind at worst in the system's folder for temporary files.
        drop(std::fs::remove_dir_all(&self.folder));
    }
}

#[test]
fn an_order_goes_from_the_phone_to_the_email_and_some_of_it_back() {
    journeys::whole_story(&World::start("story").api).unwrap();
}

#[test]
fn what_is_wrong_with_a_request_is_said() {
    journeys::refusals(&World::start("refusals").api).unwrap();
}

#[test]
fn a_session_goes_on_and_ends() {
    journeys::sessions(&World::start("sessions").api).unwrap();
}

#[test]
fn what_is_imported_is_found_by_anybody() {
    journeys::browsing(&World::start("browsing").api).unwrap();
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
    journeys::large_order(&World::start("large").api, Scale::FULL.skus).unwrap();
}

#[test]
fn of_fifty_buyers_of_the_last_unit_one_gets_it() {
    journeys::last_unit(&World::start("last-unit").api, Scale::FULL.buyers).unwrap();
}

#[test]
fn a_thousand_requests_sent_twenty_times_each_are_a_thousand_orders() {
    journeys::repeated_requests(&World::start("repeated").api, Scale::FULL.requests).unwrap();
}
