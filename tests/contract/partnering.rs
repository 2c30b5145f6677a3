//! What becomes of a day's partners: clients come from one, another hears of what happens and is gone in the evening.

use kernel::{AccountId, Principal, Role};
use local::stage::Stage;
use local::testing::caller;
use serde_json::json;

const PAID: &str = "orders.order-paid.v1";
const SHIPPED: &str = "orders.order-shipped.v1";

/// An endpoint of the machine `account`, at this host; its id.
pub fn endpoint(stage: &Stage, account: AccountId, host: &str) -> String {
    let approved = json!({ "types": [PAID, SHIPPED] });
    let answer = stage.ask("approve-event-types").by(&caller(1000, Role::Admin)).at(account).send(&approved);
    assert_eq!(answer.status_code, 200, "{}", answer.body);
    let machine = Principal { account, roles: vec![Role::Partner] };
    let wish = json!({ "url": format!("https://{host}/hooks"), "types": [PAID] });
    let key = format!("the-endpoint-of-{account}");
    let created = stage.ask("create-endpoint").by(&machine).key(&key).send(&wish);
    assert_eq!(created.status_code, 201, "{}", created.body);
    created.json()["id"].as_str().unwrap().to_owned()
}

/// Everything that partners announce.
pub fn day(stage: &Stage) {
    let row = json!({ "id": "HCB-1001", "email": "anna@example.com", "updated_at": "2026-01-04T12:00:00Z" });
    let ask = stage.ask("import-clients").by(&caller(2, Role::Manager)).key("a-file-of-happy-cat-box");
    assert_eq!(ask.send(&json!({ "rows": [row] })).status_code, 202);
    let machine = caller(30, Role::Partner);
    let id = endpoint(stage, machine.account, "gone.example.com");
    stage.cloud.directory().answers("gone.example.com", 410);
    let test = stage.ask("send-webhook-test").by(&machine).at(id).key("a-test-of-the-endpoint").get();
    assert_eq!(test.status_code, 202, "{}", test.body);
    stage.settle().unwrap();
}
