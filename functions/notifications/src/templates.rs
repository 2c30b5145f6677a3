//! The templates: what is written, in which language, at which version.
//!
//! They are linked in, so that a message can always be written. A change of wording is a new version, which the
//! delivery log names (a test compares them with `templates/versions.txt`).

use crate::locale::Locale;

/// A template in every language.
#[derive(Debug)]
pub struct Template {
    /// The notice's name.
    pub name: &'static str,
    /// Raised with each change of its wording.
    pub version: u16,
    ru: Parts,
    en: Parts,
}

/// The parts of a template in one language.
#[derive(Debug)]
pub struct Parts {
    /// An e-mail's subject; the title in the feed.
    pub subject: &'static str,
    /// An e-mail's text.
    pub text: &'static str,
    /// An e-mail's text as HTML.
    pub html: &'static str,
    /// A text message; the text in the feed.
    pub short: &'static str,
}

impl Parts {
    /// The part of this name.
    pub fn part(&self, name: &str) -> Option<&'static str> {
        match name {
            "subject" => Some(self.subject),
            "txt" => Some(self.text),
            "html" => Some(self.html),
            "sms" => Some(self.short),
            _ => None,
        }
    }
}

impl Template {
    /// The template of this name.
    pub fn of(name: &str) -> Option<&'static Template> {
        TEMPLATES.iter().find(|template| template.name == name)
    }

    /// Its parts in a language.
    pub fn parts(&self, locale: Locale) -> &Parts {
        match locale {
            Locale::Ru => &self.ru,
            Locale::En => &self.en,
        }
    }
}

macro_rules! parts {
    ($name:literal, $locale:literal) => {
        Parts {
            subject: include_str!(concat!("../templates/", $name, "/", $locale, ".subject")),
            text: include_str!(concat!("../templates/", $name, "/", $locale, ".txt")),
            html: include_str!(concat!("../templates/", $name, "/", $locale, ".html")),
            short: include_str!(concat!("../templates/", $name, "/", $locale, ".sms")),
        }
    };
}

macro_rules! templates {
    ($($name:literal v $version:literal),* $(,)?) => {
        /// Every template.
        pub const TEMPLATES: &[Template] = &[
            $(Template {
                name: $name,
                version: $version,
                ru: parts!($name, "ru"),
                en: parts!($name, "en"),
            }),*
        ];
    };
}

templates! {
    "account-credited" v 1,
    "account-fined" v 1,
    "account-locked" v 1,
    "application-rejected" v 1,
    "code" v 1,
    "device-silent" v 1,
    "digest" v 1,
    "endpoint-disabled" v 1,
    "invoice-issued" v 1,
    "invoice-unpaid" v 1,
    "job-cancelled" v 1,
    "job-created" v 1,
    "offer-made" v 1,
    "order-cancelled" v 1,
    "order-delivered" v 1,
    "order-expired" v 1,
    "order-paid" v 1,
    "order-refunded" v 1,
    "order-rejected" v 1,
    "order-reserved" v 1,
    "order-returned" v 1,
    "order-shipped" v 1,
    "payment-failed" v 1,
    "payment-method-removed" v 1,
    "payment-method-saved" v 1,
    "payout-failed" v 1,
    "payout-paid" v 1,
    "readings-alert" v 1,
    "refund-failed" v 1,
    "request-matched" v 1,
    "request-missed" v 1,
    "request-unmatched" v 1,
    "request-waiting" v 1,
    "roles-changed" v 1,
    "session-due" v 1,
    "sessions-revoked" v 1,
    "test-assigned" v 1,
    "worker-hired" v 1,
}

/// What stands around an e-mail's text, as HTML and plain.
pub fn layout(locale: Locale) -> (&'static str, &'static str) {
    match locale {
        Locale::Ru => (include_str!("../templates/layout/ru.html"), include_str!("../templates/layout/ru.txt")),
        Locale::En => (include_str!("../templates/layout/en.html"), include_str!("../templates/layout/en.txt")),
    }
}
