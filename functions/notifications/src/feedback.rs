//! What Amazon SES tells about an e-mail after it took it: the parts of its event JSON that matter here. Pure.
//!
//! See "Contents of event data that Amazon SES publishes to Amazon SNS". Addresses in it go no further than the
//! comparison with the person's own.

use kernel::MessageId;
use serde::Deserialize;
use std::collections::BTreeMap;

/// An event of SES.
#[derive(Clone, PartialEq, Debug, Deserialize)]
pub struct SesEvent {
    /// What kind: `Send`, `Delivery`, `Bounce`, `Complaint` …
    #[serde(rename = "eventType", alias = "notificationType")]
    pub kind: String,
    /// The e-mail it is about.
    pub mail: Mail,
    /// Of a bounce.
    #[serde(default)]
    pub bounce: Option<Bounce>,
    /// Of a complaint.
    #[serde(default)]
    pub complaint: Option<Complaint>,
}

/// The e-mail that an event is about.
#[derive(Clone, PartialEq, Debug, Deserialize)]
pub struct Mail {
    /// The tags it was sent with.
    #[serde(default)]
    pub tags: BTreeMap<String, Vec<String>>,
}

/// It did not arrive.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Bounce {
    /// `Permanent`, `Transient` or `Undetermined`.
    pub bounce_type: String,
    /// Where.
    #[serde(default)]
    pub bounced_recipients: Vec<Recipient>,
}

/// Somebody marked it as unwanted.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Complaint {
    /// Who it might be.
    #[serde(default)]
    pub complained_recipients: Vec<Recipient>,
}

/// A recipient.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Recipient {
    /// The address.
    pub email_address: String,
}

/// What is to be done about an event.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Feedback {
    /// SES has it, or it arrived: to be noted in the delivery log.
    Taken,
    /// It will not arrive, and no other e-mail to these addresses will.
    Bounced(Vec<String>),
    /// These people want no more e-mail.
    Complained(Vec<String>),
    /// SES does not send it.
    Rejected,
    /// Nothing.
    Nothing,
}

/// The tag that carries the message's id.
pub const TAG: &str = "reference";

impl SesEvent {
    /// The message that it is about, if the e-mail is one of ours.
    pub fn message(&self) -> Option<MessageId> {
        self.mail.tags.get(TAG)?.first()?.parse().ok()
    }

    /// What is to be done about it.
    pub fn feedback(&self) -> Feedback {
        let addresses = |recipients: &[Recipient]| recipients.iter().map(|who| who.email_address.clone()).collect();
        match (self.kind.as_str(), &self.bounce, &self.complaint) {
            ("Send" | "Delivery", ..) => Feedback::Taken,
            ("Bounce", Some(bounce), _) if bounce.bounce_type == "Permanent" => {
                Feedback::Bounced(addresses(&bounce.bounced_recipients))
            }
            ("Complaint", _, Some(complaint)) => Feedback::Complained(addresses(&complaint.complained_recipients)),
            ("Reject", ..) => Feedback::Rejected,
            _ => Feedback::Nothing,
        }
    }
}
