//! Sends e-mails (SES) and text messages (SNS). Neither takes an idempotency key: what was sent without an answer may
//! have been delivered, so nothing is repeated here. The caller claims, sends, and decides.

use crate::argument::broken;
use crate::retry::{Attempt, classify};
use crate::settings::{MAIL_EVENTS, MAIL_FROM};
use crate::{Argument, Call, Error, World, clients};
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_sesv2::types::{Body, Content, Destination, EmailContent, Message, MessageHeader, MessageTag};
use kernel::Problem;
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
    client: aws_sdk_sesv2::Client,
    from: String,
    events: Option<String>,
}

impl Mailer {
    /// Sends an e-mail once.
    pub async fn send(&self, email: &Email) -> Result<Sent, Error> {
        let content = |text: &str| Content::builder().data(text).charset("UTF-8").build().map_err(Error::broken);
        let header =
            |name: &str, value: &str| MessageHeader::builder().name(name).value(value).build().map_err(Error::broken);
        let body = Body::builder().text(content(&email.text)?).html(content(&email.html)?).build();
        let mut message = Message::builder().subject(content(&email.subject)?).body(body);
        if let Some(url) = &email.unsubscribe {
            message = message
                .headers(header("List-Unsubscribe", &format!("<{url}>"))?)
                .headers(header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")?);
        }
        let tag = MessageTag::builder().name("reference").value(&email.reference).build().map_err(Error::broken)?;
        let sent = self
            .client
            .send_email()
            .from_email_address(&self.from)
            .set_configuration_set_name(self.events.clone())
            .destination(Destination::builder().to_addresses(&email.to).build())
            .content(EmailContent::builder().simple(message.build()).build())
            .email_tags(tag)
            .send()
            .await;
        match sent {
            Ok(output) => Ok(Sent::Accepted(output.message_id.unwrap_or_default())),
            Err(error) => judge(&error, &["MessageRejected", "BadRequestException", "ValidationException"]),
        }
    }
}

impl Argument for Mailer {
    fn take(call: &Call) -> Result<Self, Problem> {
        let settings = &call.world.settings;
        Ok(Self {
            client: clients::mail(&call.world),
            from: settings.get(MAIL_FROM).map_err(|error| broken(call, &error))?.to_owned(),
            events: settings.optional(MAIL_EVENTS).map(str::to_owned),
        })
    }

    fn prepare(world: &World) -> Result<(), Error> {
        clients::mail(world);
        Ok(())
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
        match clients::sns(&self.world).publish().phone_number(to).message(text).send().await {
            Ok(output) => Ok(Sent::Accepted(output.message_id.unwrap_or_default())),
            Err(error) => judge(
                &error,
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

    fn prepare(world: &World) -> Result<(), Error> {
        clients::sns(world);
        Ok(())
    }

    #[cfg(feature = "describe")]
    fn describe(description: &mut crate::describe::Description) {
        description.sends.push("sms");
    }
}

/// What a failed attempt means, where these codes refuse the message for good.
fn judge<E: ProvideErrorMetadata>(error: &SdkError<E>, refusals: &[&str]) -> Result<Sent, Error> {
    if let Some(code) = error.as_service_error().and_then(ProvideErrorMetadata::code)
        && refusals.contains(&code)
    {
        // The provider's text may quote the address.
        return Ok(Sent::Refused(code.to_owned()));
    }
    let answered = error.as_service_error().is_some();
    let server_failed = error.raw_response().is_some_and(|response| response.status().is_server_error());
    match classify::<(), E>(error) {
        Attempt::Again(cause) if answered && !server_failed => Ok(Sent::NotNow(cause)),
        Attempt::Again(cause) => Ok(Sent::Unknown(cause)),
        Attempt::Never(cause) => Err(cause),
        Attempt::Done(()) => Err(Error::broken("a failure that is none")),
    }
}
