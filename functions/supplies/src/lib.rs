//! Supplies: what workers use up in jobs, what is bought again, and the cookie of each job.
//!
//! Owns the table and topic `supplies`. Which jobs there are and whose is its own replica of the jobs context, kept by
//! `keep-job` together with what the job needs. A worker asks for that, staff issue or refuse it; what runs low is
//! bought once a day, and received in parts. Each job gets a cookie from a vendor: what the vendor is asked for is
//! stored first and carried out by whoever comes by ([`carry_out`]), so that a lost reply, a crash or an outage leaves
//! a state from which anybody goes on.

pub mod biscuit;
pub mod carry_out;
pub mod cookie;
pub mod draw;
pub mod job;
pub mod purchase;
pub mod store;
pub mod supply;

platform::context! {
    name: "supplies",
    indexes: [platform::BY_DUE, store::BY_WORKER, store::LISTED],
    functions: [
        cancel_cookie,
        close_purchase,
        get_service_supplies,
        issue_supplies,
        keep_job,
        lapse_draw,
        list_draws,
        list_open_draws,
        list_purchases,
        list_supplies,
        order_cookie,
        poll_cookies,
        receive_purchase,
        refuse_supplies,
        relay_supplies,
        reorder_supplies,
        republish_supplies,
        request_supplies,
        set_service_supplies,
        set_supply,
        sweep_draws,
    ],
}
