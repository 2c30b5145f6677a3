//! The partners' sandboxes by themselves, for a deployment elsewhere: they answer on a local port, and whoever runs
//! them sends their webhooks on.

use crate::sandbox::{Request, Sandboxes, Webhook};
use crate::server::{Serve, as_json, respond, serve};
use bytes::Bytes;
use http::request::Parts;
use http_body_util::Full;
use hyper::Response;
use platform::Host;
use serde_json::json;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::net::TcpListener;

/// The path before a partner's name: `/__sandbox/stripe/v1/payment_intents`.
const PREFIX: &str = "/__sandbox/";

/// All partners, with empty books.
pub struct Partners {
    sandboxes: Mutex<Sandboxes>,
    host: Arc<dyn Host>,
}

impl Partners {
    /// By this clock.
    pub fn new(host: Arc<dyn Host>) -> Result<Arc<Self>, String> {
        Ok(Arc::new(Self { sandboxes: Mutex::new(Sandboxes::of_all(None)?), host }))
    }

    /// Answers on `listener` until the process ends.
    pub async fn serve(self: Arc<Self>, listener: TcpListener) -> std::io::Result<()> {
        serve(self, listener).await
    }

    /// The webhooks that are due now, with their partners.
    pub fn due(&self) -> Vec<(&'static str, Webhook)> {
        self.lock().due(self.host.now())
    }

    /// A webhook was answered with this status (`None`: not at all).
    pub fn delivered(&self, partner: &str, delivery: u64, status: Option<u16>) -> Result<(), String> {
        self.lock().delivered(partner, delivery, status, self.host.now())
    }

    fn lock(&self) -> MutexGuard<'_, Sandboxes> {
        self.sandboxes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Serve for Partners {
    async fn answer(&self, _: IpAddr, parts: Parts, body: Bytes) -> Response<Full<Bytes>> {
        match ask(&mut self.lock(), &parts, &body, &*self.host) {
            Some(answer) => answer,
            None => as_json(404, &json!({ "detail": format!("partners are below {PREFIX}") })),
        }
    }
}

/// A partner's answer; `None` if the path names none.
pub(crate) fn ask(
    sandboxes: &mut Sandboxes,
    parts: &Parts,
    body: &[u8],
    host: &dyn Host,
) -> Option<Response<Full<Bytes>>> {
    let path = parts.uri.path().strip_prefix(PREFIX)?;
    let (partner, rest) = path.split_once('/').unwrap_or((path, ""));
    let query = parts.uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    let headers = parts.headers.iter();
    let request = Request {
        method: parts.method.to_string(),
        path: format!("/{rest}{query}"),
        headers: headers
            .filter_map(|(name, value)| Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned())))
            .collect(),
        body: body.to_vec(),
    };
    let answer = sandboxes.ask(partner, &request, host.now());
    Some(respond(answer.status, answer.body))
}
