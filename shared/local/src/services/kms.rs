//! KMS, as far as functions use it: one RSA key that signs and shows its public half.

use super::json_error;
use crate::keys::SigningKey;
use crate::outside::Answer;
use aws_smithy_types::base64;
use serde_json::{Value, json};

/// The id of the key, as the setting `SIGNING_KEYS` has it.
pub const KEY: &str = "local-signing-key";

/// Answers `Sign` and `GetPublicKey`.
pub fn answer(key: &SigningKey, operation: &str, body: &[u8]) -> Answer {
    let request: Value = serde_json::from_slice(body).unwrap_or_default();
    if request["KeyId"] != KEY {
        return json_error("NotFoundException", "no such key");
    }
    match operation {
        "Sign" => {
            let message = request["Message"].as_str().and_then(|text| base64::decode(text).ok());
            match (message, request["SigningAlgorithm"].as_str()) {
                (Some(message), Some(algorithm @ "RSASSA_PKCS1_V1_5_SHA_256"))
                    if (1..=4096).contains(&message.len()) =>
                {
                    match key.sign(&message) {
                        Ok(signature) => Answer::json(&json!({
                            "KeyId": KEY, "Signature": base64::encode(signature), "SigningAlgorithm": algorithm,
                        })),
                        Err(reason) => json_error("KMSInternalException", &reason),
                    }
                }
                _ => json_error("ValidationException", "a message of 1 to 4096 bytes and an algorithm are needed"),
            }
        }
        "GetPublicKey" => Answer::json(&json!({
            "KeyId": KEY, "PublicKey": base64::encode(key.spki()), "KeySpec": "RSA_2048", "KeyUsage": "SIGN_VERIFY",
            "SigningAlgorithms": ["RSASSA_PKCS1_V1_5_SHA_256"],
        })),
        _ => json_error("AccessDeniedException", &format!("functions may not call {operation}")),
    }
}
