//! How amounts and forms are written to Stripe.

use kernel::Money;
use payments::stripe::amount::{from_stripe, to_stripe};
use payments::stripe::form::Form;

fn money(amount: i64, currency: &str) -> Money {
    Money::new(amount, currency.parse().unwrap())
}

#[test]
fn amounts_are_in_stripes_own_unit() {
    for (amount, currency, stripe) in [
        (1099, "GBP", Some(1099)),
        (1099, "RUB", Some(1099)),
        (500, "JPY", Some(500)),
        (500, "KRW", Some(500)),
        (5, "ISK", Some(500)),
        (5, "UGX", Some(500)),
        (500, "MGA", Some(5)),
        (501, "MGA", None),
        (5120, "KWD", Some(5120)),
        (5124, "KWD", None),
        (i64::MAX, "ISK", None),
    ] {
        assert_eq!(to_stripe(money(amount, currency)), stripe, "{amount} {currency}");
        if let Some(stripe) = stripe {
            let code = currency.to_ascii_lowercase();
            assert_eq!(from_stripe(stripe, &code), Some(money(amount, currency)), "{amount} {currency}");
        }
    }
}

#[test]
fn what_is_no_amount_of_a_known_currency_is_not_read() {
    for (amount, currency) in [(1, "xyz"), (1, ""), (1, "gbpx"), (501, "isk"), (i64::MAX, "mga")] {
        assert_eq!(from_stripe(amount, currency), None, "{amount} {currency}");
    }
}

#[test]
fn everything_but_the_unreserved_is_percent_encoded() {
    let form = Form::new().with("metadata[order]", "ord_1").with("a", "b c&d=e+ü").with("n", 3).with("f", true);
    assert_eq!(form.encode(), "metadata%5Border%5D=ord_1&a=b%20c%26d%3De%2B%C3%BC&n=3&f=true");
    assert_eq!(Form::new().encode(), "");
}
