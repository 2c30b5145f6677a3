//! Partners: the clients they bring, and the events that they are sent.
//!
//! Owns the table and topic `partners`. Clients of Happy Cat Box come by webhook, by an hourly pull and by files of
//! staff; whatever comes is put aside in chunks first and taken over one by one, the newest report of a client counts,
//! and identity is told whom to admit. Who a client is, is told on asking.
//!
//! Partners name endpoints on the public internet, to which what happens is sent by Standard Webhooks: `fan-out` writes
//! a delivery for each endpoint that listens, `deliver-webhook` sends it, `sweep-deliveries` tries again what failed.
//! An admin approves what a partner may get, type by type.

pub mod audience;
pub mod client;
pub mod delivery;
pub mod endpoint;
pub mod endpoint_secret;
pub mod endpoint_wish;
pub mod happy_cat_box;
pub mod import;
pub mod lane;
pub mod offered;
pub mod row;
pub mod sending;
pub mod store;
pub mod subscribing;
pub mod taking;

platform::context! {
    name: "partners",
    indexes: [store::BY_SOURCE, platform::BY_DUE, store::BY_LANE],
    functions: [
        approve_event_types,
        change_endpoint,
        create_endpoint,
        deliver_webhook,
        enable_endpoint,
        fan_out,
        get_client,
        get_import,
        happy_cat_box_webhook,
        import_chunk,
        import_clients,
        keep_admission,
        list_clients,
        list_deliveries,
        list_endpoints,
        pull_happy_cat_box,
        read_imported_client,
        relay_partners,
        remove_endpoint,
        replay_deliveries,
        republish_partners,
        rotate_endpoint_secret,
        send_webhook_test,
        sweep_deliveries,
        sweep_imports,
    ],
}
