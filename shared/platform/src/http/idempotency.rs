//! `Idempotency-Key`: a create that is sent twice happens once and answers the same both times.
//!
//! The id of what is created is derived from (caller, route, key), so the conditional put is itself the check, at no
//! extra cost. The item keeps the request's fingerprint, so that the same key with another body is noticed.

use super::caller::principal;
use super::request::MAX_RAW_BODY;
use crate::argument::broken;
use crate::{Argument, Call, Failure};
use kernel::id::Id;
use kernel::{Digest, Problem};

/// The request's `Idempotency-Key`, bound to its caller and route.
#[derive(Clone, Debug)]
pub struct IdempotencyKey {
    scope: Digest,
    fingerprint: String,
}

impl IdempotencyKey {
    /// The id of what this request creates: the same at each repetition.
    pub fn id<T: Id>(&self) -> T {
        T::from_digest(&self.scope)
    }

    /// The key as stored with a command on an existing item.
    pub fn stored(&self) -> String {
        self.scope.short(16)
    }

    /// What is stored beside the item: differs when the body differs.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// Passes if `stored` is the fingerprint of this very request; refuses a key that was used for another body.
    pub fn replays<R>(&self, stored: &str) -> Result<(), Failure<R>> {
        self.replays_what(|fingerprint| stored == fingerprint)
    }

    /// The same, where what is stored of the fingerprint is compared by `is_stored`.
    pub fn replays_what<R>(&self, is_stored: impl FnOnce(&str) -> bool) -> Result<(), Failure<R>> {
        if is_stored(&self.fingerprint) {
            return Ok(());
        }
        Err(Failure::Problem(Box::new(Problem::new(
            422,
            "idempotency-key-reused",
            "The Idempotency-Key was used for another request",
            "Use a new key for a new request; repeat a request with its key and the very same body.",
        ))))
    }
}

impl Argument for IdempotencyKey {
    fn take(call: &Call) -> Result<Self, Problem> {
        let request = call.http().map_err(|error| broken(call, &error))?;
        // Without a caller the key alone tells requests apart: it must be long enough to be nobody else's (22
        // characters of base64 are 128 bits).
        let (caller, shortest) = match request.is_signed_in() {
            true => (principal(call)?.account.to_string(), 16),
            false => ("anyone".to_owned(), 22),
        };
        let key = request.header("idempotency-key").map(str::trim).unwrap_or_default();
        if !(shortest..=200).contains(&key.len()) || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(Problem::new(
                400,
                "idempotency-key-missing",
                "The Idempotency-Key is missing or malformed",
                format!(
                    "Send a header Idempotency-Key of {shortest} to 200 visible ASCII characters, such as a UUID, \
                     and the same one when you repeat the request."
                ),
            ));
        }
        // Of a body that is larger than any may be, nobody gets as far as to compare it.
        let body = request.body_within(MAX_RAW_BODY).unwrap_or_default();
        let mut path: Vec<&str> = vec![&request.route_key];
        path.extend(request.path_parameters());
        let route = Digest::of(path).short(26);
        Ok(IdempotencyKey {
            scope: Digest::of([caller.as_str(), &route, key]),
            fingerprint: Digest::of([canonical(&body)]).short(16),
        })
    }

    #[cfg(feature = "describe")]
    fn describe(description: &mut crate::describe::Description) {
        description.idempotency_key();
    }
}

/// The body with its keys sorted and white space gone, if it is JSON: a client library that writes fields in another
/// order repeats the same request.
fn canonical(body: &[u8]) -> Vec<u8> {
    let value: Option<serde_json::Value> = serde_json::from_slice(body).ok();
    value.map(|value| value.to_string().into_bytes()).unwrap_or_else(|| body.to_vec())
}

#[cfg(test)]
mod tests {
    use super::canonical;

    #[test]
    fn a_body_is_the_same_whatever_the_order_and_spacing_of_its_fields() {
        let body = canonical(br#"{"a":1,"b":{"c":[1,2],"d":"\u00fc"}}"#);
        for same in [
            "{\"b\":{\"d\":\"ü\",\"c\":[1,2]},\"a\":1}",
            " {\n\t\"a\" : 1 , \"b\" : { \"c\" : [ 1 , 2 ] , \"d\" : \"ü\" } } ",
        ] {
            assert_eq!(canonical(same.as_bytes()), body, "{same}");
        }
    }

    #[test]
    fn a_body_that_says_something_else_is_another() {
        let body = canonical(br#"{"a":1,"b":[1,2]}"#);
        for other in [
            r#"{"a":1,"b":[2,1]}"#,
            r#"{"a":"1","b":[1,2]}"#,
            r#"{"a":1,"b":[1,2],"c":null}"#,
            r#"{"a":1}"#,
            "not json",
            "",
        ] {
            assert_ne!(canonical(other.as_bytes()), body, "{other}");
        }
        assert_ne!(canonical(b"not json"), canonical(b"not  json"));
    }
}
