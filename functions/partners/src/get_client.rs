//! Staff look at a client whom Happy Cat Box brought.
//!
//! Called by a manager.

use crate::client::Client;
use crate::happy_cat_box::SOURCE;
use crate::row::{ExternalId, Locale};
use crate::store::{Admission, admission_key, client_key};
use kernel::{AccountId, Timestamp};
use platform::http::caller::Manager;
use platform::http::{self, Path, Staff};
use platform::{Failure, Function, TableReader};
use schemars::JsonSchema;
use serde::Serialize;
use std::convert::Infallible;

/// A client whom a partner brought.
#[derive(Serialize, JsonSchema)]
pub struct ClientView {
    /// The partner's id of the client.
    pub id: ExternalId,
    /// The e-mail address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The phone number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// The language to write in.
    pub locale: Locale,
    /// The time zone.
    pub time_zone: String,
    /// When the partner changed it last.
    pub updated_at: Timestamp,
    /// The account that the client has here; none yet if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<AccountId>,
}

/// `GET /v1/partners/happy-cat-box/clients/{client}`
pub fn function() -> Function {
    http::get("/v1/partners/happy-cat-box/clients/{client}", get_client)
}

/// Reads the client, and which account it has.
pub async fn get_client(
    _: Staff<Manager>,
    Path(id): Path<ExternalId>,
    partners: TableReader,
) -> Result<http::Ok<ClientView>, Failure<Infallible>> {
    let (client, admission) = (client_key(SOURCE, &id), admission_key(SOURCE, &id));
    let (client, admission) =
        platform::both(partners.get::<Client>(&client), partners.get::<Admission>(&admission)).await?;
    let client = client.ok_or_else(http::not_found)?.value;
    let account = admission.map(|admission| admission.value.account);
    Ok(http::Ok { version: None, body: ClientView::of(client, account) })
}

impl ClientView {
    /// The client, with its account.
    pub fn of(client: Client, account: Option<AccountId>) -> Self {
        Self {
            id: client.external_id,
            email: client.email,
            phone: client.phone,
            locale: client.locale,
            time_zone: client.time_zone.as_str().to_owned(),
            updated_at: client.updated_at,
            account,
        }
    }
}
