//! What the demo replays: real orders and returns of December 2010, grouped by customer. The same for every run.

use crate::retail::{Invoice, Product};
use std::collections::{BTreeMap, BTreeSet};

/// Which orders fare how. Every order has one fate, by its place in the replay.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fate {
    /// Paid, packed, shipped and delivered.
    Delivered,
    /// The same, but the first card is declined.
    DeclinedFirst,
    /// Paid, then cancelled.
    Cancelled,
    /// Of one of its goods there is one too few.
    Rejected,
}

/// An order to replay.
#[derive(Clone, Debug)]
pub struct Order {
    /// Its place among all orders.
    pub number: usize,
    /// The invoice's number, which also makes the idempotency keys.
    pub invoice: String,
    /// SKU and quantity, in the invoice's order.
    pub lines: Vec<(String, u32)>,
    /// What it costs, in pence.
    pub total: i64,
    /// How it fares.
    pub fate: Fate,
    /// What comes back of it, by SKU.
    pub returned: BTreeMap<String, u32>,
}

/// A customer with orders, oldest first.
#[derive(Clone, Debug)]
pub struct Customer {
    /// A number, or `guest-` and an invoice.
    pub name: String,
    /// The orders.
    pub orders: Vec<Order>,
}

/// Everything to replay.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The products that are ordered.
    pub products: Vec<Product>,
    /// How many of each are on the shelf before.
    pub stock: BTreeMap<String, u32>,
    /// Who orders.
    pub customers: Vec<Customer>,
}

/// The first `count` orders of the invoices, with the returns that belong to them. The shelf and every order's fate are
/// made for all orders, so that a longer replay goes on where a shorter one stopped.
pub fn plan(products: Vec<Product>, invoices: &[Invoice], count: usize) -> Plan {
    let prices: BTreeMap<&str, i64> = products.iter().map(|product| (product.sku.as_str(), product.pence)).collect();
    let mut customers: BTreeMap<String, Vec<Order>> = BTreeMap::new();
    let mut orders = 0;
    for invoice in invoices {
        let known = invoice.lines.iter().filter(|(sku, _)| prices.contains_key(sku.as_str()));
        if invoice.is_return {
            let lines =
                known.filter_map(|(sku, quantity)| Some((sku.clone(), u32::try_from(quantity.unsigned_abs()).ok()?)));
            take_back(customers.get_mut(&invoice.customer).map_or(&mut [], Vec::as_mut_slice), lines.collect());
            continue;
        }
        let lines: Vec<(String, u32)> = known
            .filter_map(|(sku, quantity)| Some((sku.clone(), u32::try_from(*quantity).ok().filter(|n| *n > 0)?)))
            .collect();
        if lines.is_empty() {
            continue;
        }
        let total = lines.iter().map(|(sku, quantity)| prices[sku.as_str()] * i64::from(*quantity)).sum();
        let fate = match orders % 20 {
            7 => Fate::Cancelled,
            3 | 13 => Fate::DeclinedFirst,
            _ => Fate::Delivered,
        };
        let number = orders;
        orders += 1;
        let (invoice, customer) = (invoice.number.clone(), invoice.customer.clone());
        let returned = BTreeMap::new();
        customers.entry(customer).or_default().push(Order { number, invoice, lines, total, fate, returned });
    }
    let mut customers: Vec<Customer> = customers.into_iter().map(|(name, orders)| Customer { name, orders }).collect();
    let stock = shelve(&mut customers);
    let products = products.into_iter().filter(|product| stock.contains_key(&product.sku)).collect();
    for customer in &mut customers {
        customer.orders.retain(|order| order.number < count);
    }
    customers.retain(|customer| !customer.orders.is_empty());
    Plan { products, stock, customers }
}

/// Takes what comes back out of the customer's earlier orders. What no order of the replay had stays out.
fn take_back(orders: &mut [Order], lines: Vec<(String, u32)>) {
    for (sku, mut quantity) in lines {
        for order in orders.iter_mut().filter(|order| matches!(order.fate, Fate::Delivered | Fate::DeclinedFirst)) {
            let ordered: u32 =
                order.lines.iter().filter(|(other, _)| *other == sku).map(|(_, quantity)| quantity).sum();
            let before = order.returned.get(&sku).copied().unwrap_or_default();
            let taken = quantity.min(ordered - before);
            if taken > 0 {
                *order.returned.entry(sku.clone()).or_default() += taken;
                quantity -= taken;
            }
        }
    }
}

/// How many of each SKU there must be: as many as are ordered. One order in 25 finds one too few of something that
/// nobody else wants, so that who is served does not depend on who comes first.
fn shelve(customers: &mut [Customer]) -> BTreeMap<String, u32> {
    let mut stock: BTreeMap<String, u32> = BTreeMap::new();
    let mut wanted_by: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for order in customers.iter().flat_map(|customer| &customer.orders) {
        for (sku, quantity) in &order.lines {
            *stock.entry(sku.clone()).or_default() += quantity;
            wanted_by.entry(sku.clone()).or_default().insert(order.invoice.clone());
        }
    }
    let orders = customers.iter_mut().flat_map(|customer| &mut customer.orders);
    for order in orders.filter(|order| order.number % 25 == 11 && order.returned.is_empty()) {
        if let Some((sku, _)) = order.lines.iter().find(|(sku, _)| wanted_by[sku].len() == 1) {
            if let Some(count) = stock.get_mut(sku) {
                *count -= 1;
            }
            order.fate = Fate::Rejected;
        }
    }
    stock
}

#[cfg(test)]
mod tests {
    use super::*;

    fn invoice(number: &str, customer: &str, lines: &[(&str, i64)]) -> Invoice {
        Invoice {
            number: number.to_owned(),
            customer: customer.to_owned(),
            is_return: number.starts_with('C'),
            lines: lines.iter().map(|(sku, quantity)| ((*sku).to_owned(), *quantity)).collect(),
        }
    }

    fn products() -> Vec<Product> {
        ["A", "B"]
            .map(|sku| Product {
                sku: sku.to_owned(),
                title: sku.to_owned(),
                pence: 100,
                units_sold: 1,
            })
            .into()
    }

    #[test]
    fn returns_come_out_of_what_the_customer_ordered_before_and_never_more() {
        let invoices = [
            invoice("1", "x", &[("A", 2), ("B", 1), ("A", 1), ("unknown", 5)]),
            invoice("C2", "x", &[("A", -5), ("B", -1)]),
            invoice("C3", "y", &[("A", -1)]),
        ];
        let plan = plan(products(), &invoices, 10);
        let order = &plan.customers[0].orders[0];
        assert_eq!(order.total, 400);
        assert_eq!(order.returned, BTreeMap::from([("A".to_owned(), 3), ("B".to_owned(), 1)]));
        assert_eq!(plan.stock, BTreeMap::from([("A".to_owned(), 3), ("B".to_owned(), 1)]));
        assert_eq!(plan.customers.len(), 1);
    }

    #[test]
    fn a_plan_has_as_many_orders_as_were_asked_for() {
        let invoices: Vec<Invoice> = (0..30).map(|n| invoice(&n.to_string(), "x", &[("A", 1)])).collect();
        let plan = plan(products(), &invoices, 12);
        assert_eq!(plan.customers[0].orders.len(), 12);
        assert_eq!(plan.stock["A"], 30, "the shelf is the same however many are replayed");
    }
}
