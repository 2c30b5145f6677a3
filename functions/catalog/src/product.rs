//! A product: what is sold under a SKU, how it is described, at which prices. Pure.

use crate::fields::{Attributes, Media, Prices, Prose, Slug};
use crate::search::title_key;
use kernel::{Sku, TaxRate, Text};
use platform::Figure;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A category: `garden-furniture`.
pub type Category = Slug<60>;

/// A product as it is described by those who sell it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Details {
    /// Its title.
    pub title: Text<1, 200>,
    /// What there is to say about it, in paragraphs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Prose<5000>>,
    /// The code that all variants of one product share: sizes, colours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product: Option<Sku>,
    /// The category it is found in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<Category>,
    /// What distinguishes it, and it from its variants.
    #[serde(default, skip_serializing_if = "Attributes::is_empty")]
    pub attributes: Attributes,
    /// Pictures and films; the first one stands for it in lists.
    #[serde(default, skip_serializing_if = "Media::is_empty")]
    pub media: Media,
    /// What one costs, tax included: one price a currency.
    pub prices: Prices,
    /// Which tax is in it.
    #[serde(default)]
    pub tax_class: TaxClass,
    /// Whether customers see it and may order it; a draft otherwise.
    pub published: bool,
}

/// What kind of goods it is to the tax office.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TaxClass {
    /// As most goods.
    #[default]
    Standard,
    /// As the law favours it: food, books.
    Reduced,
    /// Not taxed.
    Zero,
}

impl TaxClass {
    /// The class as requests and sheets write it.
    pub fn name(self) -> &'static str {
        match self {
            TaxClass::Standard => "standard",
            TaxClass::Reduced => "reduced",
            TaxClass::Zero => "zero",
        }
    }
}

/// A product.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Product {
    /// The code it is sold under.
    pub sku: Sku,
    /// What those who sell it say.
    #[serde(flatten)]
    pub details: Details,
    /// The rate of the tax in it: its class's, when it was last set. A rate that the law changes reaches products as
    /// they are set again (an export and an import do), each with its event.
    pub tax_rate: TaxRate,
    /// What indexes know it by.
    #[serde(flatten)]
    pub listed: Listed,
}

/// What indexes know a product by. Each is sparse: a draft has none of it but its place in the register.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Listed {
    /// The list of all products, drafts included.
    register: Register,
    /// The list of everything on sale.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    on_sale: Option<OnSale>,
    /// The category, if on sale.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    shelf: Option<Category>,
    /// The product whose variant it is, if on sale.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    variant_of: Option<Sku>,
    /// The title as it is sorted and found, if on sale.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    title_key: Option<String>,
}

/// The partition of all products.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Register {
    /// The only one.
    Products,
}

/// The partition of everything on sale.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OnSale {
    /// The only one.
    Yes,
}

impl Product {
    /// The product of these details, taxed at the rates of today.
    pub fn of(sku: Sku, details: Details, rates: &TaxRates) -> Self {
        let on_sale = details.published;
        let listed = Listed {
            register: Register::Products,
            on_sale: on_sale.then_some(OnSale::Yes),
            shelf: details.category.clone().filter(|_| on_sale),
            variant_of: details.product.clone().filter(|_| on_sale),
            title_key: on_sale.then(|| title_key(details.title.as_str())),
        };
        Self { sku, tax_rate: rates.of(details.tax_class), details, listed }
    }
}

/// What a product announces.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProductEvent {
    /// It was created or changed.
    Changed,
}

/// The rate of each tax class, in basis points: `standard=2000 reduced=500 zero=0`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TaxRates {
    standard: TaxRate,
    reduced: TaxRate,
    zero: TaxRate,
}

impl TaxRates {
    /// The rate of a class.
    pub fn of(&self, class: TaxClass) -> TaxRate {
        match class {
            TaxClass::Standard => self.standard,
            TaxClass::Reduced => self.reduced,
            TaxClass::Zero => self.zero,
        }
    }
}

impl Figure for TaxRates {
    type Value = TaxRates;
    const NAME: &'static str = "TAX_RATES";
    // Of the United Kingdom, where the sample shop is.
    const DEFAULT: &'static str = "standard=2000 reduced=500 zero=0";

    fn read(text: &str) -> Result<TaxRates, String> {
        let rate = |class: &str| {
            let rates = text.split_whitespace().filter_map(|pair| pair.split_once('='));
            let mut rates = rates.filter(|(name, _)| *name == class);
            match (rates.next(), rates.next()) {
                (Some((_, rate)), None) => {
                    rate.parse::<u32>().map_err(|_| format!("{rate} is no number of basis points"))?.try_into()
                }
                _ => Err(format!("the rate of {class} must be given once: {}", Self::DEFAULT)),
            }
        };
        Ok(TaxRates {
            standard: rate("standard")?,
            reduced: rate("reduced")?,
            zero: rate("zero")?,
        })
    }
}
