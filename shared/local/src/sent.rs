//! E-mails and text messages that functions sent, to look at.

use crate::journal::Journal;
use crate::services::ses::SentEmail;
use kernel::{Digest, Timestamp};
use serde::{Deserialize, Serialize};
use std::sync::{Arc, Mutex, PoisonError};

/// How many messages are kept; older ones are forgotten.
const KEPT: usize = 10_000;

/// A message that was sent.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct SentMessage {
    /// The id that its sender was told.
    pub id: String,
    /// When.
    pub at: Timestamp,
    /// `email` or `sms`.
    pub channel: String,
    /// Address or number.
    pub to: String,
    /// The subject of an e-mail.
    #[serde(default)]
    pub subject: String,
    /// The text.
    pub text: String,
    /// The HTML of an e-mail.
    #[serde(default)]
    pub html: String,
    /// The sender's name for it.
    #[serde(default)]
    pub reference: String,
}

/// All messages, oldest first.
pub struct Sent {
    messages: Vec<SentMessage>,
    count: u64,
    journal: Option<Arc<Mutex<Journal>>>,
}

impl Sent {
    /// What the journal remembers.
    pub fn new(journal: Option<Arc<Mutex<Journal>>>) -> Result<Self, String> {
        let messages = match &journal {
            Some(journal) => journal.lock().unwrap_or_else(PoisonError::into_inner).sent(KEPT)?,
            None => Vec::new(),
        };
        Ok(Self { count: messages.len() as u64, messages, journal })
    }

    /// The messages, oldest first.
    pub fn messages(&self) -> &[SentMessage] {
        &self.messages
    }

    /// Keeps an e-mail; its id.
    pub fn email(&mut self, email: &SentEmail, at: Timestamp) -> Result<String, String> {
        let SentEmail { to, subject, text, html, reference, .. } = email.clone();
        self.keep(SentMessage {
            id: String::new(),
            at,
            channel: "email".to_owned(),
            to,
            subject,
            text,
            html,
            reference,
        })
    }

    /// Keeps a text message; its id.
    pub fn text(&mut self, number: &str, text: &str, at: Timestamp) -> Result<String, String> {
        let (to, text, nothing) = (number.to_owned(), text.to_owned(), String::new);
        let channel = "sms".to_owned();
        self.keep(SentMessage {
            id: nothing(),
            at,
            channel,
            to,
            subject: nothing(),
            text,
            html: nothing(),
            reference: nothing(),
        })
    }

    fn keep(&mut self, mut message: SentMessage) -> Result<String, String> {
        self.count += 1;
        message.id = Digest::of([self.count.to_string(), message.at.to_string()]).short(20);
        let id = message.id.clone();
        if let Some(journal) = &self.journal {
            journal.lock().unwrap_or_else(PoisonError::into_inner).keep_sent(&message)?;
        }
        self.messages.push(message);
        if self.messages.len() > KEPT {
            self.messages.remove(0);
        }
        Ok(id)
    }
}
