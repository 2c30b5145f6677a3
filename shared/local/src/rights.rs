//! What a function may do, by its signature: the same as its role lets it do on AWS.

use crate::outside::{OutsideCall, PARTNERS, Service};
use crate::services::{lambda, s3, secrets};
use platform::describe::{Access, Caller, Description};
use platform::settings::{UPLOADS_AT, bucket_setting, partner_url};

/// The rights of a function.
#[derive(Clone, Debug)]
pub struct Rights {
    /// To its context's table.
    pub table: Access,
    /// Who may call it over HTTP.
    pub caller: Option<Caller>,
    /// The figures that limit how many requests one network may send it.
    pub limits: Vec<&'static str>,
    /// Partners it may call.
    pub partners: Vec<&'static str>,
    calls_anybody: bool,
    walks: bool,
    publishes: bool,
    parks: bool,
    signs: bool,
    puts_into: Vec<&'static str>,
    looks_into: Vec<&'static str>,
    asks: Vec<&'static str>,
    secrets: Vec<&'static str>,
    sends: Vec<&'static str>,
}

impl Rights {
    /// The rights that a description asks for.
    pub fn of(declared: &Description) -> Self {
        Self {
            table: declared.table,
            caller: declared.caller,
            limits: declared.limits.clone(),
            partners: declared.partners.clone(),
            calls_anybody: declared.calls_anybody,
            walks: declared.walks,
            publishes: !declared.publishes.is_empty(),
            parks: declared.parks,
            signs: declared.signs,
            puts_into: declared.puts_into.clone(),
            looks_into: declared.looks_into.clone(),
            asks: declared.asks.clone(),
            secrets: declared.secrets.clone(),
            sends: declared.sends.clone(),
        }
    }

    /// Where the partners and buckets are that it may reach, in a cloud that issues tokens as `issuer`.
    pub fn settings(&self, issuer: &str) -> Vec<(String, String)> {
        let partners = self.partners.iter().map(|name| (partner_url(name), format!("http://{name}{PARTNERS}")));
        let buckets = self.puts_into.iter().chain(&self.looks_into);
        let buckets = buckets.map(|name| (bucket_setting(name), s3::bucket(name)));
        partners.chain(buckets).chain([(UPLOADS_AT.to_owned(), s3::address(issuer))]).collect()
    }

    /// Whether this call is within them; if not, why.
    pub fn allow(&self, call: &OutsideCall) -> Result<(), String> {
        let allowed = match (call.service, call.operation.as_str()) {
            (Service::DynamoDb, "Scan") => self.walks,
            (Service::DynamoDb, "PutItem" | "UpdateItem" | "TransactWriteItems") => self.table >= Access::ReadWrite,
            (Service::DynamoDb, _) => self.table >= Access::Read,
            (Service::Kms, _) => self.signs,
            (Service::Lambda, _) => lambda::target(&call.target).is_some_and(|name| self.asks.contains(&name)),
            (Service::Partner, _) => {
                let partner = call.target.split('/').next().unwrap_or_default();
                self.partners.contains(&partner)
            }
            (Service::S3, "HeadObject" | "GetObject") => {
                s3::name(&call.target).is_some_and(|bucket| self.looks_into.contains(&bucket))
            }
            (Service::Public, _) => self.calls_anybody,
            (Service::S3, _) => self.parks && call.target.starts_with(s3::PARKING),
            (Service::Secrets, _) => {
                secrets::name(&call.body).is_some_and(|name| self.secrets.contains(&name.as_str()))
            }
            (Service::Ses, _) => self.sends.contains(&"email"),
            (Service::Sns, "Publish") => self.sends.contains(&"sms"),
            (Service::Sns, _) => self.publishes,
        };
        match allowed {
            true => Ok(()),
            false => Err(format!("{:?} {} {} is not declared", call.service, call.operation, call.target)),
        }
    }
}
