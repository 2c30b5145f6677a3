//! Exact money: minor units and an ISO 4217 currency. No floats, no implicit conversion, no silent overflow.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An ISO 4217 currency by its three capital letters. Lists 1, active codes (funds and metals left out).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency([u8; 3]);

/// Active currencies of ISO 4217 whose minor unit is a hundredth.
const HUNDREDTHS: &str = "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD \
    CDF CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG \
    HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR \
    MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP \
    SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD YER ZAR ZMW ZWG";
/// Without a minor unit.
const WHOLE: &str = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF";
/// Whose minor unit is a thousandth.
const THOUSANDTHS: &str = "BHD IQD JOD KWD LYD OMR TND";

impl Currency {
    /// Pound sterling.
    pub const GBP: Currency = Currency(*b"GBP");
    /// Euro.
    pub const EUR: Currency = Currency(*b"EUR");
    /// Russian rouble.
    pub const RUB: Currency = Currency(*b"RUB");

    /// The three letters.
    pub fn code(&self) -> &str {
        // Only ASCII letters are ever stored.
        std::str::from_utf8(&self.0).unwrap_or("???")
    }

    /// How many decimals the minor unit has.
    pub fn decimals(&self) -> u8 {
        match self.code() {
            code if WHOLE.contains(code) => 0,
            code if THOUSANDTHS.contains(code) => 3,
            _ => 2,
        }
    }
}

impl std::str::FromStr for Currency {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let known =
            [HUNDREDTHS, WHOLE, THOUSANDTHS].iter().any(|list| list.split_whitespace().any(|code| code == text));
        match text.as_bytes() {
            [a, b, c] if known => Ok(Self([*a, *b, *c])),
            _ => Err(format!("{text:?} is no active ISO 4217 currency; write it like GBP")),
        }
    }
}

impl std::fmt::Display for Currency {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.code())
    }
}

impl std::fmt::Debug for Currency {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.code())
    }
}

impl Serialize for Currency {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for Currency {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Currency".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "description": "An active ISO 4217 currency.",
            "pattern": "^[A-Z]{3}$",
            "examples": ["GBP"],
        })
    }
}

/// Why two amounts do not make a third.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MoneyError {
    /// The amounts are of different currencies.
    OtherCurrency,
    /// The result does not fit 64 bits.
    Overflow,
}

impl std::fmt::Display for MoneyError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            MoneyError::OtherCurrency => "the amounts are of different currencies",
            MoneyError::Overflow => "the amount is too large",
        })
    }
}

impl std::error::Error for MoneyError {}

/// An amount: `{"amount_minor": 1299, "currency": "GBP"}` is £12.99.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Money {
    /// The amount in the currency's minor unit (pence, kopecks).
    pub amount_minor: i64,
    /// Its currency.
    pub currency: Currency,
}

impl Money {
    /// `amount_minor` minor units of `currency`.
    pub const fn new(amount_minor: i64, currency: Currency) -> Self {
        Self { amount_minor, currency }
    }

    /// The sum.
    pub fn checked_add(self, other: Money) -> Result<Money, MoneyError> {
        self.same_currency(other)?;
        self.amount_minor
            .checked_add(other.amount_minor)
            .map(|sum| Money::new(sum, self.currency))
            .ok_or(MoneyError::Overflow)
    }

    /// The difference.
    pub fn checked_sub(self, other: Money) -> Result<Money, MoneyError> {
        self.same_currency(other)?;
        self.amount_minor
            .checked_sub(other.amount_minor)
            .map(|rest| Money::new(rest, self.currency))
            .ok_or(MoneyError::Overflow)
    }

    /// This many times the amount.
    pub fn checked_mul(self, times: i64) -> Result<Money, MoneyError> {
        self.amount_minor
            .checked_mul(times)
            .map(|product| Money::new(product, self.currency))
            .ok_or(MoneyError::Overflow)
    }

    fn same_currency(self, other: Money) -> Result<(), MoneyError> {
        if self.currency == other.currency { Ok(()) } else { Err(MoneyError::OtherCurrency) }
    }
}

impl std::fmt::Display for Money {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let scale = 10u64.pow(u32::from(self.currency.decimals()));
        let (sign, amount) = (if self.amount_minor < 0 { "-" } else { "" }, self.amount_minor.unsigned_abs());
        match usize::from(self.currency.decimals()) {
            0 => write!(f, "{sign}{amount} {}", self.currency),
            width => write!(f, "{sign}{}.{:0width$} {}", amount / scale, amount % scale, self.currency),
        }
    }
}

/// A rate of tax in basis points (2000 = 20 %), at most 100 %.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "u32")]
pub struct TaxRate(#[schemars(range(max = 10_000))] u32);

impl TaxRate {
    /// The tax contained in a price that includes it: `price × rate ÷ (1 + rate)`, rounded half to even.
    pub fn included_in(self, gross: Money) -> Money {
        let (rate, gross_minor) = (i128::from(self.0), i128::from(gross.amount_minor));
        let (part, whole) = (gross_minor * rate, 10_000 + rate);
        let (quotient, rest) = (part.div_euclid(whole), part.rem_euclid(whole));
        let up = rest * 2 > whole || (rest * 2 == whole && quotient % 2 != 0);
        // The tax is smaller than the price, so it fits whatever held the price.
        Money::new(i64::try_from(quotient + i128::from(up)).unwrap_or(gross.amount_minor), gross.currency)
    }
}

impl TryFrom<u32> for TaxRate {
    type Error = String;

    fn try_from(basis_points: u32) -> Result<Self, String> {
        if basis_points > 10_000 {
            return Err(format!("a tax rate is 0 to 10000 basis points, this is {basis_points}"));
        }
        Ok(Self(basis_points))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn pounds(minor: i64) -> Money {
        Money::new(minor, Currency::GBP)
    }

    #[test]
    fn amounts_of_different_currencies_never_mix() {
        assert_eq!(pounds(1).checked_add(Money::new(1, Currency::EUR)), Err(MoneyError::OtherCurrency));
        assert_eq!(pounds(i64::MAX).checked_add(pounds(1)), Err(MoneyError::Overflow));
        assert_eq!(pounds(i64::MAX).checked_mul(2), Err(MoneyError::Overflow));
    }

    #[test]
    fn money_is_written_with_the_decimals_of_its_currency() {
        assert_eq!(pounds(1299).to_string(), "12.99 GBP");
        assert_eq!(pounds(-5).to_string(), "-0.05 GBP");
        assert_eq!(Money::new(500, "JPY".parse().unwrap()).to_string(), "500 JPY");
        assert_eq!(Money::new(1, "KWD".parse().unwrap()).to_string(), "0.001 KWD");
        assert!("gbp".parse::<Currency>().is_err());
        assert!("XXX".parse::<Currency>().is_err());
        assert!("BP ".parse::<Currency>().is_err());
    }

    #[test]
    fn included_tax_is_rounded_half_to_even() {
        let rate = TaxRate::try_from(2000).unwrap();
        assert_eq!(rate.included_in(pounds(1200)), pounds(200));
        assert_eq!(rate.included_in(pounds(3)), pounds(0), "0.5 goes to the even 0");
        assert_eq!(rate.included_in(pounds(9)), pounds(2), "1.5 goes to the even 2");
        assert!(TaxRate::try_from(10_001).is_err());
    }

    proptest! {
        #[test]
        fn tax_lies_between_nothing_and_the_price(minor in 0..i64::MAX, rate in 0u32..=10_000) {
            let tax = TaxRate::try_from(rate).unwrap().included_in(pounds(minor)).amount_minor;
            prop_assert!(tax >= 0 && tax <= minor);
        }

        #[test]
        fn subtraction_undoes_addition(a in -1_000_000_000i64..1_000_000_000, b in -1_000_000_000i64..1_000_000_000) {
            let sum = pounds(a).checked_add(pounds(b)).unwrap();
            prop_assert_eq!(sum.checked_sub(pounds(b)).unwrap(), pounds(a));
        }
    }
}
