//! `cargo dev up` loses nothing when it is killed.

use journeys::{Api, Person, Site};
use serde_json::{Value, json};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// The tool as a process of its own, killed without warning when it goes out of scope.
struct Up(Child);

impl Up {
    fn start(port: u16, state: &Path, api: &Api) -> Self {
        let port = port.to_string();
        let child = Command::new(env!("CARGO_BIN_EXE_dev"))
            .args(["up", "--port", &port, "--state"])
            .arg(state)
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let up = Self(child);
        api.until("it answers", || Ok(api.look("/v1/products").ok())).unwrap();
        up
    }
}

impl Drop for Up {
    fn drop(&mut self) {
        // SIGKILL: nothing in it can tidy up.
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}

fn place(api: &Api, customer: &Person, key: &str, sku: &str) -> Value {
    let order = json!({
        "lines": [{ "sku": sku, "quantity": 1 }],
        "address": { "name": "N", "street": "S", "city": "C", "postcode": "P", "country": "GB" },
        "expected_total": { "amount_minor": 100, "currency": "GBP" },
    });
    api.until("the price arrives", || {
        let answer = api.post(customer, "/v1/orders", key, &order)?;
        if answer.status == 422 { Ok(None) } else { answer.expect(201).map(Some) }
    })
    .unwrap()
}

#[test]
fn killed_between_any_two_requests_it_loses_nothing_and_does_nothing_twice() {
    let folder = Folder(std::env::temp_dir().join(format!("yarmarka-kill-{}", std::process::id())));
    let port = free_port();
    let url = format!("http://127.0.0.1:{port}");
    let api = Api::new(Site::embedded(&url));
    let start = || Up::start(port, &folder.0, &api);

    let up = start();
    let (manager, customer) = (api.manager().unwrap(), api.customer().unwrap());
    let sku = api.fresh("sku");
    let product = json!({ "title": "T", "prices": [{ "amount_minor": 100, "currency": "GBP" }], "published": true });
    api.put(&manager, &format!("/v1/products/{sku}"), &product).unwrap().expect(200).unwrap();
    drop(up);
    let up = start();
    let stock = format!("/v1/products/{sku}/stock");
    api.put(&manager, &stock, &json!({ "on_hand": 7 })).unwrap().expect(200).unwrap();
    drop(up);

    let mut placed: Vec<(String, Value)> = Vec::new();
    for n in 0..9 {
        let up = start();
        let key = format!("an-order-before-a-kill-{n}");
        placed.push((key.clone(), place(&api, &customer, &key, &sku)));
        drop(up);
    }

    let _up = start();
    let mut states: Vec<String> = Vec::new();
    for (key, reply) in &placed {
        assert_eq!(place(&api, &customer, key, &sku), *reply, "the reply is remembered");
        let path = format!("/v1/orders/{}", reply["id"].as_str().unwrap());
        let state = api.until("the order is decided", || {
            let order = api.get(&customer, &path)?.expect(200)?;
            Ok(order["state"].as_str().filter(|state| *state != "placed").map(str::to_owned))
        });
        states.push(state.unwrap());
    }
    let count = |wanted: &str| states.iter().filter(|state| *state == wanted).count();
    assert_eq!((count("reserved"), count("rejected")), (7, 2), "seven scarves, nine orders: {states:?}");
    let counted = api.put(&manager, &stock, &json!({ "on_hand": 7 })).unwrap().expect(200).unwrap();
    assert_eq!((&counted["available"], &counted["reserved"]), (&json!(0), &json!(7)));
}
