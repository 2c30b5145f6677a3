//! SNS' query protocol, as far as functions use it: `PublishBatch` to a topic, `Publish` to a phone number.

use crate::outside::Answer;
use std::collections::BTreeMap;

/// A limit of SNS: the bytes of one request.
const MAX_BYTES: usize = 256 * 1024;

/// One entry of a batch.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Publication {
    /// Names it within its request.
    pub id: String,
    /// The message.
    pub message: String,
    /// Its attribute `type`, which subscriptions filter by.
    pub kind: String,
}

/// A request to publish.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PublishBatch {
    /// The topic's ARN.
    pub topic: String,
    /// The entries, in order.
    pub entries: Vec<Publication>,
}

/// Reads a request; the answer to give if it breaks SNS' rules.
pub fn read(operation: &str, form: &[u8]) -> Result<PublishBatch, Answer> {
    let fields: BTreeMap<String, String> = url::form_urlencoded::parse(form).into_owned().collect();
    if operation != "PublishBatch" {
        return Err(error("AuthorizationError", &format!("functions may not call {operation}")));
    }
    let mut entries = Vec::new();
    loop {
        let entry = format!("PublishBatchRequestEntries.member.{}", entries.len() + 1);
        let Some(id) = fields.get(&format!("{entry}.Id")) else {
            break;
        };
        let attribute = format!("{entry}.MessageAttributes.entry.1");
        let is_type = fields.get(&format!("{attribute}.Name")).is_some_and(|name| name == "type");
        let kind = fields.get(&format!("{attribute}.Value.StringValue")).filter(|_| is_type);
        let (Some(message), Some(kind)) = (fields.get(&format!("{entry}.Message")), kind) else {
            return Err(error("InvalidParameter", "an entry has no message or no type"));
        };
        entries.push(Publication { id: id.clone(), message: message.clone(), kind: kind.clone() });
    }
    let bytes: usize = entries.iter().map(|entry| entry.message.len() + entry.kind.len()).sum();
    match (fields.get("TopicArn"), entries.len(), bytes) {
        (Some(topic), 1..=10, ..=MAX_BYTES) => Ok(PublishBatch { topic: topic.clone(), entries }),
        (_, 1..=10, ..=MAX_BYTES) => Err(error("NotFound", "no topic")),
        (_, 0, _) => Err(error("EmptyBatchRequest", "no entries")),
        (_, 1..=10, _) => Err(error("BatchRequestTooLong", "the request is longer than 256 kB")),
        _ => Err(error("TooManyEntriesInBatchRequest", "more than ten entries")),
    }
}

/// A text message to a phone; the answer to give if it breaks SNS' rules.
pub fn read_text(form: &[u8]) -> Result<(String, String), Answer> {
    let fields: BTreeMap<String, String> = url::form_urlencoded::parse(form).into_owned().collect();
    let (Some(number), Some(text)) = (fields.get("PhoneNumber"), fields.get("Message")) else {
        return Err(error("AuthorizationError", "functions publish to phones one by one, to topics in batches"));
    };
    let digits = number.strip_prefix('+').filter(|digits| (7..=15).contains(&digits.len()));
    if digits.is_none_or(|digits| !digits.bytes().all(|byte| byte.is_ascii_digit())) {
        return Err(error("InvalidParameter", "Invalid parameter: PhoneNumber"));
    }
    match text.len() {
        1..=1600 => Ok((number.clone(), text.clone())),
        _ => Err(error("InvalidParameter", "Invalid parameter: Message")),
    }
}

/// The answer to a text message that was taken.
pub fn texted(id: &str) -> Answer {
    let body = format!(
        "<PublishResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><PublishResult><MessageId>{id}</MessageId>\
         </PublishResult><ResponseMetadata><RequestId>local</RequestId></ResponseMetadata></PublishResponse>"
    );
    Answer::new(200, body)
}

/// The answer to a request of which the entries `failed` were not taken.
pub fn published(batch: &PublishBatch, failed: &[usize]) -> Answer {
    let (mut successful, mut refused) = (String::new(), String::new());
    for (n, entry) in batch.entries.iter().enumerate() {
        let id = &entry.id;
        if failed.contains(&n) {
            refused +=
                &format!("<member><Id>{id}</Id><Code>InternalError</Code><SenderFault>false</SenderFault></member>");
        } else {
            successful += &format!("<member><Id>{id}</Id><MessageId>local-{id}</MessageId></member>");
        }
    }
    let body = format!(
        "<PublishBatchResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><PublishBatchResult>\
         <Successful>{successful}</Successful><Failed>{refused}</Failed></PublishBatchResult>\
         <ResponseMetadata><RequestId>local</RequestId></ResponseMetadata></PublishBatchResponse>"
    );
    Answer::new(200, body)
}

/// An answer as SNS words its errors.
pub fn error(code: &str, message: &str) -> Answer {
    let body = format!(
        "<ErrorResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><Error><Type>Sender</Type>\
         <Code>{code}</Code><Message>{message}</Message></Error><RequestId>local</RequestId></ErrorResponse>"
    );
    Answer::new(400, body)
}
