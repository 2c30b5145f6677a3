//! Anybody browses what is on sale: of a category, in a range of prices, by the beginning of the title.
//!
//! Needs no sign-in. Lists by title, page by page; drafts are in none of the lists. Titles are compared whatever their
//! case and accents. Category and title are looked up; prices are compared with what is found there, and one request
//! looks through a bounded number of products, so a page may have fewer products than asked for, or none, and still have
//! a `next`. The lists follow changes within a moment.

use crate::fields::{Attributes, Link, Prices};
use crate::product::{Category, Product};
use crate::search::{Filter, folded};
use crate::store;
use derive::Refusal;
use kernel::{Count, Currency, Cursor, Page, Sku, Text};
use platform::http::{self, Anyone, Query};
use platform::{Failure, Function, TableReader};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How many products a page has unless asked otherwise.
const LIMIT: u32 = 20;
/// How many pages of the list one request looks through.
const ROUNDS: usize = 10;
/// For how long a page may be kept on its way, in seconds.
const MAX_AGE_S: u32 = 30;

/// What to browse.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Browse {
    /// Only of this category.
    #[serde(default)]
    pub category: Option<Category>,
    /// Only what is called like this: the beginning of the title.
    #[serde(default)]
    pub title: Option<Text<1, 100>>,
    /// Only what is sold in this currency.
    #[serde(default)]
    pub currency: Option<Currency>,
    /// Only what costs as much or more, in minor units of `currency`.
    #[serde(default)]
    pub min_price: Option<Count<0, 1_000_000_000>>,
    /// Only what costs as much or less, in minor units of `currency`.
    #[serde(default)]
    pub max_price: Option<Count<0, 1_000_000_000>>,
    /// How many products a page has at most; 20 if not said.
    #[serde(default)]
    pub limit: Option<Count<1, 100>>,
    /// The `next` of the page before.
    #[serde(default)]
    pub cursor: Option<Cursor>,
}

/// A product in a list.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ProductCard {
    /// Its code.
    pub sku: Sku,
    /// The code that its variants share.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub product: Option<Sku>,
    /// Its title.
    pub title: Text<1, 200>,
    /// Its category.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<Category>,
    /// What distinguishes it.
    pub attributes: Attributes,
    /// Its first picture or film.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<Link>,
    /// What one costs, tax included.
    pub prices: Prices,
}

/// Why nothing is listed.
#[derive(Debug, Refusal)]
pub enum Refused {
    /// Prices are compared in one currency.
    #[problem(400, "currency-missing", "Say the currency of min_price and max_price.")]
    CurrencyMissing,
    /// The range of prices is empty.
    #[problem(400, "price-range", "min_price is greater than max_price.")]
    PriceRange,
}

/// `GET /v1/products`
pub fn function() -> Function {
    http::get("/v1/products", list_products)
}

/// Looks through the list until the page is full.
pub async fn list_products(
    _: Anyone,
    Query(browse): Query<Browse>,
    catalog: TableReader,
) -> Result<http::Cached<Page<ProductCard>>, Failure<Refused>> {
    let filter = browse.filter()?;
    let limit = browse.limit.map_or(LIMIT, Count::get);
    let (category, title) = (browse.category.as_ref(), browse.title.as_ref().map(Text::as_str));
    let mut page = Page { items: Vec::new(), next: browse.cursor };
    for _ in 0..ROUNDS {
        let left = limit.saturating_sub(u32::try_from(page.items.len()).unwrap_or(limit));
        if left == 0 {
            break;
        }
        let found = store::on_sale(&catalog, category, title, left, page.next.as_ref()).await?;
        // What the index says may be a moment old: the product itself has the last word.
        let fitting = found.items.into_iter().map(|found| found.value).filter(|product| filter.fits(product));
        page.items.extend(fitting.map(card));
        page.next = found.next;
        if page.next.is_none() {
            break;
        }
    }
    Ok(http::Cached { max_age_s: MAX_AGE_S, body: page })
}

impl Browse {
    fn filter(&self) -> Result<Filter, Refused> {
        let (min, max) = (self.min_price.map(Count::get), self.max_price.map(Count::get));
        if min > max && max.is_some() {
            return Err(Refused::PriceRange);
        }
        let price = match (self.currency, min.or(max)) {
            (None, Some(_)) => return Err(Refused::CurrencyMissing),
            (None, None) => None,
            (Some(currency), _) => Some((currency, min.unwrap_or(0).into(), max.map_or(i64::MAX, i64::from))),
        };
        Ok(Filter {
            category: self.category.clone(),
            title: self.title.as_ref().map(|title| folded(title.as_str())),
            price,
        })
    }
}

fn card(Product { sku, details, .. }: Product) -> ProductCard {
    ProductCard {
        sku,
        image: details.media.iter().next().cloned(),
        product: details.product,
        title: details.title,
        category: details.category,
        attributes: details.attributes,
        prices: details.prices,
    }
}
