//! Writes a letter for another context.
//!
//! Asked by functions that need a text and no message: a template's name, facts, a language and a time zone in, the
//! parts out. Those who send messages link the same code instead: no call, nothing more to fail. A template that does
//! not exist, or that the facts do not fit, is said; codes are not written here.

use crate::figures::SiteUrl;
use crate::letter::{Letter, Reader, Short, text_message, write_letter, write_short};
use crate::locale::Locale;
use crate::preferences::zone;
use crate::templates::Template;
use contracts::notifications::{RenderTemplate, Rendered};
use jiff::tz::TimeZone;
use platform::{Asked, Error, Function, Setting, direct};

/// Asked by other functions
pub fn function() -> Function {
    direct::answer(render_template)
}

/// Writes the parts; `None` if they cannot be written.
pub async fn render_template(
    Asked(asked): Asked<RenderTemplate>,
    Setting(site): Setting<SiteUrl>,
) -> Result<Option<Rendered>, Error> {
    let reader = Reader {
        locale: Locale::of(&asked.locale),
        zone: zone(&asked.time_zone).unwrap_or(TimeZone::UTC),
        site,
        unsubscribe: None,
    };
    let Some(template) = Template::of(&asked.template) else {
        return Ok(None);
    };
    let letter = write_letter(template.name, asked.facts.clone(), &reader);
    let short = write_short(template.name, asked.facts, &reader);
    let (Ok(Letter { subject, text, html }), Ok(short)) = (letter, short) else {
        return Ok(None);
    };
    let sms = text_message(&short, reader.locale);
    let Short { title, text: summary } = short;
    Ok(Some(Rendered {
        version: template.version,
        subject,
        text,
        html,
        sms,
        title,
        summary,
    }))
}
