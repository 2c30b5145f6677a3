//! Payments: what customers pay through a provider for orders, for invoices and onto their balances, and what they get
//! back.
//!
//! Owns the table and topic `payments`. An order that may be paid is a replica, kept by `keep-payable`. Cards never
//! come here: the customer enters them in the provider's form and pays with a client secret; the provider's signed
//! webhooks say what came of it. Each order, invoice and top-up has one [`payment::Payment`], where everything about
//! its money is decided: it is paid once, what comes too late or differs goes back whole, and nothing is given back
//! twice.
//!
//! Whatever the provider is asked for is stored first, and carried out by whoever comes by ([`carry_out`]): a lost
//! reply, a crash or an outage leaves a state from which anybody goes on. Each day is compared with what the provider
//! says ([`reconcile_payments`]).

pub mod attempt;
pub mod break_view;
pub mod carry_out;
pub mod compare;
pub mod comparing;
pub mod comparison;
pub mod day;
pub mod discrepancy;
pub mod hear;
pub mod invoice;
pub mod method;
pub mod next_call;
pub mod payable;
pub mod payer;
pub mod payment;
pub mod provider;
pub mod purpose;
pub mod refund;
pub mod refunding;
mod refusals;
pub mod started;
pub mod store;
pub mod stripe;
pub mod top_up;
pub mod unpaid_order;
pub mod way;

platform::context! {
    name: "payments",
    indexes: [store::BY_DAY, platform::BY_DUE],
    functions: [
        charge_invoice,
        close_break,
        close_payment,
        get_break,
        get_payment,
        get_top_up,
        keep_payable,
        list_breaks,
        list_payment_methods,
        pay_invoice,
        poll_payments,
        reconcile_payments,
        refund_return,
        relay_payments,
        remove_payment_method,
        republish_payments,
        start_payment,
        stripe_webhook,
        top_up_balance,
    ],
}
