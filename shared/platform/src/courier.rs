//! Sends to addresses that others name: partners' endpoints on the public internet.
//!
//! Whoever names an address may mean one inside: the machine's own, a neighbour's, the cloud's metadata. So an address
//! is `https://` and a name, on the usual port; what the name stands for is looked up here and every address of it
//! judged; the connection goes to an address that passed; redirects are not followed, and nothing of an answer is read
//! but its status. One attempt a call: whether it is repeated is the caller's business.

use crate::argument::broken;
use crate::{Argument, Call, Error, World};
use aws_smithy_runtime_api::client::dns::{DnsFuture, ResolveDns, ResolveDnsError};
use aws_smithy_runtime_api::client::http::{HttpConnector, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use kernel::Problem;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, ToSocketAddrs};

/// The port of `https`.
const PORT: u16 = 443;
/// The longest address, in characters.
const MAX_URL: usize = 1000;

/// An address on the public internet, as far as its text tells: `https`, a name, the usual port, no user, no fragment.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PublicUrl(String);

impl PublicUrl {
    /// The address, its name in lower case.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<PublicUrl> for String {
    fn from(url: PublicUrl) -> Self {
        url.0
    }
}

impl TryFrom<String> for PublicUrl {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let wrong = || "an address like https://example.com/hooks is expected: a name, no port, no fragment".to_owned();
        if text.len() > MAX_URL {
            return Err(format!("an address has at most {MAX_URL} characters"));
        }
        let rest = text.strip_prefix("https://").ok_or_else(wrong)?;
        let (host, path) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
        let host = host.strip_suffix(":443").unwrap_or(host).to_ascii_lowercase();
        let known = |byte: u8| byte.is_ascii_graphic() && !b"\"#<>\\^`{|}".contains(&byte);
        if !is_name(&host) || !path.bytes().all(known) {
            return Err(wrong());
        }
        let slash = if path.starts_with('/') { "" } else { "/" };
        Ok(Self(format!("https://{host}{slash}{path}")))
    }
}

/// Whether this is a name of the public DNS. A number in its last part would make an address of it, in one of the many
/// ways that addresses are written.
fn is_name(host: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let top = host.rsplit('.').next().unwrap_or_default();
    let is_letters = top.len() >= 2 && (top.bytes().all(|byte| byte.is_ascii_lowercase()) || top.starts_with("xn--"));
    host.len() <= 253 && host.contains('.') && host.split('.').all(is_label) && is_letters
}

impl JsonSchema for PublicUrl {
    fn schema_name() -> Cow<'static, str> {
        "PublicUrl".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "description": "An address on the public internet: https, a name, the usual port, no fragment.",
            "pattern": "^https://[A-Za-z0-9.-]+(:443)?([/?][!-~]*)?$",
            "maxLength": MAX_URL,
            "examples": ["https://partner.example.com/hooks"],
        })
    }
}

/// Why something was not delivered.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Undelivered {
    /// The name stands for an address that is not public: nothing was sent.
    NotPublic,
    /// There was no answer in time. It may have arrived.
    TimedOut,
    /// There is no such name, nobody listens, the certificate is not good, or the connection broke. It may have
    /// arrived.
    Unreachable,
}

/// Sends to public addresses that others name.
#[derive(Clone)]
pub struct Courier {
    connector: SharedHttpConnector,
}

impl Courier {
    /// Posts `body` once; the status of the answer. Headers by lower-case name.
    pub async fn post(
        &self,
        url: &PublicUrl,
        headers: &[(&'static str, String)],
        body: Vec<u8>,
    ) -> Result<u16, Undelivered> {
        let length = body.len().to_string();
        let mut request = HttpRequest::new(SdkBody::from(body));
        request.set_method("POST").map_err(|_| Undelivered::Unreachable)?;
        request.set_uri(url.as_str().to_owned()).map_err(|_| Undelivered::Unreachable)?;
        request.headers_mut().insert("content-length", length);
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.clone());
        }
        let answer = self.connector.call(request).await;
        answer.map(|answer| answer.status().as_u16()).map_err(|error| reason(&error))
    }
}

fn reason(error: &ConnectorError) -> Undelivered {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if error.is::<NotPublic>() {
            return Undelivered::NotPublic;
        }
        cause = error.source();
    }
    if error.is_timeout() { Undelivered::TimedOut } else { Undelivered::Unreachable }
}

impl Argument for Courier {
    fn take(call: &Call) -> Result<Self, Problem> {
        let connector = call.world.public.connector().map_err(|error| broken(call, &error))?;
        Ok(Self { connector })
    }

    fn prepare(world: &World) -> Result<(), Error> {
        world.public.connector().map(drop)
    }

    #[cfg(feature = "describe")]
    fn describe(description: &mut crate::describe::Description) {
        description.calls_anybody = true;
    }
}

/// Looks names up, and lets through those that stand for public addresses only.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PublicNames;

/// A name stands for an address that is not public, or for none.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct NotPublic;

impl std::fmt::Display for NotPublic {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the name stands for an address that is not public")
    }
}

impl std::error::Error for NotPublic {}

impl ResolveDns for PublicNames {
    fn resolve_dns<'a>(&'a self, name: &'a str) -> DnsFuture<'a> {
        let name = name.to_owned();
        DnsFuture::new(async move {
            // The operating system looks names up in a way that blocks.
            let found = tokio::task::spawn_blocking(move || (name.as_str(), PORT).to_socket_addrs()).await;
            let found = found.map_err(ResolveDnsError::new)?.map_err(ResolveDnsError::new)?;
            judged(found.map(|address| address.ip()).collect()).map_err(ResolveDnsError::new)
        })
    }
}

/// The addresses, if all of them are public: who mixes in another one means it.
fn judged(addresses: Vec<IpAddr>) -> Result<Vec<IpAddr>, NotPublic> {
    match addresses.iter().all(|address| is_public(*address)) {
        true => Ok(addresses),
        false => Err(NotPublic),
    }
}

/// Whether an address belongs to the public internet, by IANA's registries of special-purpose addresses.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let special = match address.octets() {
        // This network, private, shared by carriers (CGNAT), loopback, link-local with the cloud's metadata.
        [0 | 10 | 127, ..] | [100, 64..=127, ..] | [169, 254, ..] | [172, 16..=31, ..] | [192, 168, ..] => true,
        // Protocol assignments, documentation, 6to4 relays, AMT, benchmarks.
        [192, 0, 0 | 2, _] | [192, 88, 99, _] | [192, 52, 193, _] | [198, 18 | 19, ..] => true,
        [198, 51, 100, _] | [203, 0, 113, _] => true,
        // Multicast, reserved, broadcast.
        [224..=255, ..] => true,
        _ => false,
    };
    !special
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    // Only 2000::/3 is given to the public: what maps or translates to IPv4 (::ffff:0:0/96, 64:ff9b::/96), loopback,
    // private, link-local and multicast addresses lie outside of it.
    match address.segments() {
        // Protocol assignments with Teredo, documentation, 6to4.
        [0x2001, 0..=0x1ff, ..] | [0x2001, 0xdb8, ..] | [0x2002, ..] | [0x3fff, 0..=0xfff, ..] => false,
        [0x2000..=0x3fff, ..] => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Result<String, String> {
        PublicUrl::try_from(text.to_owned()).map(String::from)
    }

    #[test]
    fn an_address_is_a_name_on_the_usual_port() {
        for (text, read) in [
            ("https://example.com", "https://example.com/"),
            ("https://Hooks.Example.COM/a/b?c=d%20e", "https://hooks.example.com/a/b?c=d%20e"),
            ("https://example.com:443/x", "https://example.com/x"),
            ("https://example.com?x=1", "https://example.com/?x=1"),
            ("https://xn--e1afmkfd.xn--p1ai/", "https://xn--e1afmkfd.xn--p1ai/"),
        ] {
            assert_eq!(url(text), Ok(read.to_owned()));
        }
    }

    #[test]
    fn whatever_could_mean_another_place_is_refused() {
        for text in [
            "",
            "example.com",
            "http://example.com/",
            "HTTPS://example.com/",
            "https://",
            "https:///path",
            "https://example.com:8443/",
            "https://example.com:0443/",
            "https://user@example.com/",
            concat!("https://user:", "secret@example.com/"),
            "https://example.com@127.0.0.1/",
            "https://example.com/#fragment",
            "https://example.com\\@localhost/",
            "https://exa mple.com/",
            "https://example.com/a b",
            "https://example.com/\r\nx: y",
            "https://пример.рф/",
            "https://localhost/",
            "https://localhost./",
            "https://example.com./",
            "https://.example.com/",
            "https://-a.example.com/",
            "https://127.0.0.1/",
            "https://127.1/",
            "https://2130706433/",
            "https://0x7f000001/",
            "https://0x7f.0.0.1/",
            "https://0177.0.0.1/",
            "https://1.2.3.0x4/",
            "https://[::1]/",
            "https://[::ffff:127.0.0.1]/",
            "https://a.b.c.9/",
        ] {
            assert!(url(text).is_err(), "{text}");
        }
        assert!(url(&format!("https://example.com/{}", "a".repeat(MAX_URL))).is_err());
    }

    #[test]
    fn addresses_that_are_not_public_do_not_pass() {
        for text in [
            "0.0.0.0",
            "10.0.0.1",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.255.255.254",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:8.8.8.8",
            "::127.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::1",
            "3fff::1",
            "5f00::1",
            "fc00::1",
            "fd00:ec2::254",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            let address: IpAddr = text.parse().unwrap();
            assert!(!is_public(address), "{text}");
            let among_others = vec!["8.8.8.8".parse().unwrap(), address];
            assert_eq!(judged(among_others), Err(NotPublic), "{text} among others");
        }
    }

    #[test]
    fn public_addresses_pass() {
        for text in [
            "1.1.1.1",
            "8.8.8.8",
            "100.63.255.255",
            "100.128.0.1",
            "172.15.0.1",
            "172.32.0.1",
            "192.0.1.1",
            "223.255.255.255",
            "2001:4860:4860::8888",
            "2606:4700::1111",
            "2a00:1450::1",
        ] {
            let address: IpAddr = text.parse().unwrap();
            assert_eq!(judged(vec![address]), Ok(vec![address]), "{text}");
        }
    }

    #[test]
    fn why_it_was_not_delivered_is_found_below_what_the_connection_says() {
        let refused = ConnectorError::other(ResolveDnsError::new(NotPublic).into(), None);
        assert_eq!(reason(&refused), Undelivered::NotPublic);
        assert_eq!(reason(&ConnectorError::timeout("slow".into())), Undelivered::TimedOut);
        assert_eq!(reason(&ConnectorError::io("broken".into())), Undelivered::Unreachable);
    }
}
