//! Looks into tables.

use dynoxide::actions::scan::ScanRequest;
use local::cloud::Cloud;
use platform::Item;
use serde_json::Value;

/// An item of a table.
pub struct Row {
    /// Its sort key.
    pub sk: String,
    /// All of it, in DynamoDB's JSON.
    pub item: Value,
}

/// Everything in a context's table.
pub fn rows(cloud: &Cloud, context: &'static str) -> Result<Vec<Row>, String> {
    let table = cloud.table(context).ok_or("no such table")?;
    let mut rows = Vec::new();
    let mut from = None;
    loop {
        let request = ScanRequest {
            table_name: context.to_owned(),
            exclusive_start_key: from,
            ..ScanRequest::default()
        };
        let page = table.scan(request).map_err(|error| error.to_string())?;
        for item in page.items.unwrap_or_default() {
            let item = serde_json::to_value(&item).map_err(|error| error.to_string())?;
            let sk = item["sk"]["S"].as_str().unwrap_or_default().to_owned();
            rows.push(Row { sk, item });
        }
        from = page.last_evaluated_key;
        if from.is_none() {
            return Ok(rows);
        }
    }
}

/// Those of one kind.
pub fn of_kind<T: Item>(rows: &[Row]) -> Result<Vec<T>, String> {
    rows.iter()
        .filter(|row| row.sk.split('#').next() == Some(T::KIND))
        .map(|row| platform::table::read_item(&row.item).map_err(|error| error.to_string()))
        .collect()
}

/// Everything of one kind in a context's table; nothing if it cannot be read, which the invariants say.
pub fn all<T: Item>(cloud: &Cloud, context: &'static str) -> Vec<T> {
    rows(cloud, context).and_then(|rows| of_kind(&rows)).unwrap_or_default()
}
