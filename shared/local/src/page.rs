//! A shop on one page, as a phone sees it: for whoever looks at the embedded cloud for the first time. It uses the
//! public API, the payment provider's sandbox and the mailbox, and is served on this machine only.

use bytes::Bytes;
use http::HeaderValue;
use http_body_util::Full;
use hyper::Response;

/// Nothing from elsewhere, no script but the page's own; letters are shown in frames without rights.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'; \
                      frame-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'";

/// The page, its style and its script.
pub(crate) fn page(path: &str) -> Option<Response<Full<Bytes>>> {
    let (kind, text) = match path {
        "/" => ("text/html; charset=utf-8", include_str!("page/index.html")),
        "/__local/page.css" => ("text/css; charset=utf-8", include_str!("page/page.css")),
        "/__local/page.js" => ("text/javascript; charset=utf-8", include_str!("page/page.js")),
        _ => return None,
    };
    let mut response = Response::new(Full::from(text));
    response.headers_mut().insert("content-type", HeaderValue::from_static(kind));
    response.headers_mut().insert("content-security-policy", HeaderValue::from_static(POLICY));
    Some(response)
}
