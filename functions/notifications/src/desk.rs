//! Where letters are written: the template, the person's language and clock, links, and codes taken out of their seal.

use crate::channel::Channel;
use crate::figures::{ApiUrl, CodeSeal, SiteUrl, UnsubscribeKey};
use crate::letter::{self, Letter, Reader, Short, Unwritable};
use crate::message::Message;
use crate::notice::Notice;
use crate::sending::Ready;
use crate::unsubscribing;
use contracts::identity::{CodeIssued, ContactKind};
use kernel::{AccountId, Timestamp};
use platform::{Error, Secret, SecretValues, Setting, seal};

/// What it takes to write to a person, as one argument of those who send.
pub type Pens = (Secret<CodeSeal>, Secret<UnsubscribeKey>, Setting<SiteUrl>, Setting<ApiUrl>);

/// A place to write at.
pub struct Desk {
    seals: Secret<CodeSeal>,
    keys: Secret<UnsubscribeKey>,
    site: String,
    api: String,
}

/// Something that was written, or cannot be.
pub type Written<T> = Result<T, Unwritable>;

impl Desk {
    /// With these pens.
    pub fn with((seals, keys, Setting(site), Setting(api)): Pens) -> Self {
        Self { seals, keys, site, api }
    }

    /// The e-mail for a message, and where a mail program can unsubscribe.
    pub async fn letter(&self, ready: &Ready) -> Result<Written<(Letter, Option<String>)>, Error> {
        let message = &ready.message.value;
        let token = match message.notice.unsubscribable() {
            Some(topic) => Some(unsubscribing::token(&self.keys.read().await?, message.account, topic)?),
            None => None,
        };
        let reader = Reader {
            unsubscribe: token.as_ref().map(|token| format!("{}/unsubscribe?token={token}", self.site)),
            ..self.reader(ready)
        };
        let letter = match self.code(message).await? {
            None => letter::letter(&message.notice, &reader),
            Some(code) => letter::code_letter(&message.notice, &code, &reader),
        };
        let one_click = token.map(|token| format!("{}/v1/unsubscribes?token={token}", self.api));
        Ok(letter.map(|letter| (letter, one_click)))
    }

    /// The text message for a message.
    pub async fn text(&self, ready: &Ready) -> Result<Written<String>, Error> {
        let (message, reader) = (&ready.message.value, self.reader(ready));
        let short: Written<Short> = match self.code(message).await? {
            None => letter::short(&message.notice, &reader),
            Some(code) => letter::code_short(&message.notice, &code, &reader),
        };
        Ok(short.map(|short| letter::text_message(&short, reader.locale)))
    }

    fn reader(&self, ready: &Ready) -> Reader {
        Reader {
            locale: ready.locale,
            zone: ready.zone.clone(),
            site: self.site.clone(),
            unsubscribe: None,
        }
    }

    /// The code in a message, if it is about one. A seal that does not open may be of a key that this function does
    /// not know yet: it tries again, until the code has expired.
    async fn code(&self, message: &Message) -> Result<Option<String>, Error> {
        let Notice::Code { to, sealed, expires_at, .. } = &message.notice else {
            return Ok(None);
        };
        let code = open(&self.seals.read().await?, (message.account, *to, *expires_at), sealed);
        code.map(Some)
            .ok_or_else(|| Error::unavailable(format!("the seal of {} does not open", message.id)))
    }
}

/// Takes a code out of its seal, which identity made for this very event.
fn open(
    keys: &SecretValues,
    (account, to, expires_at): (AccountId, Channel, Timestamp),
    sealed: &str,
) -> Option<String> {
    let kind = match to {
        Channel::Email => ContactKind::Email,
        Channel::Sms => ContactKind::Phone,
    };
    let purpose = CodeIssued::sealed_for(account, kind, expires_at);
    let code = keys.accepted().find_map(|key| seal::open(key, &purpose, sealed))?;
    String::from_utf8(code).ok()
}
