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
use minijinja::value::{Object, Rest, Serde, Value};
use minijinja::{Environment, ErrorKind, State, UndefinedBehavior};
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::OnceLock;

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
    let facts = around(&facts, reader);
    Ok(Letter {
        subject: one_line(&write(name, "subject", &facts, reader.locale)?, MAX_SUBJECT),
        text: format!("{}\n", write(name, "txt", &facts, reader.locale)?.trim()),
        html: write(name, "html", &facts, reader.locale)?,
    })
}

/// Writes the title and sentence of the template `name` with these facts.
pub fn write_short(name: &str, facts: serde_json::Value, reader: &Reader) -> Result<Short, Unwritable> {
    let facts = around(&facts, reader);
    Ok(Short {
        title: one_line(&write(name, "subject", &facts, reader.locale)?, MAX_SUBJECT),
        text: one_line(&write(name, "sms", &facts, reader.locale)?, MAX_SHORT),
    })
}

/// Writes one part of a template.
fn write(name: &str, part: &str, facts: &Value, locale: Locale) -> Result<String, Unwritable> {
    if Template::of(name).is_none() {
        return Err(Unwritable(format!("there is no template {name}")));
    }
    let template = writer(locale).get_template(&format!("{name}.{part}"));
    // The kind and place only: a detail might quote a fact.
    let unwritable = |error: minijinja::Error| {
        Unwritable(format!("{name}: {:?} in line {}", error.kind(), error.line().unwrap_or_default()))
    };
    template.and_then(|template| template.render(facts.clone())).map_err(unwritable)
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

/// The facts, and what every letter says about its reader.
fn around(facts: &serde_json::Value, reader: &Reader) -> Value {
    let of_reader: [(&str, Value); 3] = [
        ("site", reader.site.as_str().into()),
        ("unsubscribe", Value::from(Serde(&reader.unsubscribe))),
        (ZONE, Value::from_object(Zone(reader.zone.clone()))),
    ];
    let facts = facts.as_object().into_iter().flatten();
    let facts = facts.map(|(name, fact)| (name.as_str(), Value::from(Serde(fact))));
    Value::from(facts.chain(of_reader).collect::<BTreeMap<_, _>>())
}

/// The reader's clock, under the name [`ZONE`].
#[derive(Debug)]
struct Zone(TimeZone);

const ZONE: &str = "reader_zone";

impl Object for Zone {}

/// The engine with the words of a language. It compiles each part once, when it is first written.
fn writer(locale: Locale) -> &'static Environment<'static> {
    static RU: OnceLock<Environment<'static>> = OnceLock::new();
    static EN: OnceLock<Environment<'static>> = OnceLock::new();
    let writer = match locale {
        Locale::Ru => &RU,
        Locale::En => &EN,
    };
    writer.get_or_init(|| engine(locale))
}

fn engine(locale: Locale) -> Environment<'static> {
    let mut writer = Environment::new();
    writer.set_undefined_behavior(UndefinedBehavior::Strict);
    writer.set_loader(move |name| Ok(source(name, locale)));
    writer.add_filter("money", move |amount: Serde<Money>| words::money(amount.0, locale));
    writer.add_filter("date_time", move |state: &State<'_, '_>, time: Serde<Timestamp>| {
        let zone = state.lookup(ZONE).and_then(|zone| zone.downcast_object::<Zone>());
        let zone = zone.ok_or_else(|| minijinja::Error::new(ErrorKind::UndefinedError, ZONE))?;
        Ok::<_, minijinja::Error>(words::date_time(time.0, &zone.0, locale))
    });
    writer.add_filter("plural", move |count: u64, forms: Rest<String>| {
        let form = |n: usize| forms.get(n).or(forms.last()).map(String::as_str).unwrap_or_default();
        words::plural(count, locale, [form(0), form(1), form(2)]).to_owned()
    });
    writer.add_filter("short", |id: String| {
        let digits = id.chars().rev().take(6).collect::<Vec<_>>();
        digits.into_iter().rev().collect::<String>().to_uppercase()
    });
    writer
}

/// The text of `<template>.<part>`, or of `layout.html` and `layout.txt`.
fn source(name: &str, locale: Locale) -> Option<String> {
    let (template, part) = name.split_once('.')?;
    let (html, text) = layout(locale);
    let source = match (template, part) {
        ("layout", "html") => html,
        ("layout", "txt") => text,
        _ => Template::of(template)?.parts(locale).part(part)?,
    };
    Some(source.to_owned())
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
