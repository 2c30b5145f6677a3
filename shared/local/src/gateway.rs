//! The HTTP gateway: API Gateway's part. Finds the route, checks the token, calls the function, passes its answer on.

use crate::authorizer::Authorizer;
use crate::outside::Answer;
use crate::page::page;
use crate::partners;
use crate::realtime::Running;
use crate::server::{Serve, plain, respond, serve};
use crate::services::s3;
use crate::trigger::{HttpRequest, HttpResponse};
use aws_smithy_types::base64;
use bytes::Bytes;
use http::request::Parts;
use http_body_util::Full;
use hyper::{Method, Response};
use platform::describe::Caller;
use platform::function::Trigger;
use serde_json::Map;
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;
use tokio::net::TcpListener;

/// Serves requests until the process ends.
pub struct Gateway {
    pub(crate) running: Arc<Running>,
    authorizer: Authorizer,
}

impl Gateway {
    /// The way in to a running cloud, for tokens that it issued.
    pub fn new(running: Arc<Running>) -> Self {
        let authorizer = Authorizer::new(running.cloud.key(), running.cloud.issuer());
        Self { running, authorizer }
    }

    /// Accepts connections on `listener`.
    pub async fn serve(self: Arc<Self>, listener: TcpListener) -> std::io::Result<()> {
        serve(self, listener).await
    }
}

impl Serve for Gateway {
    async fn answer(&self, caller: IpAddr, parts: Parts, body: Bytes) -> Response<Full<Bytes>> {
        let path = parts.uri.path();
        if let Some(page) = page(path).filter(|_| parts.method == Method::GET) {
            return page;
        }
        if let Some(path) = path.strip_prefix("/__local/") {
            return self.local(parts.method.as_str(), path, parts.uri.query().unwrap_or_default()).await;
        }
        // Object storage, for what functions let people put there.
        if let Some(target) = parts.uri.path_and_query().and_then(|target| target.as_str().strip_prefix(s3::PATH)) {
            let headers = parts.headers.iter();
            let headers = headers.filter_map(|(name, value)| Some((name.to_string(), value.to_str().ok()?.to_owned())));
            let answer = match parts.method {
                Method::PUT => {
                    let now = self.running.host.now();
                    self.running.cloud.upload(target, &headers.collect(), &body, now)
                }
                Method::GET => self.running.cloud.download(target, self.running.host.now()),
                _ => s3::refusal(405, "MethodNotAllowed", "only uploads and links are answered here"),
            };
            return object(answer);
        }
        // Partners' APIs, for clients that talk to them directly: an app that confirms a payment.
        let partner = partners::ask(&mut self.running.cloud.sandboxes(), &parts, &body, &*self.running.host);
        if let Some(answer) = partner {
            self.running.wake();
            return answer;
        }
        let Some((function, route, parameters)) = self.route(parts.method.as_str(), path) else {
            return plain(404, "Not Found");
        };
        let header = |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok());
        let token = header("authorization").and_then(|value| value.strip_prefix("Bearer "));
        let claims = match (self.is_public(function), token) {
            // Without an authorizer on the route, API Gateway does not look at tokens.
            (true, _) => Map::new(),
            (false, token) => match token.and_then(|token| self.authorizer.check(token, self.running.host.now())) {
                Some(claims) => claims,
                None => return plain(401, "Unauthorized"),
            },
        };
        let (body, is_base64) = match is_text(header("content-type").unwrap_or_default()) {
            true => (String::from_utf8_lossy(&body).into_owned(), false),
            false => (base64::encode(&body), true),
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
            source_ip: caller.to_string(),
            claims,
            body: (!body.is_empty()).then_some(body),
            is_base64,
        };
        let id = self.running.invocation_id();
        match self.running.invoke(function, &id, request.event(&id)).await {
            Some(answer) => pass_on(HttpResponse::of(&answer)),
            None => pass_on(HttpResponse::internal()),
        }
    }
}

impl Gateway {
    /// Whether anybody may call a function, signed in or not.
    fn is_public(&self, function: &str) -> bool {
        let caller = self.running.cloud.functions.get(function).and_then(|deployed| deployed.rights.caller);
        caller == Some(Caller::Anyone)
    }

    /// The function that serves a path, its route as declared, and the path's parameters. Of two routes, the one with
    /// fewer parameters: `/v1/products/export` before `/v1/products/{sku}`.
    fn route(&self, method: &str, path: &str) -> Option<(&'static str, String, BTreeMap<String, String>)> {
        let routes = self.running.cloud.functions.values().filter_map(|deployed| match deployed.function.trigger {
            Trigger::Http { method: declared, path } if declared == method => Some((deployed.function.name, path)),
            _ => None,
        });
        let (function, template, parameters) = most_specific(routes, path)?;
        Some((function, format!("{method} {template}"), parameters))
    }
}

type Route<'a> = (&'a str, &'a str, BTreeMap<String, String>);

/// The route of fewest parameters whose template a path matches: who serves it, the template and the parameters.
fn most_specific<'a>(routes: impl Iterator<Item = (&'a str, &'a str)>, path: &str) -> Option<Route<'a>> {
    let matching = routes.filter_map(|(serves, template)| Some((serves, template, matches(template, path)?)));
    matching.min_by_key(|(_, _, parameters)| parameters.len())
}

/// Whether API Gateway hands a body of this media type over as text; any other in base64.
fn is_text(media_type: &str) -> bool {
    let media_type = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    media_type.starts_with("text/")
        || ["application/json", "application/xml", "application/javascript"].contains(&media_type.as_str())
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

/// An answer of object storage, with its own type: a photo is no JSON.
fn object(answer: Answer) -> Response<Full<Bytes>> {
    let mut response = respond(answer.status, answer.body);
    for (name, value) in answer.headers {
        if let Ok(value) = http::HeaderValue::from_str(&value) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

fn pass_on(answer: HttpResponse) -> Response<Full<Bytes>> {
    let mut response = Response::builder().status(answer.status_code);
    for (name, value) in &answer.headers {
        response = response.header(name, value);
    }
    response.body(Full::from(answer.body)).unwrap_or_else(|_| plain(502, "Bad Gateway"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_route_with_fewer_parameters_serves_a_path() {
        let routes = [
            ("change", "/v1/products/{sku}"),
            ("export", "/v1/products/export"),
            ("stock", "/v1/products/{sku}/stock"),
        ];
        let served =
            |path| most_specific(routes.into_iter(), path).map(|(function, _, parameters)| (function, parameters));
        let sku = |value: &str| BTreeMap::from([("sku".to_owned(), value.to_owned())]);
        assert_eq!(served("/v1/products/export"), Some(("export", BTreeMap::new())));
        assert_eq!(served("/v1/products/85123A"), Some(("change", sku("85123A"))));
        assert_eq!(served("/v1/products/%D1%87%D0%B0%D0%B9/stock"), Some(("stock", sku("чай"))));
        for nobodys in [
            "/v1/products",
            "/v1/products/",
            "/v1/products/%FF",
            "/v1/products/1/stock/",
            "/v1//stock",
        ] {
            assert_eq!(served(nobodys), None, "{nobodys}");
        }
    }

    #[test]
    fn json_is_text_and_a_form_is_not() {
        for text in [
            "application/json",
            "Application/JSON; charset=utf-8",
            "text/csv",
            "application/xml",
        ] {
            assert!(is_text(text), "{text}");
        }
        for other in [
            "",
            "application/x-www-form-urlencoded",
            "application/octet-stream",
            "image/jpeg",
        ] {
            assert!(!is_text(other), "{other}");
        }
    }
}
