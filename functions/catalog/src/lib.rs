//! The catalog: products as they are sold, and stock that cannot be oversold.
//!
//! Owns the table and topic `catalog`. Staff set, import and export products and count stock; anybody browses what is
//! on sale. For each placed order it keeps one reservation, which ends *committed*, *rejected* or *released*;
//! overselling is impossible, because each step moves counters under the condition that enough is there.
//!
//! Stock is kept for each SKU and location. All of one SKU of an order is taken from one location: the first, in the
//! order of the setting `STOCK_LOCATIONS`, that has enough of it.

pub mod allocation;
pub mod fields;
pub mod import;
mod import_row;
pub mod product;
pub mod reservation;
pub mod rows;
pub mod search;
pub mod sheet;
mod steps;
pub mod stock;
pub mod store;

platform::context! {
    name: "catalog",
    indexes: [store::REGISTER, store::BY_TITLE, store::BY_CATEGORY, store::VARIANTS, store::WAITING],
    functions: [
        commit_stock,
        export_products,
        get_product,
        import_products,
        list_products,
        relay_catalog,
        release_stock,
        republish_catalog,
        reserve_stock,
        restock_return,
        set_product,
        set_stock,
        sweep_reservations,
    ],
}
