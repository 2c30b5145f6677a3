//! The journeys on the embedded cloud, through its HTTP gateway.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use journeys::{ADMIN, Api, Scale, Site};
use local::cloud::Cloud;
use local::discretion::indiscretion;
use local::gateway::Gateway;
use local::realtime::{Machine, Running};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

/// A cloud of its own on a port of its own, with its state in a folder that goes with it.
struct World {
    folder: PathBuf,
    api: Api,
    /// Log lines that tell what they must not.
    indiscreet: Arc<Mutex<Vec<String>>>,
    _runtime: tokio::runtime::Runtime,
}

impl World {
    fn start(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("yarmarka-journey-{name}-{}", std::process::id()));
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let cloud = Arc::new(Cloud::on_disk(simulation::contexts(), &folder, &issuer).unwrap());
        cloud.on_a_desk(ADMIN);
        let guard = runtime.enter();
        let indiscreet: Arc<Mutex<Vec<String>>> = Arc::default();
        let told = indiscreet.clone();
        let listen = move |line: &str| {
            if indiscretion(line).is_some() {
                told.lock().unwrap().push(line.to_owned());
            }
        };
        let running = Running::start(cloud, Arc::new(Machine(listen))).unwrap();
        let gateway = Arc::new(Gateway::new(running.clone()));
        runtime.spawn(running.deliver());
        runtime.spawn(gateway.serve(listener));
        drop(guard);
        Self {
            folder,
            api: Api::new(Site::embedded(&issuer)),
            indiscreet,
            _runtime: runtime,
        }
    }
}

impl World {
    /// Lets somebody go on this journey.
    fn sees(self, journey: impl FnOnce(&Api) -> journeys::Outcome) {
        journey(&self.api).unwrap();
        assert!(self.indiscreet.lock().unwrap().is_empty(), "{:?}", self.indiscreet);
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
    World::start("story").sees(journeys::whole_story);
}

#[test]
fn what_is_wrong_with_a_request_is_said() {
    World::start("refusals").sees(journeys::refusals);
}

#[test]
fn a_session_goes_on_and_ends() {
    World::start("sessions").sees(journeys::sessions);
}

#[test]
fn what_is_imported_is_found_by_anybody() {
    World::start("browsing").sees(journeys::browsing);
}

#[test]
fn an_order_is_placed_reserved_cancelled_and_released() {
    World::start("order").sees(journeys::order_to_reservation);
}

#[test]
fn an_order_for_more_than_there_is_is_rejected() {
    World::start("shortage").sees(journeys::shortage);
}

#[test]
fn strangers_get_nowhere() {
    World::start("strangers").sees(journeys::strangers);
}

#[test]
fn a_service_goes_from_the_application_to_the_workers_pay() {
    World::start("service").sees(journeys::service_story);
}

#[test]
fn a_partners_clients_become_ours() {
    World::start("import").sees(journeys::import_story);
}

#[test]
fn readings_go_from_the_consent_to_the_chart_the_letter_and_the_coach() {
    World::start("sensors").sees(journeys::sensor_story);
}

#[test]
fn a_programme_goes_from_enrolling_to_what_a_recording_completes() {
    World::start("training").sees(journeys::training_story);
}

#[test]
fn a_large_order_is_reserved_as_a_whole() {
    World::start("large").sees(|api| journeys::large_order(api, Scale::FULL.skus));
}

#[test]
fn of_fifty_buyers_of_the_last_unit_one_gets_it() {
    World::start("last-unit").sees(|api| journeys::last_unit(api, Scale::FULL.buyers));
}

#[test]
fn a_thousand_requests_sent_twenty_times_each_are_a_thousand_orders() {
    World::start("repeated").sees(|api| journeys::repeated_requests(api, Scale::FULL.requests));
}
