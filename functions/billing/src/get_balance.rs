//! A person looks at what they have or owe: as a client, as a worker.
//!
//! Called by whoever is signed in; nobody's but the caller's own is shown. Strongly consistent.

use crate::view::{Balances, balances};
use platform::http::{self, SignedIn};
use platform::{Failure, Function, TableReader};
use std::convert::Infallible;

/// `GET /v1/balance`
pub fn function() -> Function {
    http::get("/v1/balance", get_balance)
}

/// Reads the caller's balances.
pub async fn get_balance(caller: SignedIn, billing: TableReader) -> Result<http::Ok<Balances>, Failure<Infallible>> {
    Ok(http::Ok {
        version: None,
        body: balances(&billing, caller.account).await?,
    })
}
