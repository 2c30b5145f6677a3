//! What must hold of a shop at rest: stock adds up, every order has ended one way in both contexts, money is where it
//! belongs, and what was promised to clients is so.

use super::{at_rest, letters};
use crate::look::{Row, of_kind, rows};
use crate::shop::Shop;
use catalog::reservation::{Goods, Reservation, State as Held};
use catalog::stock::{Counter, Stock};
use catalog::store::{Chunk, Restocked};
use kernel::OrderId;
use local::simulation::Simulation;
use notifications::message::Message;
use notifications::notice::Notice;
use orders::order::{Order, State};
use orders::returning::Return;
use payments::attempt::Attempt;
use payments::payment::Payment;
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
            letters(&world.messages, simulation, &mut violations);
            world.told(&mut violations);
        }
        Err(reason) => violations.push(reason),
    }
    at_rest(simulation, &mut violations);
    violations
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
        let (catalog, orders) = (rows(&simulation.cloud, "catalog")?, rows(&simulation.cloud, "orders")?);
        let payments = rows(&simulation.cloud, "payments")?;
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
            messages: of_kind(&rows(&simulation.cloud, "notifications")?)?,
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

    /// Customers are told how their orders end.
    fn told(&self, violations: &mut Vec<String>) {
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

fn by_sku(rows: &[Row], kind: &str) -> BTreeMap<String, Value> {
    let rows = rows.iter().filter(|row| row.sk == kind);
    rows.map(|row| (row.item["sku"]["S"].as_str().unwrap_or_default().to_owned(), row.item.clone()))
        .collect()
}
