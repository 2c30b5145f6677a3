//! HTTP/1.1 on a local port: what the gateway and the partners' sandboxes have in common.

use bytes::Bytes;
use http::request::Parts;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use serde_json::{Value, json};
use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;

/// The largest body that API Gateway passes on.
const MAX_BODY: usize = 10 * 1024 * 1024;

/// Answers requests, each beside the others, until the process ends.
pub(crate) trait Serve: Send + Sync + 'static {
    /// The answer to one request of `caller`.
    fn answer(&self, caller: IpAddr, parts: Parts, body: Bytes) -> impl Future<Output = Response<Full<Bytes>>> + Send;
}

#[allow(clippy::disallowed_methods, reason = "each connection is served beside the others")]
pub(crate) async fn serve(server: Arc<impl Serve>, listener: TcpListener) -> std::io::Result<()> {
    loop {
        let (connection, caller) = listener.accept().await?;
        let server = server.clone();
        tokio::spawn(async move {
            let service = service_fn(|request: Request<Incoming>| async {
                let (parts, body) = request.into_parts();
                Ok::<_, Infallible>(match Limited::new(body, MAX_BODY).collect().await {
                    Ok(body) => server.answer(caller.ip(), parts, body.to_bytes()).await,
                    Err(_) => plain(413, "Request Too Long"),
                })
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

/// A body of JSON.
pub(crate) fn as_json(status: u16, body: &Value) -> Response<Full<Bytes>> {
    respond(status, body.to_string())
}

/// What API Gateway itself says when it does not reach a function.
pub(crate) fn plain(status: u16, message: &str) -> Response<Full<Bytes>> {
    as_json(status, &json!({ "message": message }))
}

/// A body that is JSON already.
pub(crate) fn respond(status: u16, body: impl Into<Bytes>) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body.into()));
    *response.status_mut() = hyper::StatusCode::from_u16(status).unwrap_or(hyper::StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert("content-type", http::HeaderValue::from_static("application/json"));
    response
}
