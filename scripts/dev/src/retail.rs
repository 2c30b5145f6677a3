//! The real data: products and orders of a retailer (`data/README.md` says where they come from).

use serde::Deserialize;
use std::io::Read;
use std::path::Path;

/// A product.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Product {
    /// Its code.
    pub sku: String,
    /// Its title.
    pub title: String,
    /// Price of one.
    pub pence: i64,
    /// How many were sold in a year.
    pub units_sold: u32,
}

/// An invoice or a credit note.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Invoice {
    /// Its number; those of returns begin with `C`.
    pub number: String,
    /// The customer's number, or `guest-` and the invoice's.
    pub customer: String,
    /// Whether it gives back.
    pub is_return: bool,
    /// SKU and quantity of each line; negative for what comes back.
    pub lines: Vec<(String, i64)>,
}

#[derive(Deserialize)]
struct ProductRow {
    sku: String,
    title: String,
    unit_price_gbp: String,
    units_sold: u32,
}

#[derive(Deserialize)]
struct LineRow {
    invoice: String,
    customer_id: String,
    sku: String,
    quantity: i64,
}

/// All products, the best sellers first.
pub fn products(file: &Path) -> Result<Vec<Product>, String> {
    let mut reader = csv::Reader::from_path(file).map_err(|error| format!("{}: {error}", file.display()))?;
    let mut products = Vec::new();
    for row in reader.deserialize() {
        let ProductRow { sku, title, unit_price_gbp, units_sold } = row.map_err(|error| error.to_string())?;
        products.push(Product { sku, title, pence: pence(&unit_price_gbp)?, units_sold });
    }
    products.sort_by_key(|product| std::cmp::Reverse(product.units_sold));
    Ok(products)
}

/// All invoices of the compressed file, in their order.
pub fn invoices(file: &Path) -> Result<Vec<Invoice>, String> {
    let problem = |error: std::io::Error| format!("{}: {error}", file.display());
    let mut text = String::new();
    let packed = std::fs::File::open(file).map_err(problem)?;
    flate2::read::GzDecoder::new(packed).read_to_string(&mut text).map_err(problem)?;
    let mut invoices: Vec<Invoice> = Vec::new();
    for row in csv::Reader::from_reader(text.as_bytes()).deserialize() {
        let LineRow { invoice, customer_id, sku, quantity } = row.map_err(|error| error.to_string())?;
        if invoices.last().is_none_or(|last| last.number != invoice) {
            let customer = if customer_id.is_empty() { format!("guest-{invoice}") } else { customer_id };
            let is_return = invoice.starts_with('C');
            invoices.push(Invoice { number: invoice, customer, is_return, lines: Vec::new() });
        }
        if let Some(last) = invoices.last_mut() {
            last.lines.push((sku, quantity));
        }
    }
    Ok(invoices)
}

/// `2.55` is 255 pence. No floats: 2.55 has no exact one.
fn pence(pounds: &str) -> Result<i64, String> {
    let (whole, fraction) = pounds.split_once('.').unwrap_or((pounds, ""));
    let bad = || format!("{pounds} is no price in pounds");
    let fraction = format!("{fraction:0<2}");
    if fraction.len() > 2 {
        return Err(bad());
    }
    let whole: i64 = whole.parse().map_err(|_| bad())?;
    let fraction: i64 = fraction.parse().map_err(|_| bad())?;
    Ok(whole * 100 + fraction)
}

#[cfg(test)]
mod tests {
    use super::pence;

    #[test]
    fn prices_are_read_exactly() {
        assert_eq!(pence("2.55"), Ok(255));
        assert_eq!(pence("0.5"), Ok(50));
        assert_eq!(pence("12"), Ok(1200));
        assert!(pence("1.234").is_err());
        assert!(pence("free").is_err());
    }
}
