//! SNS: forms in, XML out.

use super::{Request, Service};
use crate::Error;

const SNS: Service = Service::named("sns");

/// An action with its fields.
pub(crate) fn request(action: &str, mut fields: Vec<(String, String)>) -> Result<Request, Error> {
    fields.extend([
        ("Action".to_owned(), action.to_owned()),
        ("Version".to_owned(), "2010-03-31".to_owned()),
    ]);
    Ok(Request {
        service: SNS,
        method: "POST",
        path: "/".to_owned(),
        headers: vec![("content-type", "application/x-www-form-urlencoded".to_owned())],
        body: serde_html_form::to_string(fields).map_err(Error::broken)?.into(),
    })
}
