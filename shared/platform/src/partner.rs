//! Calls a partner's HTTP API, through the same seam as everything else.
//!
//! One attempt a call: whether it may be repeated, and what no answer means, is the adapter's knowledge.

use crate::argument::broken;
use crate::settings::partner_url;
use crate::{Argument, Call, Error, World};
use aws_smithy_runtime_api::client::http::{HttpConnector, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use kernel::Problem;
use std::marker::PhantomData;

/// The longest answer that is read, in bytes.
const MAX_ANSWER: usize = 1024 * 1024;

/// A partner by name.
pub trait PartnerName: Send + Sync + 'static {
    /// Its name: `stripe`.
    const NAME: &'static str;

    /// The types of events that its webhooks are to bring: what our endpoint there subscribes to.
    const EVENTS: &'static [&'static str] = &[];
}

/// The API of the partner `P`.
#[derive(Clone)]
pub struct Partner<P> {
    connector: SharedHttpConnector,
    url: String,
    name: PhantomData<fn(P)>,
}

/// A request to a partner.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PartnerRequest {
    /// GET, POST, PUT or DELETE.
    pub method: &'static str,
    /// Path and query, from the `/` on.
    pub path: String,
    /// By lower-case name.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// A partner's answer, whatever it says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PartnerResponse {
    /// HTTP status code.
    pub status: u16,
    /// The body.
    pub body: Vec<u8>,
}

/// There was no answer: the partner may have done what it was asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NoAnswer;

impl<P: PartnerName> Partner<P> {
    /// Sends a request once.
    pub async fn send(&self, request: &PartnerRequest) -> Result<PartnerResponse, NoAnswer> {
        let mut sent = HttpRequest::new(SdkBody::from(request.body.clone()));
        sent.set_method(request.method).map_err(|_| NoAnswer)?;
        sent.set_uri(format!("{}{}", self.url, request.path)).map_err(|_| NoAnswer)?;
        sent.headers_mut().insert("content-length", request.body.len().to_string());
        for (name, value) in &request.headers {
            sent.headers_mut().insert(*name, value.clone());
        }
        let response = self.connector.call(sent).await.map_err(|_| NoAnswer)?;
        let status = response.status().as_u16();
        let body = ByteStream::new(response.into_body()).collect().await.map_err(|_| NoAnswer)?.to_vec();
        match body.len() {
            ..=MAX_ANSWER => Ok(PartnerResponse { status, body }),
            _ => Err(NoAnswer),
        }
    }
}

impl<P: PartnerName> Argument for Partner<P> {
    fn take(call: &Call) -> Result<Self, Problem> {
        let url = call.world.settings.get(&partner_url(P::NAME)).map_err(|error| broken(call, &error))?;
        let connector = call.world.partners.connector().map_err(|error| broken(call, &error))?;
        Ok(Self {
            connector,
            url: url.trim_end_matches('/').to_owned(),
            name: PhantomData,
        })
    }

    fn prepare(world: &World) -> Result<(), Error> {
        world.partners.connector().map(drop)
    }

    #[cfg(feature = "describe")]
    fn describe(description: &mut crate::describe::Description) {
        description.partners.push(P::NAME);
        description.subscribes.push((P::NAME, P::EVENTS));
    }
}
