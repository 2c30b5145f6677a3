//! What a payment is for, as it is stored.

use kernel::{AccountId, InvoiceId, OrderId, TopUpId};
use payments::payment::Payment;
use payments::purpose::Purpose;
use serde_json::json;

#[test]
fn a_purpose_reads_back_from_its_id() {
    for purpose in [
        Purpose::Order(OrderId::from_bits(1)),
        Purpose::Invoice(InvoiceId::from_bits(1)),
        Purpose::TopUp(TopUpId::from_bits(1)),
    ] {
        assert_eq!(purpose.to_string().parse(), Ok(purpose));
        assert_eq!(serde_json::from_value::<Purpose>(json!(purpose)).unwrap(), purpose);
    }
    for other in ["", "ord_", "pay_00000000000000000000000001", "order"] {
        assert!(other.parse::<Purpose>().is_err(), "{other}");
    }
}

#[test]
fn an_orders_payment_is_stored_as_it_was_when_nothing_else_was_paid() {
    let (order, customer) = (OrderId::from_bits(1), AccountId::from_bits(2));
    let stored = json!({ "order": order, "customer": customer, "standing": "payable" });
    let payment = Payment::of(order, customer);
    assert_eq!(serde_json::to_value(&payment).unwrap(), stored);
    assert_eq!(serde_json::from_value::<Payment>(stored).unwrap(), payment);
}
