//! Orders: what customers bought, and how far each order is.
//!
//! Owns the table and topic `orders`. Prices are its own replica of the catalog's products, kept by `keep-price`; what
//! became of goods and money it hears from the catalog and from payments. A customer fills a cart, places an order, pays
//! it elsewhere, cancels or returns it; staff pack, ship and deliver it. [`order::State`] shows the way.

pub mod cart;
pub mod delivery;
pub mod figures;
pub mod fulfilment;
pub mod life;
pub mod order;
pub mod pricing;
pub mod returning;
pub mod store;

platform::context! {
    name: "orders",
    indexes: [store::BY_CUSTOMER],
    functions: [
        cancel_order,
        change_cart,
        deliver_order,
        empty_cart,
        expire_order,
        get_cart,
        get_order,
        get_receipt,
        keep_price,
        list_orders,
        mark_expired,
        mark_paid,
        mark_refunded,
        mark_rejected,
        mark_reserved,
        pack_order,
        place_order,
        read_payable,
        relay_orders,
        republish_orders,
        return_order,
        ship_order,
        sweep_orders,
    ],
}
