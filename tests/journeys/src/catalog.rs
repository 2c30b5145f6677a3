//! The catalog: from a file to what anybody finds.

use crate::shop::same;
use crate::{Api, Outcome};
use serde_json::{Value, json};

/// Imported, browsed by category, price and title, looked at, exported.
pub fn browsing(api: &Api) -> Outcome {
    let manager = api.manager()?;
    let category = api.fresh("category");
    let [candle, tree, draft] = ["candle", "tree", "draft"].map(|name| api.fresh(name));
    let text = format!(
        "sku,title,category,prices,published,on_hand\r\n\
         {candle},\"Crème candle, white\",{category},2.55 GBP|299 RUB,true,100\r\n\
         {tree},Ёлка,{category},25.00 GBP,true,3\r\n\
         {draft},Ёлка будущего года,{category},30.00 GBP,false,\r\n\
         {tree},Ёлка ещё раз,{category},25.00 GBP,true,3\r\n\
         ,Без кода,{category},free,true,3\r\n",
    );
    let file = json!({ "dry_run": false, "format": "csv", "text": text });
    let key = api.fresh("import-some-products");
    let report = api.post(&manager, "/v1/products/import", &key, &file)?.expect(200)?;
    let counts = ["rows", "created", "refused"].map(|name| report[name].as_u64());
    same("good rows are kept", &json!(counts), &json!([5, 3, 2]))?;
    let wrong: Vec<_> = report["errors"].as_array().into_iter().flatten().map(|e| (&e["row"], &e["field"])).collect();
    same("bad ones are named", &json!(wrong), &json!([[4, "sku"], [5, "prices"], [5, "sku"]]))?;
    let again = api.post(&manager, "/v1/products/import", &key, &file)?.expect(200)?;
    same("a repeated import gets the same reply", &again, &report)?;

    let anybody = |path: &str| api.look(path);
    let found = |query: &str| -> Result<Value, String> {
        let page = anybody(&format!("/v1/products?category={category}{query}"))?.expect(200)?;
        Ok(page["items"].as_array().into_iter().flatten().map(|item| item["sku"].clone()).collect())
    };
    api.until("the products are listed", || Ok((found("")? == json!([candle, tree])).then_some(())))?;
    for (query, expected) in [
        ("&title=CREME%20c", json!([candle])),
        ("&title=%D0%B5%D0%BB%D0%BA%D0%B0", json!([tree])),
        ("&currency=GBP&min_price=256", json!([tree])),
        ("&currency=RUB&max_price=29900", json!([candle])),
        ("&currency=EUR", json!([])),
    ] {
        same(query, &found(query)?, &expected)?;
    }
    let first = anybody(&format!("/v1/products?category={category}&limit=1"))?.expect(200)?;
    let next = first["next"].as_str().ok_or("there is no second page")?;
    same(
        "the second page has the second product",
        &found(&format!("&limit=1&cursor={next}"))?,
        &json!([tree]),
    )?;
    same("a cursor is what it was", &json!(anybody("/v1/products?cursor=W10")?.status), &json!(400))?;

    let seen = anybody(&format!("/v1/products/{tree}"))?.expect(200)?;
    same("few are left", &seen["availability"], &json!("low"))?;
    same(
        "a draft is nobody's business",
        &json!(anybody(&format!("/v1/products/{draft}"))?.status),
        &json!(404),
    )?;
    let page = api.get(&manager, "/v1/products/export?format=csv&limit=5")?.expect(200)?;
    same("it is exported as it is imported", &page["format"], &json!("csv"))?;
    let unsigned = anybody("/v1/products/export")?;
    same("but not to anybody", &json!(unsigned.status), &json!(401))
}
