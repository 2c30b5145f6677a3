//! What must hold when the world is at rest: stock adds up, every order has ended one way in both contexts, what was
//! promised to clients is so, and every committed event was published.

use crate::shop::Shop;
use catalog::reservation::{Goods, Reservation, State as Held};
use catalog::stock::{Counter, Stock};
use catalog::store::{Chunk, Restocked};
use dynoxide::actions::scan::ScanRequest;
use kernel::OrderId;
use local::simulation::Simulation;
use notifications::channel::Channel;
use notifications::message::{self, Message, Reason};
use notifications::notice::Notice;
use orders::order::{Order, State};
use orders::returning::Return;
use payments::attempt::Attempt;
use payments::payment::Payment;
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
            world.money(&simulation.cloud.sandboxes().kept("stripe"), &mut violations);
            world.prices(&mut violations);
            world.letters(simulation, &mut violations);
        }
        Err(reason) => violations.push(reason),
    }
    events(simulation, &mut violations);
    let plane = simulation.cloud.plane();
    if plane.waiting() > 0 {
        violations.push(format!("{} messages are never dealt with", plane.waiting()));
    }
    violations
}

/// An item of a table.
struct Row {
    key: String,
    item: Value,
}

struct World {
    stock: Vec<Stock>,
    reservations: BTreeMap<OrderId, Reservation>,
    chunks: Vec<Chunk>,
    restocked: Vec<Restocked>,
    orders: BTreeMap<OrderId, Order>,
    returns: Vec<Return>,
    payments: BTreeMap<OrderId, Payment>,
    products: BTreeMap<String, Value>,
    prices: BTreeMap<String, Value>,
    messages: Vec<Message>,
}

impl World {
    fn read(simulation: &Simulation) -> Result<Self, String> {
        let (catalog, orders) = (rows(simulation, "catalog")?, rows(simulation, "orders")?);
        let payments = rows(simulation, "payments")?;
        let all_payments: Vec<Payment> = of_kind(&payments)?;
        let reservations: Vec<Reservation> = of_kind(&catalog)?;
        let all_orders: Vec<Order> = of_kind(&orders)?;
        Ok(Self {
            stock: of_kind(&catalog)?,
            reservations: reservations.into_iter().map(|reservation| (reservation.order, reservation)).collect(),
            chunks: of_kind(&catalog)?,
            restocked: of_kind(&catalog)?,
            orders: all_orders.into_iter().map(|order| (order.id, order)).collect(),
            returns: of_kind(&orders)?,
            payments: all_payments
                .into_iter()
                .filter_map(|payment| Some((payment.purpose.order()?, payment)))
                .collect(),
            products: by_sku(&catalog, "product"),
            prices: by_sku(&orders, "price"),
            messages: of_kind(&rows(simulation, "notifications")?)?,
        })
    }

    /// The goods of each chunk of a reservation, and where they stand.
    fn chunks_of(&self, reservation: &Reservation) -> Vec<(Counter, Goods)> {
        let mine = self.chunks.iter().filter(|chunk| chunk.order == reservation.order);
        match reservation.chunks {
            0 => Vec::new(),
            1 => vec![(reservation.place_of(0), reservation.goods.clone())],
            _ => mine.map(|chunk| (reservation.place_of(chunk.number), chunk.goods.clone())).collect(),
        }
    }

    /// available + reserved + gone = counted; what is reserved or gone is what reservations say.
    fn stock(&self, shop: &Shop, violations: &mut Vec<String>) {
        let (mut reserved, mut gone): (BTreeMap<String, i64>, BTreeMap<String, i64>) = Default::default();
        for (counter, goods) in self.reservations.values().flat_map(|reservation| self.chunks_of(reservation)) {
            let sums = match counter {
                Counter::Available => continue,
                Counter::Reserved => &mut reserved,
                Counter::Gone => &mut gone,
            };
            for (_, sku, quantity) in goods.iter() {
                *sums.entry(sku.to_string()).or_default() += i64::from(quantity);
            }
        }
        for (_, sku, quantity) in self.restocked.iter().flat_map(|restocked| restocked.goods.iter()) {
            *gone.entry(sku.to_string()).or_default() -= i64::from(quantity);
        }
        for stock in &self.stock {
            let sku = stock.sku.as_str();
            let counted = shop.on_hand.get(sku).copied().unwrap_or_default();
            let all = u64::from(stock.available) + u64::from(stock.reserved) + stock.gone;
            if all != u64::from(counted) {
                violations.push(format!("of {sku} {stock:?} are there or sold, {counted} were counted"));
            }
            let expected = |sums: &BTreeMap<String, i64>| sums.get(sku).copied().unwrap_or_default();
            if i64::from(stock.reserved) != expected(&reserved) {
                violations.push(format!("of {sku} {} are reserved, orders hold {reserved:?}", stock.reserved));
            }
            if i64::try_from(stock.gone) != Ok(expected(&gone)) {
                violations.push(format!("of {sku} {} are gone, orders have {gone:?}", stock.gone));
            }
        }
    }

    /// Every order has ended, in both contexts alike, and clients were told the truth.
    fn orders(&self, shop: &Shop, violations: &mut Vec<String>) {
        for (id, order) in &self.orders {
            let reservation = self.reservations.get(id).map(|reservation| &reservation.state);
            let agreed = match (&order.state, reservation) {
                (State::Rejected, Some(Held::Rejected { .. })) => true,
                (State::Cancelled | State::Expired, Some(Held::Released | Held::Rejected { .. })) => true,
                (
                    State::Paid | State::Packed | State::Shipped | State::Delivered | State::Returned,
                    Some(Held::Committed),
                ) => true,
                // Anything else has not come to its end.
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
        for order in self.orders.values().filter(|order| shop.goal.is_some_and(|goal| order.state != goal)) {
            violations.push(format!("{} is {:?}, and should be {:?}", order.id, order.state, shop.goal));
        }
        if self.orders.len() as u64 > shop.placing {
            violations.push(format!("{} requests made {} orders", shop.placing, self.orders.len()));
        }
    }

    /// What is kept of an order, by our books and by the provider's, is what its customer paid and did not get back; of
    /// an order that ended without goods nothing is kept.
    fn money(&self, provider: &BTreeMap<String, i64>, violations: &mut Vec<String>) {
        for (id, order) in &self.orders {
            let attempts = self.payments.get(id).into_iter().flat_map(|payment| &payment.attempts);
            let kept: i64 = attempts.clone().map(Attempt::kept_minor).sum();
            let returned = self.returns.iter().filter(|back| back.order == *id);
            let returned: i64 = returned.map(|back| back.refund.amount_minor).sum();
            let expected = match order.state {
                State::Paid | State::Packed | State::Shipped | State::Delivered | State::Returned => {
                    order.total_minor - returned
                }
                _ => 0,
            };
            if kept != expected {
                violations.push(format!("{id} is {:?}: {kept} are kept of it, {expected} should be", order.state));
            }
            let held = provider.get(&id.to_string()).copied().unwrap_or_default();
            if held != expected {
                violations.push(format!("the provider holds {held} of {id}, which is {:?}: {expected}", order.state));
            }
            if let Some(open) = attempts.clone().find(|attempt| attempt.is_under_way()) {
                violations.push(format!("{id} is {:?} with a payment under way: {:?}", order.state, open.progress));
            }
        }
        for order in provider.keys().filter(|order| order.parse().is_ok_and(|id| !self.orders.contains_key(&id))) {
            violations.push(format!("the provider was paid for {order}, which is not there"));
        }
    }

    /// Customers are told how their orders end, each time once: more than once only where a reply was lost, and counted.
    fn letters(&self, simulation: &Simulation, violations: &mut Vec<String>) {
        let sent = simulation.cloud.sent();
        let mut of: BTreeMap<&str, usize> = BTreeMap::new();
        for letter in sent.messages() {
            *of.entry(letter.reference.as_str()).or_default() += 1;
        }
        // A text message does not say of which message it is: they are counted together.
        let texts = sent.messages().iter().filter(|letter| letter.channel == "sms").count();
        let (mut least, mut most) = (0, 0);
        for message in &self.messages {
            let unknown = usize::from(message.unanswered);
            let right = match &message.state {
                message::State::Sent { .. } => 1..=unknown + 1,
                message::State::Failed { reason, .. } if happens(*reason) => 0..=unknown,
                message::State::Held { .. } => 0..=0,
                _ => {
                    violations.push(format!("{message:?} has not ended"));
                    continue;
                }
            };
            if message.channel == Channel::Sms {
                (least, most) = (least + right.start(), most + right.end());
                continue;
            }
            let letters = of.get(message.id.to_string().as_str()).copied().unwrap_or_default();
            if !right.contains(&letters) {
                violations.push(format!("{letters} letters of {message:?}"));
            }
        }
        if !(least..=most).contains(&texts) {
            violations.push(format!("{texts} text messages were sent instead of {least} to {most}"));
        }
        for order in self.orders.values().filter(|order| !self.messages.iter().any(|message| tells_end(message, order)))
        {
            violations.push(format!("nobody is told that {} is {:?}", order.id, order.state));
        }
    }

    /// Each replica is the newest snapshot.
    fn prices(&self, violations: &mut Vec<String>) {
        for (sku, product) in &self.products {
            let replica = self.prices.get(sku);
            if replica.is_none_or(|replica| replica["prices"] != product["prices"]) {
                violations.push(format!("{sku} costs {} but is sold as {replica:?}", product["prices"]));
            }
        }
    }
}

/// Whether a letter may fail for this reason: one customer has no address, and nobody answers for ever.
fn happens(reason: Reason) -> bool {
    matches!(reason, Reason::NoContact | Reason::Expired | Reason::Unanswered | Reason::GivenUp)
}

/// Whether this tells a customer how their order ended.
fn tells_end(message: &Message, order: &Order) -> bool {
    let of = match (&message.notice, &order.state) {
        (Notice::OrderRejected { order }, State::Rejected)
        | (Notice::OrderCancelled { order }, State::Cancelled)
        | (Notice::OrderExpired { order }, State::Expired)
        | (
            Notice::OrderPaid { order, .. },
            State::Paid | State::Packed | State::Shipped | State::Delivered | State::Returned,
        ) => order,
        _ => return false,
    };
    (message.account, *of) == (order.customer, order.id)
}

/// Kinds of items that announce all of their state each time: a later announcement makes up for one that was lost.
const SNAPSHOTS: [&str; 1] = ["product"];

/// Exactly the events that were written into outboxes, ever, were published.
fn events(simulation: &Simulation, violations: &mut Vec<String>) {
    // `context/pk/sk/epoch.version.index`
    let item_and_version = |id: &str| {
        let (item, place) = id.rsplit_once('/')?;
        Some((item.to_owned(), place.split('.').nth(1)?.parse::<u64>().ok()?))
    };
    let mut newest: BTreeMap<String, u64> = BTreeMap::new();
    for (item, version) in simulation.published.keys().filter_map(|id| item_and_version(id)) {
        let known = newest.entry(item).or_default();
        *known = version.max(*known);
    }
    let made_up_for = |id: &str| {
        item_and_version(id).is_some_and(|(item, version)| {
            SNAPSHOTS.iter().any(|kind| item.ends_with(&format!("/{kind}")))
                && newest.get(&item).is_some_and(|newest| *newest > version)
        })
    };
    let published = |id: &str| simulation.published.contains_key(id);
    for id in simulation.committed.iter().filter(|id| !published(id) && !made_up_for(id)) {
        violations.push(format!("{id} was committed but never published"));
    }
    for id in simulation.published.keys().filter(|id| !simulation.committed.contains(*id)) {
        violations.push(format!("{id} was published but never committed"));
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
            rows.push(Row { key: format!("{}/{}", text("pk"), text("sk")), item });
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
