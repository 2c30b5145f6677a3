//! What the supplies of a job and its cookie cost, from what staff set up to what is bought again.

use super::Row;
use crate::answers::expect;
use contracts::jobs::JobCreated;
use kernel::{AccountId, JobId, Principal, RequestId, Role, ServiceId};
use local::stage::Stage;
use local::testing::event;
use serde_json::json;
use std::time::Duration;

/// How many things a job needs.
const THINGS: u32 = 3;

/// Measures each use case.
pub(super) fn cases() -> Result<Vec<Row>, String> {
    let stage = Stage::new(vec![supplies::context()])?;
    let by = |role| Principal { account: AccountId::from_bits(1), roles: vec![role] };
    let (staff, worker) = (by(Role::Supplier), by(Role::Worker));
    let mut rows = Vec::new();
    let mut note = |case: &str, function: &str| {
        let costs = stage.costs();
        rows.push(Row::of(case, costs.iter().filter(|cost| cost.function == function)));
    };
    let heard = |function: &str, event: &serde_json::Value| match stage.deliver(function, event) {
        true => Ok(()),
        false => Err(format!("{function} failed")),
    };

    let mut lines = Vec::new();
    for n in 0..THINGS {
        let sku = format!("THING-{n}");
        let supply = json!({ "name": "Microfibre cloth", "on_hand": 10, "reorder_point": 20, "order_quantity": 50 });
        expect(200, stage.ask("set-supply").by(&staff).at(&sku).send(&supply))?;
        lines.push(json!({ "sku": sku, "quantity": 1 }));
    }
    stage.costs();
    let supply = json!({ "name": "Microfibre cloth", "reorder_point": 21, "order_quantity": 50 });
    expect(200, stage.ask("set-supply").by(&staff).at("THING-0").send(&supply))?;
    note("set-supply", "set-supply");
    let service = ServiceId::from_bits(1);
    expect(200, stage.ask("set-service-supplies").by(&staff).at(service).send(&json!({ "lines": lines })))?;
    note("set-service-supplies, 3 things", "set-service-supplies");

    let (job, request) = (JobId::from_bits(1), RequestId::from_bits(1));
    let from = stage.now().after(Duration::from_secs(86_400));
    let until = from.after(Duration::from_secs(3600));
    let (client, account) = (AccountId::from_bits(2), worker.account);
    let created = JobCreated {
        job,
        request,
        attempt: 1,
        client,
        worker: account,
        service,
        from,
        until,
    };
    let created = event(&stage, &created, 1, 1);
    heard("keep-job", &created)?;
    note("keep-job", "keep-job");
    heard("order-cookie", &created)?;
    note("order-cookie", "order-cookie");
    stage.pass(Duration::from_secs(3600));
    if !stage.start("poll-cookies") {
        return Err("poll-cookies failed".to_owned());
    }
    note("poll-cookies, of one cookie", "poll-cookies");

    let key = "the-key-of-a-request-for-supplies";
    let requested = expect(201, stage.ask("request-supplies").by(&worker).at(job).key(key).get())?;
    note("request-supplies", "request-supplies");
    let draw = requested["id"].as_str().ok_or("a request without an id")?;
    expect(200, stage.ask("issue-supplies").by(&staff).at(draw).get())?;
    note("issue-supplies, 3 things", "issue-supplies");
    expect(200, stage.ask("list-draws").by(&worker).get())?;
    note("list-draws, a page", "list-draws");
    if !stage.start("reorder-supplies") {
        return Err("reorder-supplies failed".to_owned());
    }
    note("reorder-supplies, buys 3 things", "reorder-supplies");
    let purchases = expect(200, stage.ask("list-purchases").by(&staff).get())?;
    note("list-purchases, a page", "list-purchases");
    let purchase = purchases["items"][0]["id"].as_str().ok_or("a purchase without an id")?;
    let receive = stage.ask("receive-purchase").by(&staff).at(purchase).key("the-key-of-a-receipt");
    expect(201, receive.send(&json!({ "quantity": 40 })))?;
    note("receive-purchase", "receive-purchase");
    Ok(rows)
}
