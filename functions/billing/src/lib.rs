//! Billing: the ledger, what jobs cost and earn, weekly invoices and payouts.
//!
//! Owns the table and topic `billing`. Every movement of money is a fact of the [`ledger`], entered once by
//! [`posting::enter`]: a transaction whose legs sum to zero. Each week a run closes every account that the week moved,
//! with an invoice for a client and a payout for a worker. Payouts go through a provider; whatever it is asked for is
//! stored first, and carried out by whoever comes by ([`carry_out`]).

pub mod adjustment;
pub mod adjustment_view;
pub mod balance;
pub mod book;
pub mod calendar;
pub mod carry_out;
pub mod golden_hat;
pub mod invoice;
pub mod invoice_view;
pub mod ledger;
pub mod payout;
pub mod posting;
pub mod proof;
pub mod run;
pub mod store;
pub mod tariff;
pub mod totals;
pub mod view;

platform::context! {
    name: "billing",
    indexes: [store::BY_CLIENT, platform::BY_DUE, store::BY_LISTED, store::BY_RUN],
    functions: [
        adjust_account,
        begin_run,
        credit_top_up,
        decide_adjustment,
        get_account_balance,
        get_adjustment,
        get_balance,
        get_invoice,
        get_run,
        golden_hat_webhook,
        lapse_adjustments,
        list_account_statement,
        list_adjustments,
        list_invoices,
        list_statement,
        poll_payouts,
        relay_billing,
        republish_billing,
        retry_payout,
        send_payout,
        settle_invoice,
        settle_job,
        settle_page,
        start_run,
    ],
}
