//! What the delivery of an order costs.

use kernel::{Currency, Money, TaxRate};
use platform::Figure;
use std::collections::BTreeSet;

/// The fees of a deployment: one tariff for each currency that has one. Elsewhere delivery is free.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Tariffs(Vec<Tariff>);

/// The fee in one currency.
#[derive(Clone, Copy, PartialEq, Debug)]
struct Tariff {
    currency: Currency,
    fee_minor: i64,
    free_from_minor: i64,
    tax_rate: TaxRate,
}

/// The setting `DELIVERY_FEES`: `GBP:395:5000:2000 EUR:495:6000:2000`, which is fee, total from which it is free (both
/// in minor units, tax included), and the rate of the tax in it in basis points.
#[derive(Clone, Copy, Debug)]
pub struct DeliveryFees;

impl Figure for DeliveryFees {
    type Value = Tariffs;
    const NAME: &'static str = "DELIVERY_FEES";
    const DEFAULT: &'static str = "";

    fn read(text: &str) -> Result<Tariffs, String> {
        let tariffs: Vec<Tariff> = text.split_whitespace().map(Tariff::read).collect::<Result<_, _>>()?;
        let currencies: BTreeSet<&str> = tariffs.iter().map(|tariff| tariff.currency.code()).collect();
        match currencies.len() == tariffs.len() {
            true => Ok(Tariffs(tariffs)),
            false => Err("a currency has one tariff".to_owned()),
        }
    }
}

impl Tariff {
    fn read(text: &str) -> Result<Self, String> {
        let wrong = || format!("{text:?} is no tariff; write it like GBP:395:5000:2000");
        let parts: Vec<&str> = text.split(':').collect();
        let [currency, fee, free_from, tax_rate] = parts[..] else {
            return Err(wrong());
        };
        let amount = |text: &str| text.parse().ok().filter(|amount| (0..=1_000_000_000).contains(amount));
        let tax_rate: u32 = tax_rate.parse().map_err(|_| wrong())?;
        Ok(Self {
            currency: currency.parse()?,
            fee_minor: amount(fee).ok_or_else(wrong)?,
            free_from_minor: amount(free_from).ok_or_else(wrong)?,
            tax_rate: tax_rate.try_into().map_err(|_| wrong())?,
        })
    }
}

impl Tariffs {
    /// The fee for goods of this price, and the tax in it.
    pub fn fee(&self, goods: Money) -> (Money, Money) {
        let nothing = Money::new(0, goods.currency);
        let tariff = self.0.iter().find(|tariff| tariff.currency == goods.currency);
        match tariff {
            Some(tariff) if goods.amount_minor < tariff.free_from_minor => {
                let fee = Money::new(tariff.fee_minor, goods.currency);
                (fee, tariff.tax_rate.included_in(fee))
            }
            _ => (nothing, nothing),
        }
    }
}
