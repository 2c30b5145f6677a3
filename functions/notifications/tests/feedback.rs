//! Events of Amazon SES, as its documentation shows them.

use kernel::MessageId;
use notifications::feedback::{Feedback, SesEvent};
use serde_json::{Value, json};

fn event(kind: &str, part: &str, details: Value) -> SesEvent {
    let mut event = json!({
        "eventType": kind,
        "mail": {
            "timestamp": "2026-01-05T08:00:00.000Z",
            "messageId": "EXAMPLE7c191be45-e9aedb9a-02f9-4d12-a87d-dd0099a07f8a-000000",
            "source": "Yarmarka <no-reply@yarmarka.example>",
            "destination": ["recipient@example.com"],
            "headersTruncated": false,
            "tags": {
                "ses:configuration-set": ["yarmarka"],
                "reference": ["msg_00000000000000000000000007"],
            },
        },
    });
    event[part] = details;
    serde_json::from_value(event).unwrap()
}

fn bounce(kind: &str) -> SesEvent {
    let details = json!({
        "bounceType": kind,
        "bounceSubType": "General",
        "bouncedRecipients": [{ "emailAddress": "recipient@example.com", "action": "failed", "status": "5.1.1" }],
        "timestamp": "2026-01-05T08:00:01.000Z",
        "feedbackId": "01000157c44f053b-61b59c11-9236-11e6-8f96-7be8aexample-000000",
        "reportingMTA": "dsn; mta.example.com",
    });
    event("Bounce", "bounce", details)
}

#[test]
fn what_ses_tells_comes_to_a_few_things() {
    let whom = vec!["recipient@example.com".to_owned()];
    let complaint = json!({
        "complainedRecipients": [{ "emailAddress": "recipient@example.com" }],
        "complaintFeedbackType": "abuse",
    });
    for (event, feedback) in [
        (event("Send", "send", json!({})), Feedback::Taken),
        (event("Delivery", "delivery", json!({ "recipients": whom.clone() })), Feedback::Taken),
        (bounce("Permanent"), Feedback::Bounced(whom.clone())),
        (bounce("Transient"), Feedback::Nothing),
        (bounce("Undetermined"), Feedback::Nothing),
        (event("Complaint", "complaint", complaint), Feedback::Complained(whom)),
        (event("Reject", "reject", json!({ "reason": "Bad content" })), Feedback::Rejected),
        (event("DeliveryDelay", "deliveryDelay", json!({})), Feedback::Nothing),
        (event("Open", "open", json!({})), Feedback::Nothing),
        (event("Bounce", "x", json!({})), Feedback::Nothing),
    ] {
        assert_eq!(event.feedback(), feedback, "{}", event.kind);
        assert_eq!(event.message(), Some(MessageId::from_bits(7)));
    }
}

#[test]
fn an_email_that_is_not_ours_has_no_message() {
    for tags in [
        json!({}),
        json!({ "reference": [] }),
        json!({ "reference": ["ord_1"] }),
        json!({ "other": ["x"] }),
    ] {
        let event = json!({ "notificationType": "Send", "mail": { "tags": tags } });
        assert_eq!(serde_json::from_value::<SesEvent>(event).unwrap().message(), None);
    }
    let plain = json!({ "notificationType": "Delivery", "mail": {} });
    assert_eq!(serde_json::from_value::<SesEvent>(plain).unwrap().feedback(), Feedback::Taken);
}
