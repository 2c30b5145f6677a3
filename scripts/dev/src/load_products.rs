//! `cargo dev load-products`: real products into a running system, through its API.

use crate::{Options, Outcome};
use journeys::Api;
use serde::Deserialize;
use serde_json::json;
use std::path::PathBuf;

/// A row of `data/retail/products.csv`.
#[derive(Deserialize)]
struct Row {
    sku: String,
    title: String,
    unit_price_gbp: String,
    units_sold: u32,
}

/// Sets the best sellers, and as many of each on hand as were sold in a year.
#[allow(clippy::print_stdout, reason = "this is a command line")]
pub fn run(arguments: &[String]) -> Outcome {
    let options = Options::read(arguments, &["url", "count", "file"])?;
    let url = options.get("url", "http://127.0.0.1:8787".to_owned())?;
    let file = options.get("file", PathBuf::from("data/retail/products.csv"))?;
    let mut reader = csv::Reader::from_path(&file).map_err(|error| format!("{}: {error}", file.display()))?;
    let mut rows: Vec<Row> = reader.deserialize().collect::<Result<_, _>>().map_err(|error| error.to_string())?;
    rows.sort_by_key(|row| std::cmp::Reverse(row.units_sold));
    rows.truncate(options.get("count", 200)?);

    let api = Api::new(&url, &url);
    let manager = api.sign_in("manager")?;
    for row in &rows {
        let product = json!({
            "title": row.title,
            "price": { "amount_minor": pence(&row.unit_price_gbp)?, "currency": "GBP" },
            "tax_rate": 2000,
            "published": true,
        });
        let path = format!("/v1/products/{}", row.sku);
        api.put(&manager, &path, &product)?.expect(200)?;
        api.put(&manager, &format!("{path}/stock"), &json!({ "on_hand": row.units_sold }))?.expect(200)?;
    }
    println!("{} products are set, with their stock", rows.len());
    Ok(())
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
