//! Many people at once.

use crate::shop::{count, id_of, order_of, place, put_on_shelf, same};
use crate::{Api, Outcome, Person};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Barrier;

/// How many send the same request at the same time.
const AT_ONCE: usize = 20;

/// Some buyers of the last unit at the same time: one gets it, the others are told so.
pub fn last_unit(api: &Api, buyers: usize) -> Outcome {
    let manager = api.manager()?;
    let (first, last) = (api.fresh("first"), api.fresh("last"));
    put_on_shelf(api, &manager, &first, 100, 1000)?;
    put_on_shelf(api, &manager, &last, 100, 1)?;
    let customers = (0..buyers).map(|_| api.customer()).collect::<Result<Vec<_>, _>>()?;
    // With a wrong total nothing is ordered, but an order is refused differently once its prices have arrived.
    let wrong = order_of(&[(&first, 1), (&last, 1)], 1);
    api.until("the prices arrive", || {
        let answer = api.post(&customers[0], "/v1/orders", &api.fresh("only-a-question"), &wrong)?;
        Ok((answer.problem() == (409, "total-changed")).then_some(()))
    })?;

    let start = Barrier::new(buyers);
    let buy = |customer: &Person| -> Result<String, String> {
        let order = order_of(&[(&first, 1), (&last, 1)], 200);
        customer.token(api)?;
        start.wait();
        let placed = api.post(customer, "/v1/orders", &api.fresh("the-last-one"), &order)?.expect(201)?;
        let path = format!("/v1/orders/{}", id_of(&placed)?);
        api.until("the order is decided", || {
            let order = api.get(customer, &path)?.expect(200)?;
            Ok(order["state"].as_str().filter(|state| *state != "placed").map(str::to_owned))
        })
    };
    let states = at_once(&customers, buy)?;
    let count_of = |wanted: &str| states.iter().filter(|state| *state == wanted).count();
    let ends = json!([count_of("reserved"), count_of("rejected")]);
    same("one has it, the others do not", &ends, &json!([1, buyers - 1]))?;
    for (sku, on_hand, available) in [(&last, 1, 0), (&first, 1000, 999)] {
        let stock = count(api, &manager, sku, on_hand)?;
        same("what is set aside", &stock["reserved"], &json!(1))?;
        same("what is left", &stock["available"], &json!(available))?;
    }
    Ok(())
}

/// So many requests, each sent by several at the same time: an order for each request, the same reply for all who sent it.
pub fn repeated_requests(api: &Api, requests: usize) -> Outcome {
    let (manager, customer) = (api.manager()?, api.customer()?);
    let sku = api.fresh("often-wanted");
    put_on_shelf(api, &manager, &sku, 100, 1_000_000)?;
    let order = order_of(&[(&sku, 1)], 100);
    let keys: Vec<String> = (0..requests).map(|_| api.fresh("the-same-request")).collect();
    if let Some(key) = keys.first() {
        place(api, &customer, key, &order)?;
    }
    let senders: Vec<usize> = (0..AT_ONCE).collect();
    let start = Barrier::new(AT_ONCE);
    let send = |_: &usize| -> Result<Vec<Value>, String> {
        start.wait();
        keys.iter().map(|key| api.post(&customer, "/v1/orders", key, &order)?.expect(201)).collect()
    };
    let replies = at_once(&senders, send)?;
    for (n, of_one) in replies.iter().enumerate() {
        same(&format!("what sender {n} is told"), &json!(of_one), &json!(replies[0]))?;
    }
    let mut placed = BTreeSet::new();
    let mut cursor = String::new();
    loop {
        let page = api.get(&customer, &format!("/v1/orders?limit=100{cursor}"))?.expect(200)?;
        let items = page["items"].as_array().into_iter().flatten();
        placed.extend(items.filter_map(|order| order["id"].as_str().map(str::to_owned)));
        match page["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    same("an order for each request", &json!(placed.len()), &json!(requests))
}

/// Does the same for each, all at once.
#[allow(clippy::disallowed_methods, reason = "people do not wait for each other")]
fn at_once<T: Sync, R: Send>(each: &[T], act: impl Fn(&T) -> Result<R, String> + Sync) -> Result<Vec<R>, String> {
    std::thread::scope(|scope| {
        let threads: Vec<_> = each.iter().map(|one| scope.spawn(|| act(one))).collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap_or_else(|_| Err("a thread died".to_owned())))
            .collect()
    })
}
