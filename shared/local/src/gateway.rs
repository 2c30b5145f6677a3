//! The HTTP gateway: API Gateway's part. Finds the route, checks the token, calls the function, passes its answer on.

use crate::realtime::Running;
use crate::tokens::Tokens;
use crate::trigger::{HttpRequest, HttpResponse};
use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use kernel::{AccountId, Digest, Principal, Role};
use platform::describe::Caller;
use platform::function::Trigger;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;

/// The largest body that API Gateway passes on.
const MAX_BODY: usize = 10 * 1024 * 1024;

/// Serves requests until the process ends.
pub struct Gateway {
    /// The cloud behind it.
    pub running: Arc<Running>,
    /// Signs development tokens and checks tokens.
    pub tokens: Tokens,
}

impl Gateway {
    /// Accepts connections on `listener`.
    #[allow(clippy::disallowed_methods, reason = "each connection is served beside the others")]
    pub async fn serve(self: Arc<Self>, listener: TcpListener) -> std::io::Result<()> {
        loop {
            let (connection, _) = listener.accept().await?;
            let gateway = self.clone();
            tokio::spawn(async move {
                let service = service_fn(move |request| {
                    let gateway = gateway.clone();
                    async move { Ok::<_, Infallible>(gateway.answer(request).await) }
                });
                let served = hyper::server::conn::http1::Builder::new()
                    .timer(TokioTimer::new())
                    .header_read_timeout(Duration::from_secs(30))
                    .serve_connection(TokioIo::new(connection), service)
                    .await;
                // A client that hangs up is no concern of the server's.
                drop(served);
            });
        }
    }

    async fn answer(&self, request: Request<Incoming>) -> Response<Full<Bytes>> {
        let (parts, body) = request.into_parts();
        let Ok(body) = Limited::new(body, MAX_BODY).collect().await else {
            return plain(413, "Request Too Long");
        };
        let body = body.to_bytes();
        let path = parts.uri.path();
        match (parts.method.as_str(), path) {
            ("GET", "/.well-known/openid-configuration") => return as_json(200, &self.tokens.discovery()),
            ("GET", "/.well-known/jwks.json") => return as_json(200, &self.tokens.jwks()),
            ("POST", "/__local/tokens") => return self.sign(&body),
            _ => {}
        }
        if let Some(path) = path.strip_prefix("/__local/") {
            return self.local(parts.method.as_str(), path, parts.uri.query().unwrap_or_default()).await;
        }
        if let Some(path) = path.strip_prefix("/__sandbox/") {
            return self.sandbox(&parts, path, &body);
        }
        let Some((function, route, parameters)) = self.route(parts.method.as_str(), path) else {
            return plain(404, "Not Found");
        };
        let header = |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok());
        let token = header("authorization").and_then(|value| value.strip_prefix("Bearer "));
        let claims = match (self.is_public(function), token) {
            // Without an authorizer on the route, API Gateway does not look at tokens.
            (true, _) => Map::new(),
            (false, token) => match token.and_then(|token| self.tokens.check(token, self.running.host.now())) {
                Some(claims) => claims,
                None => return plain(401, "Unauthorized"),
            },
        };
        let Ok(body) = String::from_utf8(body.to_vec()) else {
            return plain(400, "Bad Request");
        };
        let headers = parts
            .headers
            .iter()
            .filter_map(|(name, value)| Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned())));
        let request = HttpRequest {
            route,
            path: parameters,
            query: parts.uri.query().unwrap_or_default().to_owned(),
            headers: headers.filter(|(name, _)| name != "authorization").collect(),
            claims,
            body: (!body.is_empty()).then_some(body),
        };
        let id = self.running.invocation_id();
        match self.running.invoke(function, &id, request.event(&id)).await {
            Some(answer) => pass_on(HttpResponse::of(&answer)),
            None => pass_on(HttpResponse::internal()),
        }
    }

    /// Whether anybody may call a function, signed in or not.
    fn is_public(&self, function: &str) -> bool {
        let caller = self.running.cloud.functions.get(function).and_then(|deployed| deployed.rights.caller);
        caller == Some(Caller::Anyone)
    }

    /// The function that serves a path, its route as declared, and the path's parameters.
    fn route(&self, method: &str, path: &str) -> Option<(&'static str, String, BTreeMap<String, String>)> {
        self.running.cloud.functions.values().find_map(|deployed| match deployed.function.trigger {
            Trigger::Http { method: declared, path: template } if declared == method => {
                let parameters = matches(template, path)?;
                Some((deployed.function.name, format!("{method} {template}"), parameters))
            }
            _ => None,
        })
    }

    /// `POST /__local/tokens {"roles": ["customer"], "account": "alice"}`: a token for whoever asks. This machine only.
    fn sign(&self, body: &[u8]) -> Response<Full<Bytes>> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Ask {
            roles: Vec<String>,
            #[serde(default)]
            account: String,
        }
        let ask: Ask = match serde_json::from_slice(body) {
            Ok(ask) => ask,
            Err(error) => return as_json(400, &json!({ "detail": error.to_string() })),
        };
        let roles: Result<Vec<Role>, String> = ask.roles.iter().map(|role| role.parse()).collect();
        let account = AccountId::from_bits(Digest::of(["development account", &ask.account]).high_bits());
        let token = roles.and_then(|roles| self.tokens.sign(&Principal { account, roles }, self.running.host.now()));
        match token {
            Ok(token) => as_json(201, &json!({ "access_token": token, "account": account })),
            Err(reason) => as_json(400, &json!({ "detail": reason })),
        }
    }

    /// A partner's API, for clients that talk to the partner themselves: an app that confirms a payment.
    fn sandbox(&self, parts: &http::request::Parts, path: &str, body: &[u8]) -> Response<Full<Bytes>> {
        let (partner, rest) = path.split_once('/').unwrap_or((path, ""));
        let query = parts.uri.query().map(|query| format!("?{query}")).unwrap_or_default();
        let headers = parts.headers.iter();
        let request = crate::sandbox::Request {
            method: parts.method.to_string(),
            path: format!("/{rest}{query}"),
            headers: headers
                .filter_map(|(name, value)| Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned())))
                .collect(),
            body: body.to_vec(),
        };
        let answer = self.running.cloud.sandboxes().ask(partner, &request, self.running.host.now());
        self.running.wake();
        let mut response = Response::new(Full::from(answer.body));
        *response.status_mut() = hyper::StatusCode::from_u16(answer.status).unwrap_or(hyper::StatusCode::BAD_GATEWAY);
        response.headers_mut().insert("content-type", http::HeaderValue::from_static("application/json"));
        response
    }
}

/// The parameters of `path` if it matches the template.
fn matches(template: &str, path: &str) -> Option<BTreeMap<String, String>> {
    let (template, path): (Vec<_>, Vec<_>) = (template.split('/').collect(), path.split('/').collect());
    if template.len() != path.len() {
        return None;
    }
    let mut parameters = BTreeMap::new();
    for (declared, given) in template.into_iter().zip(path) {
        match declared.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
            Some(name) => {
                let decoded = percent_encoding::percent_decode_str(given).decode_utf8().ok()?;
                parameters.insert(name.to_owned(), Some(decoded.into_owned()).filter(|value| !value.is_empty())?);
            }
            None if declared == given => {}
            None => return None,
        }
    }
    Some(parameters)
}

fn pass_on(answer: HttpResponse) -> Response<Full<Bytes>> {
    let mut response = Response::builder().status(answer.status_code);
    for (name, value) in &answer.headers {
        response = response.header(name, value);
    }
    response.body(Full::from(answer.body)).unwrap_or_else(|_| plain(502, "Bad Gateway"))
}

/// What API Gateway itself says when it does not reach a function.
fn plain(status: u16, message: &str) -> Response<Full<Bytes>> {
    as_json(status, &json!({ "message": message }))
}

pub(crate) fn as_json(status: u16, body: &Value) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::from(body.to_string()));
    *response.status_mut() = hyper::StatusCode::from_u16(status).unwrap_or(hyper::StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert("content-type", http::HeaderValue::from_static("application/json"));
    response
}
