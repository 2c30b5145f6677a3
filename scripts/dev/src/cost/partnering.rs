//! What partners cost: the clients they bring, and the events they are sent.

use super::measure::{Till, expect, manager};
use kernel::{AccountId, Principal, Role};
use serde_json::{Value, json};
use std::time::Duration;

impl Till {
    /// Clients come from a file, and an endpoint hears of orders that are placed.
    pub(super) fn partnering(&mut self) -> Result<(), String> {
        self.stage.costs();
        for clients in [1, 100] {
            let name = |case: &str| format!("{case}, {clients} client{}", if clients == 1 { "" } else { "s" });
            let rows: Vec<Value> = (0..clients).map(|n| row(clients, n)).collect();
            let key = format!("a-file-of-{clients}-clients");
            let ask = self.stage.ask("import-clients").by(&manager()).key(&key);
            expect(202, ask.send(&json!({ "rows": rows })))?;
            self.note(&name("import-clients"), "import-clients");
            self.stage.settle()?;
            self.note(&name("import-chunk"), "import-chunk");
        }
        let machine = Principal {
            account: AccountId::from_bits(30),
            roles: vec![Role::Partner],
        };
        let admin = Principal { account: AccountId::from_bits(3), roles: vec![Role::Admin] };
        let types = json!({ "types": ["orders.order-placed.v1"] });
        expect(200, self.stage.ask("approve-event-types").by(&admin).at(machine.account).send(&types))?;
        let wish = json!({ "url": "https://partner.example.com/hooks", "types": ["orders.order-placed.v1"] });
        self.stage.costs();
        expect(201, self.stage.ask("create-endpoint").by(&machine).key("the-key-of-an-endpoint").send(&wish))?;
        self.note("create-endpoint, 1 type", "create-endpoint");
        self.stage.settle()?;
        self.stage.pass(Duration::from_secs(1));
        self.place(1, "the-key-of-an-order-that-is-told")?;
        self.stage.costs();
        self.stage.settle()?;
        self.notes(&[
            ("fan-out, an order's two events, 1 endpoint wants one", "fan-out"),
            ("deliver-webhook", "deliver-webhook"),
        ]);
        Ok(())
    }
}

fn row(file: usize, n: usize) -> Value {
    json!({
        "id": format!("HCB-{file}-{n}"),
        "email": format!("client{n}@example.com"),
        "time_zone": "Europe/London",
        "updated_at": "2026-01-04T12:00:00.000Z",
    })
}
