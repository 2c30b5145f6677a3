//! The catalog: products as they are sold, and stock that cannot be oversold.
//!
//! Owns the table and topic `catalog`. Staff set products and count stock. For each placed order it keeps one
//! reservation, which ends *reserved*, *rejected* or *released*; overselling is impossible, because each set-aside
//! moves counters under the condition that enough is available.

pub mod product;
pub mod reservation;
pub mod stock;
pub mod store;

platform::context! {
    name: "catalog",
    indexes: [],
    functions: [
        relay_catalog,
        release_stock,
        reserve_stock,
        set_product,
        set_stock,
    ],
}
