//! What must hold when the world is at rest: stock adds up, every order has ended one way in both contexts, what was
//! promised to clients is so, and every committed event was published.

use crate::shop::Shop;
use catalog::reservation::{Reservation, State as Held, Wanted};
use catalog::stock::Stock;
use catalog::store::Chunk;
use dynoxide::actions::scan::ScanRequest;
use kernel::OrderId;
use local::simulation::Simulation;
use orders::order::{Order, State};
use platform::Item;
use serde_json::Value;
use std::collections::BTreeMap;

/// Everything that does not hold, in words.
pub fn violations(shop: &Shop, simulation: &Simulation) -> Vec<String> {
    let mut violations = shop.surprises.clone();
    match World::read(simulation) {
        Ok(world) => {
            world.stock(shop, &mut violations);
            world.orders(shop, &mut violations);
            world.prices(&mut violations);
            world.events(simulation, &mut violations);
        }
        Err(reason) => violations.push(reason),
    }
    let plane = simulation.cloud.plane();
    if plane.waiting() > 0 {
        violations.push(format!("{} messages are never dealt with", plane.waiting()));
    }
    violations
}

/// An item of a table with its version.
struct Row {
    key: String,
    version: u64,
    item: Value,
}

struct World {
    stock: Vec<Stock>,
    reservations: BTreeMap<OrderId, Reservation>,
    chunks: Vec<Chunk>,
    orders: BTreeMap<OrderId, Order>,
    products: BTreeMap<String, Value>,
    prices: BTreeMap<String, Value>,
    rows: Vec<(&'static str, Row)>,
}

impl World {
    fn read(simulation: &Simulation) -> Result<Self, String> {
        let (catalog, orders) = (rows(simulation, "catalog")?, rows(simulation, "orders")?);
        let reservations: Vec<Reservation> = of_kind(&catalog)?;
        let all_orders: Vec<Order> = of_kind(&orders)?;
        Ok(Self {
            stock: of_kind(&catalog)?,
            reservations: reservations.into_iter().map(|reservation| (reservation.order, reservation)).collect(),
            chunks: of_kind(&catalog)?,
            orders: all_orders.into_iter().map(|order| (order.id, order)).collect(),
            products: by_sku(&catalog, "product"),
            prices: by_sku(&orders, "price"),
            rows: catalog
                .into_iter()
                .map(|row| ("catalog", row))
                .chain(orders.into_iter().map(|row| ("orders", row)))
                .collect(),
        })
    }

    /// What a reservation holds, by SKU.
    fn held(&self, reservation: &Reservation) -> Vec<Wanted> {
        match (reservation.held(), reservation.chunks) {
            (0, _) => Vec::new(),
            (_, 1) => reservation.wanted.clone(),
            (held, _) => {
                let mine = self.chunks.iter().filter(|chunk| chunk.order == reservation.order && chunk.number < held);
                mine.flat_map(|chunk| chunk.wanted.clone()).collect()
            }
        }
    }

    /// available + reserved = counted, and reserved is what reservations hold.
    fn stock(&self, shop: &Shop, violations: &mut Vec<String>) {
        let mut held: BTreeMap<&str, u32> = BTreeMap::new();
        let all: Vec<Wanted> = self.reservations.values().flat_map(|reservation| self.held(reservation)).collect();
        for wanted in &all {
            *held.entry(wanted.sku.as_str()).or_default() += wanted.quantity;
        }
        for stock in &self.stock {
            let sku = stock.sku.as_str();
            let counted = shop.on_hand.get(sku).copied().unwrap_or_default();
            if stock.available + stock.reserved != counted {
                violations.push(format!(
                    "of {sku} {} + {} are there, {counted} were counted",
                    stock.available, stock.reserved
                ));
            }
            let held = held.get(sku).copied().unwrap_or_default();
            if stock.reserved != held {
                violations.push(format!("of {sku} {} are reserved, orders hold {held}", stock.reserved));
            }
        }
    }

    /// Every order has ended, in both contexts alike, and clients were told the truth.
    fn orders(&self, shop: &Shop, violations: &mut Vec<String>) {
        for (id, order) in &self.orders {
            let reservation = self.reservations.get(id).map(|reservation| &reservation.state);
            let agreed = match (&order.state, reservation) {
                (State::Reserved, Some(Held::Reserved)) => true,
                (State::Rejected, Some(Held::Rejected { .. })) => true,
                (State::Cancelled, Some(Held::Released | Held::Rejected { .. })) => true,
                (State::Expiring, Some(Held::Reserved)) => true,
                _ => false,
            };
            if !agreed {
                violations.push(format!("{id} is {:?}, its reservation {reservation:?}", order.state));
            }
        }
        for id in self.reservations.keys().filter(|id| !self.orders.contains_key(id)) {
            violations.push(format!("{id} is reserved but was never placed"));
        }
        for (id, account) in &shop.known {
            if self.orders.get(id).is_none_or(|order| order.customer != *account) {
                violations.push(format!("{id} was confirmed to {account} but is not there"));
            }
        }
        for id in &shop.cancelled {
            if self.orders.get(id).is_none_or(|order| order.state != State::Cancelled) {
                violations.push(format!("the cancellation of {id} was confirmed and lost"));
            }
        }
        if self.orders.len() as u64 > shop.placing {
            violations.push(format!("{} requests made {} orders", shop.placing, self.orders.len()));
        }
    }

    /// Each replica is the newest snapshot.
    fn prices(&self, violations: &mut Vec<String>) {
        for (sku, product) in &self.products {
            let replica = self.prices.get(sku);
            if replica.is_none_or(|replica| replica["prices"]["L"][0] != product["price"]) {
                violations.push(format!("{sku} costs {} but is sold as {replica:?}", product["price"]));
            }
        }
    }

    /// Every event that stands in an outbox was published, and nothing else under its item's newest version.
    fn events(&self, simulation: &Simulation, violations: &mut Vec<String>) {
        for (context, row) in &self.rows {
            let events = row.item["outbox"]["M"]["events"]["L"].as_array().map_or(0, Vec::len);
            for index in 0..events {
                let id = format!("{context}/{}/1.{}.{index}", row.key, row.version);
                if !simulation.published.contains_key(&id) {
                    violations.push(format!("{id} was committed but never published"));
                }
            }
        }
    }
}

fn rows(simulation: &Simulation, context: &'static str) -> Result<Vec<Row>, String> {
    let table = simulation.cloud.table(context).ok_or("no such table")?;
    let mut rows = Vec::new();
    let mut from = None;
    loop {
        let request = ScanRequest {
            table_name: context.to_owned(),
            exclusive_start_key: from,
            ..ScanRequest::default()
        };
        let page = table.scan(request).map_err(|error| error.to_string())?;
        for item in page.items.unwrap_or_default() {
            let item = serde_json::to_value(&item).map_err(|error| error.to_string())?;
            let text = |name: &str| item[name]["S"].as_str().unwrap_or_default().to_owned();
            let version = item["v"]["N"].as_str().and_then(|version| version.parse().ok()).unwrap_or_default();
            rows.push(Row { key: format!("{}/{}", text("pk"), text("sk")), version, item });
        }
        from = page.last_evaluated_key;
        if from.is_none() {
            return Ok(rows);
        }
    }
}

fn of_kind<T: Item>(rows: &[Row]) -> Result<Vec<T>, String> {
    let kind = |row: &&Row| row.key.rsplit('/').next().and_then(|sk| sk.split('#').next()) == Some(T::KIND);
    rows.iter()
        .filter(kind)
        .map(|row| platform::table::read_item(&row.item).map_err(|error| error.to_string()))
        .collect()
}

fn by_sku(rows: &[Row], kind: &str) -> BTreeMap<String, Value> {
    let rows = rows.iter().filter(|row| row.key.ends_with(&format!("/{kind}")));
    rows.map(|row| (row.item["sku"]["S"].as_str().unwrap_or_default().to_owned(), row.item.clone()))
        .collect()
}
