//! Stripe's test cards, by their numbers and by the names of test payment methods.

use serde::{Deserialize, Serialize};

/// A test card.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TestCard {
    /// The name of the test payment method.
    pub name: &'static str,
    /// The card's number.
    pub number: &'static str,
    /// The scheme.
    pub brand: &'static str,
    /// What it does.
    pub behaviour: Behaviour,
}

/// What a test card does.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Behaviour {
    /// It pays.
    Pays,
    /// It is declined, with a code that says why.
    Declined(Decline),
    /// It is saved without complaint, and declined afterwards.
    DeclinedOnceSaved,
    /// The bank wants to see the customer each time.
    Authenticates,
    /// The bank wants to see the customer until the card was saved for charges without.
    AuthenticatesUntilSaved,
    /// It pays; a refund seems to succeed, and fails later.
    RefundFails,
    /// It pays; a refund takes its time.
    RefundPends,
    /// It pays, and the customer disputes that.
    Disputed,
}

/// Why a card is declined.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decline {
    /// For no given reason.
    Generic,
    /// There is not enough on it.
    InsufficientFunds,
    /// It has expired.
    ExpiredCard,
    /// The bank had a problem.
    ProcessingError,
}

impl Decline {
    /// Code, decline code and message of the error.
    pub fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Decline::Generic => ("card_declined", "generic_decline", "Your card was declined."),
            Decline::InsufficientFunds => ("card_declined", "insufficient_funds", "Your card has insufficient funds."),
            Decline::ExpiredCard => ("expired_card", "expired_card", "Your card has expired."),
            Decline::ProcessingError => {
                ("processing_error", "processing_error", "An error occurred while processing your card. Try again.")
            }
        }
    }
}

const fn card(name: &'static str, number: &'static str, brand: &'static str, behaviour: Behaviour) -> TestCard {
    TestCard { name, number, brand, behaviour }
}

const CARDS: [TestCard; 13] = [
    card("pm_card_visa", "4242424242424242", "visa", Behaviour::Pays),
    card("pm_card_mastercard", "5555555555554444", "mastercard", Behaviour::Pays),
    card("pm_card_amex", "378282246310005", "amex", Behaviour::Pays),
    card("pm_card_chargeDeclined", "4000000000000002", "visa", Behaviour::Declined(Decline::Generic)),
    card(
        "pm_card_chargeDeclinedInsufficientFunds",
        "4000000000009995",
        "visa",
        Behaviour::Declined(Decline::InsufficientFunds),
    ),
    card(
        "pm_card_chargeDeclinedExpiredCard",
        "4000000000000069",
        "visa",
        Behaviour::Declined(Decline::ExpiredCard),
    ),
    card(
        "pm_card_chargeDeclinedProcessingError",
        "4000000000000119",
        "visa",
        Behaviour::Declined(Decline::ProcessingError),
    ),
    card("pm_card_chargeCustomerFail", "4000000000000341", "visa", Behaviour::DeclinedOnceSaved),
    card("pm_card_authenticationRequired", "4000002760003184", "visa", Behaviour::Authenticates),
    card(
        "pm_card_authenticationRequiredOnSetup",
        "4000002500003155",
        "visa",
        Behaviour::AuthenticatesUntilSaved,
    ),
    card("pm_card_refundFail", "4000000000005126", "visa", Behaviour::RefundFails),
    card("pm_card_pendingRefund", "4000000000007726", "visa", Behaviour::RefundPends),
    card("pm_card_createDispute", "4000000000000259", "visa", Behaviour::Disputed),
];

/// The card of a test payment method.
pub fn by_name(name: &str) -> Option<TestCard> {
    CARDS.into_iter().find(|card| card.name == name)
}

/// The card of a number, with or without blanks.
pub fn by_number(number: &str) -> Option<TestCard> {
    let digits: String = number.chars().filter(|letter| !letter.is_whitespace()).collect();
    CARDS.into_iter().find(|card| card.number == digits)
}
