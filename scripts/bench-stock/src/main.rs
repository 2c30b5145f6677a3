//! A Lambda function with a DynamoDB client, set up as the SDK's guide does: what ours are measured against.

use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::{Value, json};

#[tokio::main]
#[allow(deprecated, reason = "`load_defaults` does the same; most functions still say it like this")]
async fn main() -> Result<(), Error> {
    let config = aws_config::load_from_env().await;
    let client = aws_sdk_dynamodb::Client::new(&config);
    lambda_runtime::run(service_fn(|event: LambdaEvent<Value>| {
        let client = client.clone();
        async move {
            let (pk, table) = (event.payload["pk"].as_str(), std::env::var("TABLE")?);
            let pk = aws_sdk_dynamodb::types::AttributeValue::S(pk.unwrap_or_default().to_owned());
            let found = client.get_item().table_name(table).key("pk", pk).send().await?;
            Ok::<_, Error>(json!({ "found": found.item().is_some() }))
        }
    }))
    .await
}
