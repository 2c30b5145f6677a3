//! Writes letters: a template and facts in, what the person reads out. Pure.
//!
//! Facts are escaped in HTML; a subject is one line, whatever is in it; a placeholder without a fact is an error, not
//! a gap. Amounts, times and counts come out as the person's language and time zone want them.

use crate::locale::Locale;
use crate::notice::Notice;
use crate::templates::{Template, layout};
use crate::words;
use jiff::tz::TimeZone;
use kernel::{Money, Timestamp};
use minijinja::value::{Rest, Serde, Value};
use minijinja::{Environment, UndefinedBehavior};
use serde_json::json;

/// The longest subject, in characters.
const MAX_SUBJECT: usize = 150;
/// The longest text message, in characters: nine parts.
const MAX_SHORT: usize = 600;

/// For whom a letter is written.
#[derive(Clone, Debug)]
pub struct Reader {
    /// In which language.
    pub locale: Locale,
    /// By which clock.
    pub zone: TimeZone,
    /// Where the web client is, without a slash at the end.
    pub site: String,
    /// Where the person can say that this is not wanted.
    pub unsubscribe: Option<String>,
}

/// An e-mail.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Letter {
    /// One line.
    pub subject: String,
    /// Plain text.
    pub text: String,
    /// The same as HTML.
    pub html: String,
}

/// A title and a sentence: in the feed, in a digest, on a phone.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Short {
    /// One line.
    pub title: String,
    /// One line.
    pub text: String,
}

/// Why nothing could be written: a mistake in a template, or facts that are not what it needs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unwritable(pub String);

impl std::fmt::Display for Unwritable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "cannot be written: {}", self.0)
    }
}

/// Writes `notice` as an e-mail.
pub fn letter(notice: &Notice, reader: &Reader) -> Result<Letter, Unwritable> {
    write_letter(notice.name(), facts(notice, reader)?, reader)
}

/// Writes `notice` as a title and a sentence.
pub fn short(notice: &Notice, reader: &Reader) -> Result<Short, Unwritable> {
    write_short(notice.name(), facts(notice, reader)?, reader)
}

/// Writes a one-time code as an e-mail. The code is nowhere but here and in what is sent.
pub fn code_letter(notice: &Notice, code: &str, reader: &Reader) -> Result<Letter, Unwritable> {
    write_letter(notice.name(), with_code(notice, code, reader)?, reader)
}

/// Writes a one-time code as a title and a sentence.
pub fn code_short(notice: &Notice, code: &str, reader: &Reader) -> Result<Short, Unwritable> {
    write_short(notice.name(), with_code(notice, code, reader)?, reader)
}

/// Writes the e-mail of the template `name` with these facts.
pub fn write_letter(name: &str, facts: serde_json::Value, reader: &Reader) -> Result<Letter, Unwritable> {
    let (parts, facts) = (template(name)?.parts(reader.locale), Value::from(Serde(facts)));
    let writer = writer(reader)?;
    let write = |part: &str, source: &'static str| {
        writer
            .render_named_str(&format!("{name}.{part}"), source, facts.clone())
            .map_err(|error| unwritable(name, &error))
    };
    Ok(Letter {
        subject: one_line(&write("subject", parts.subject)?, MAX_SUBJECT),
        text: format!("{}\n", write("txt", parts.text)?.trim()),
        html: write("html", parts.html)?,
    })
}

/// Writes the title and sentence of the template `name` with these facts.
pub fn write_short(name: &str, facts: serde_json::Value, reader: &Reader) -> Result<Short, Unwritable> {
    let (parts, facts) = (template(name)?.parts(reader.locale), Value::from(Serde(facts)));
    let writer = writer(reader)?;
    let write = |part: &str, source: &'static str| {
        writer
            .render_named_str(&format!("{name}.{part}"), source, facts.clone())
            .map_err(|error| unwritable(name, &error))
    };
    Ok(Short {
        title: one_line(&write("subject", parts.subject)?, MAX_SUBJECT),
        text: one_line(&write("sms", parts.short)?, MAX_SHORT),
    })
}

/// A text message: whom it is from stands in front.
pub fn text_message(short: &Short, locale: Locale) -> String {
    let from = match locale {
        Locale::Ru => "Ярмарка",
        Locale::En => "Yarmarka",
    };
    // A space that does not break is in no phone's short alphabet: the message would cost twice.
    format!("{from}. {}", short.text.replace('\u{a0}', " "))
}

fn template(name: &str) -> Result<&'static Template, Unwritable> {
    Template::of(name).ok_or_else(|| Unwritable(format!("there is no template {name}")))
}

fn unwritable(name: &str, error: &minijinja::Error) -> Unwritable {
    // The kind and place only: a detail might quote a fact.
    Unwritable(format!("{name}: {:?} in line {}", error.kind(), error.line().unwrap_or_default()))
}

/// What a template may use of a notice. A digest's notices are written first, each with its own template.
fn facts(notice: &Notice, reader: &Reader) -> Result<serde_json::Value, Unwritable> {
    let Notice::Digest { notices, more } = notice else {
        return serde_json::to_value(notice).map_err(|error| Unwritable(error.to_string()));
    };
    let mut entries = Vec::with_capacity(notices.len());
    for notice in notices {
        let Short { title, text } = short(notice, reader)?;
        entries.push(json!({ "title": title, "text": text }));
    }
    let count = u64::from(*more) + u64::try_from(entries.len()).unwrap_or(u64::MAX);
    Ok(json!({ "entries": entries, "more": more, "count": count }))
}

fn with_code(notice: &Notice, code: &str, reader: &Reader) -> Result<serde_json::Value, Unwritable> {
    let mut facts = facts(notice, reader)?;
    facts["code"] = json!(code);
    Ok(facts)
}

/// The engine with the words of the reader's language.
fn writer(reader: &Reader) -> Result<Environment<'static>, Unwritable> {
    let mut writer = Environment::new();
    writer.set_undefined_behavior(UndefinedBehavior::Strict);
    let (html, text) = layout(reader.locale);
    for (name, source) in [("layout.html", html), ("layout.txt", text)] {
        writer.add_template(name, source).map_err(|error| unwritable(name, &error))?;
    }
    let locale = reader.locale;
    writer.add_filter("money", move |amount: Serde<Money>| words::money(amount.0, locale));
    let zone = reader.zone.clone();
    writer.add_filter("date_time", move |time: Serde<Timestamp>| words::date_time(time.0, &zone, locale));
    writer.add_filter("plural", move |count: u64, forms: Rest<String>| {
        let form = |n: usize| forms.get(n).or(forms.last()).map(String::as_str).unwrap_or_default();
        words::plural(count, locale, [form(0), form(1), form(2)]).to_owned()
    });
    writer.add_filter("short", |id: String| {
        let digits = id.chars().rev().take(6).collect::<Vec<_>>();
        digits.into_iter().rev().collect::<String>().to_uppercase()
    });
    writer.add_global("site", reader.site.clone());
    writer.add_global("unsubscribe", Value::from(Serde(&reader.unsubscribe)));
    Ok(writer)
}

/// The text in one line without what could begin another header, hide or turn around what follows.
fn one_line(text: &str, longest: usize) -> String {
    let hidden =
        |letter: &char| matches!(letter, '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    // A space that does not break is white space too, and is to stay.
    let breaks = |letter: char| letter.is_control() || (letter.is_whitespace() && letter != '\u{a0}');
    let visible: String = text.chars().filter(|letter| !hidden(letter)).collect();
    let words: Vec<&str> = visible.split(breaks).filter(|word| !word.is_empty()).collect();
    let line = words.join(" ");
    match line.char_indices().nth(longest) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}
