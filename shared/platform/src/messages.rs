//! Sends e-mails (SES) and text messages (SNS). Neither takes an idempotency key: what was sent without an answer may
//! have been delivered, so nothing is repeated here. The caller claims, sends, and decides.

use crate::argument::broken;
use crate::aws::{Failed, Request, SES, sns, xml};
use crate::retry::Attempt;
use crate::settings::{MAIL_EVENTS, MAIL_FROM};
use crate::{Argument, Call, Error, World};
use kernel::Problem;
use serde_json::{Value, json};
use std::sync::Arc;

/// An e-mail to one person.
#[derive(Clone, PartialEq, Eq)]
pub struct Email {
    /// The address.
    pub to: String,
    /// The subject, one line.
    pub subject: String,
    /// The text for readers without HTML.
    pub text: String,
    /// The same as HTML.
    pub html: String,
    /// Names the message: comes back with what SES reports about its delivery.
    pub reference: String,
    /// Where a mail program can unsubscribe with one POST (RFC 8058), for messages that one can do without.
    pub unsubscribe: Option<String>,
}

/// What became of a message.
#[derive(Debug)]
pub enum Sent {
    /// It was taken, under this id of the provider's.
    Accepted(String),
    /// It will never be taken: the address or the text is refused.
    Refused(String),
    /// It was not taken, but may be later.
    NotNow(Error),
    /// There was no answer: it may have been taken.
    Unknown(Error),
}

/// Sends e-mails from the deployment's address.
#[derive(Clone)]
pub struct Mailer {
    world: Arc<World>,
    from: String,
    events: Option<String>,
}

impl Mailer {
    /// Sends an e-mail once.
    pub async fn send(&self, email: &Email) -> Result<Sent, Error> {
        let content = |text: &str| json!({ "Data": text, "Charset": "UTF-8" });
        let header = |name: &str, value: &str| json!({ "Name": name, "Value": value });
        let mut message = json!({
            "Subject": content(&email.subject),
            "Body": { "Text": content(&email.text), "Html": content(&email.html) },
        });
        if let Some(url) = &email.unsubscribe {
            message["Headers"] = json!([
                header("List-Unsubscribe", &format!("<{url}>")),
                header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
            ]);
        }
        let mut input = json!({
            "FromEmailAddress": self.from,
            "Destination": { "ToAddresses": [email.to] },
            "Content": { "Simple": message },
            "EmailTags": [{ "Name": "reference", "Value": email.reference }],
        });
        if let Some(events) = &self.events {
            input["ConfigurationSetName"] = json!(events);
        }
        let request = Request {
            service: SES,
            method: "POST",
            path: "/v2/email/outbound-emails".to_owned(),
            headers: vec![("content-type", "application/json".to_owned())],
            body: input.to_string().into(),
        };
        match self.world.aws.send(&request, self.world.host.now()).await {
            Ok(reply) => Ok(Sent::Accepted(message_id(&reply.body))),
            Err(failed) => judge(&failed, &["MessageRejected", "BadRequestException", "ValidationException"]),
        }
    }
}

/// The id that SES gave a message.
fn message_id(body: &[u8]) -> String {
    let answer: Value = serde_json::from_slice(body).unwrap_or_default();
    answer["MessageId"].as_str().unwrap_or_default().to_owned()
}

impl Argument for Mailer {
    fn take(call: &Call) -> Result<Self, Problem> {
        let settings = &call.world.settings;
        Ok(Self {
            world: call.world.clone(),
            from: settings.get(MAIL_FROM).map_err(|error| broken(call, &error))?.to_owned(),
            events: settings.optional(MAIL_EVENTS).map(str::to_owned),
        })
    }

    #[cfg(feature = "describe")]
    fn describe(description: &mut crate::describe::Description) {
        description.sends.push("email");
    }
}

/// Sends text messages.
#[derive(Clone)]
pub struct Texter {
    world: Arc<World>,
}

impl Texter {
    /// Sends `text` to the number `to` (E.164) once.
    pub async fn send(&self, to: &str, text: &str) -> Result<Sent, Error> {
        let fields = vec![
            ("PhoneNumber".to_owned(), to.to_owned()),
            ("Message".to_owned(), text.to_owned()),
        ];
        let request = sns::request("Publish", fields)?;
        match self.world.aws.send(&request, self.world.host.now()).await {
            Ok(reply) => {
                let answer = String::from_utf8_lossy(&reply.body);
                Ok(Sent::Accepted(xml::first(&answer, "MessageId").unwrap_or_default()))
            }
            Err(failed) => judge(
                &failed,
                &[
                    "InvalidParameter",
                    "InvalidParameterException",
                    "OptedOut",
                    "OptedOutException",
                ],
            ),
        }
    }
}

impl Argument for Texter {
    fn take(call: &Call) -> Result<Self, Problem> {
        Ok(Self { world: call.world.clone() })
    }

    #[cfg(feature = "describe")]
    fn describe(description: &mut crate::describe::Description) {
        description.sends.push("sms");
    }
}

/// What a failed attempt means, where these codes refuse the message for good.
fn judge(failed: &Failed, refusals: &[&str]) -> Result<Sent, Error> {
    let refusal = match failed {
        Failed::Unsendable | Failed::NoAnswer => None,
        Failed::Refused(refusal) => Some(refusal),
    };
    // The provider's text may quote the address.
    if let Some(refusal) = refusal.filter(|refusal| refusals.contains(&refusal.code.as_str())) {
        return Ok(Sent::Refused(refusal.code.clone()));
    }
    let may_be_sent = refusal.is_none_or(|refusal| refusal.status >= 500);
    match failed.classify::<()>() {
        Attempt::Again(cause) if !may_be_sent => Ok(Sent::NotNow(cause)),
        Attempt::Again(cause) => Ok(Sent::Unknown(cause)),
        Attempt::Never(cause) => Err(cause),
        Attempt::Done(()) => Err(Error::broken("a failure that is none")),
    }
}
