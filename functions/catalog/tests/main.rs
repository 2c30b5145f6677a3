//! The use cases of the catalog, each against the embedded cloud, and the pure domain beneath them.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

mod allocation;
mod commit_stock;
mod costs;
mod export_products;
mod fields;
mod get_product;
mod import_products;
mod interrupted_reservations;
mod list_products;
mod orders_lives;
mod relay_catalog;
mod release_stock;
mod republish_catalog;
mod reservation;
mod reserve_stock;
mod restock_return;
mod search;
mod set_product;
mod set_stock;
mod sheet;
mod stock;
mod support;
mod sweep_reservations;
