//! The services that functions call, as far as they call them, in the protocols of AWS.

pub mod dynamodb;
pub mod kms;
pub mod lambda;
pub mod s3;
pub mod secrets;
pub mod ses;
pub mod sns;

use crate::outside::{Answer, Service};

/// What a service answers when it is asked too often.
pub fn throttled(service: Service) -> Answer {
    match service {
        Service::DynamoDb => dynamodb::error("ProvisionedThroughputExceededException", "throttled"),
        Service::Kms | Service::Secrets => json_error("ThrottlingException", "throttled"),
        Service::Ses | Service::Lambda => rest_error(429, "TooManyRequestsException", "throttled"),
        Service::S3 => Answer::new(503, "<Error><Code>SlowDown</Code><Message>throttled</Message></Error>"),
        Service::Sns => sns::error("Throttled", "throttled"),
        Service::Public => Answer::new(429, "throttled"),
        Service::Partner => Answer::new(429, r#"{"error":{"type":"rate_limit_error","message":"throttled"}}"#),
    }
}

/// What a service answers to a function that has no right to ask.
pub fn denied(service: Service, reason: &str) -> Answer {
    match service {
        Service::DynamoDb => dynamodb::error("AccessDeniedException", reason),
        Service::Kms | Service::Secrets => json_error("AccessDeniedException", reason),
        Service::Ses | Service::Lambda => rest_error(403, "AccessDeniedException", reason),
        Service::S3 => Answer::new(403, format!("<Error><Code>AccessDenied</Code><Message>{reason}</Message></Error>")),
        Service::Sns => sns::error("AuthorizationError", reason),
        Service::Partner | Service::Public => Answer::new(403, reason),
    }
}

/// An error as services with JSON bodies and `x-amz-target` word it.
fn json_error(kind: &str, message: &str) -> Answer {
    Answer::new(400, serde_json::json!({ "__type": kind, "message": message }).to_string())
}

/// An error as services with JSON bodies and paths word it.
fn rest_error(status: u16, kind: &str, message: &str) -> Answer {
    let mut answer = Answer::new(status, serde_json::json!({ "message": message }).to_string());
    answer.headers.push(("x-amzn-errortype", kind.to_owned()));
    answer
}
