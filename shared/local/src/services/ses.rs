//! SES v2, as far as functions use it: `SendEmail`, and the notices about what became of it.
//!
//! Addresses of SES' own mailbox simulator behave as there: `bounce@simulator.amazonses.com` bounces,
//! `complaint@…` complains, `suppressionlist@…` bounces as well.

use super::rest_error;
use crate::outside::Answer;
use kernel::Timestamp;
use serde_json::{Value, json};

/// The topic that is told what became of e-mails.
pub const FEEDBACK: &str = "ses-feedback";

/// An e-mail as it was sent.
#[derive(Clone, PartialEq, Debug)]
pub struct SentEmail {
    /// The address.
    pub to: String,
    /// From whom.
    pub from: String,
    /// The subject.
    pub subject: String,
    /// The text.
    pub text: String,
    /// The HTML.
    pub html: String,
    /// The tag `reference`.
    pub reference: String,
}

/// Reads a request; the answer to give if it breaks SES' rules.
pub fn read(body: &[u8]) -> Result<SentEmail, Answer> {
    let bad = |reason: &str| rest_error(400, "BadRequestException", reason);
    let request: Value = serde_json::from_slice(body).map_err(|error| bad(&error.to_string()))?;
    let text = |pointer: &str| request.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
    let reference = request["EmailTags"].as_array().into_iter().flatten().find(|tag| tag["Name"] == "reference");
    let email = SentEmail {
        to: text("/Destination/ToAddresses/0"),
        from: text("/FromEmailAddress"),
        subject: text("/Content/Simple/Subject/Data"),
        text: text("/Content/Simple/Body/Text/Data"),
        html: text("/Content/Simple/Body/Html/Data"),
        reference: reference.and_then(|tag| tag["Value"].as_str()).unwrap_or_default().to_owned(),
    };
    let is_address = |address: &str| {
        let (local, domain) = address.rsplit_once('@').unwrap_or_default();
        !local.is_empty() && domain.contains('.') && !address.contains(char::is_whitespace)
    };
    match () {
        () if !is_address(&email.to) => Err(bad("Illegal address")),
        () if email.from.is_empty() => Err(bad("no sender")),
        () if email.subject.contains(['\r', '\n']) => Err(bad("a subject is one line")),
        () => Ok(email),
    }
}

/// The answer to an e-mail that was taken.
pub fn accepted(id: &str) -> Answer {
    Answer::json(&json!({ "MessageId": id }))
}

/// What SES tells its topic about an e-mail: that it was delivered, or came back.
pub fn notice(email: &SentEmail, id: &str, now: Timestamp) -> Value {
    let mail = json!({
        "messageId": id, "timestamp": now, "destination": [email.to], "tags": { "reference": [email.reference] },
    });
    let recipient = json!([{ "emailAddress": email.to }]);
    match email.to.strip_suffix("@simulator.amazonses.com").map(|name| name.split('+').next().unwrap_or(name)) {
        Some("bounce" | "suppressionlist") => json!({
            "eventType": "Bounce", "mail": mail,
            "bounce": { "bounceType": "Permanent", "bounceSubType": "General", "bouncedRecipients": recipient },
        }),
        Some("complaint") => json!({
            "eventType": "Complaint", "mail": mail,
            "complaint": { "complaintFeedbackType": "abuse", "complainedRecipients": recipient },
        }),
        _ => json!({ "eventType": "Delivery", "mail": mail, "delivery": { "timestamp": now } }),
    }
}
