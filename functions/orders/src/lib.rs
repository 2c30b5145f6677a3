//! Orders: what customers bought, and how far each order is.
//!
//! Owns the table and topic `orders`. Prices are its own replica of the catalog's products, kept by `keep-price`.
//! An order is *placed*, then *reserved* or *rejected* by what the catalog answers; its customer may cancel it.

pub mod order;
pub mod pricing;
pub mod store;

platform::context! {
    name: "orders",
    indexes: [store::BY_CUSTOMER],
    functions: [
        cancel_order,
        get_order,
        keep_price,
        mark_rejected,
        mark_reserved,
        place_order,
        relay_orders,
    ],
}
