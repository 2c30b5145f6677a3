//! GPX and TCX. Entities are not expanded, document types are refused, and no name or text is kept longer than it can
//! matter.

mod point;
mod tag;
mod track;

use crate::activity::{Activity, Damage, Format};
use crate::columns::Recording;
use crate::limits::{Limits, Unreadable};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use tag::Tag;
use track::Tracks;

/// Characters of a text that says something: no number, time or sport is longer.
const TEXT: usize = 64;

/// What is open, and the text in it.
struct Walk<'a> {
    limits: &'a Limits,
    path: Vec<Tag>,
    text: String,
}

/// Reads GPX or TCX.
pub fn read(bytes: &[u8], limits: &Limits) -> Result<Activity, Unreadable> {
    let (text, cut) = text(bytes)?;
    if !text.starts_with('<') {
        return Err(Unreadable::UnknownFormat);
    }
    let mut reader = Reader::from_str(text);
    let mut walk = Walk { limits, path: Vec::new(), text: String::new() };
    let mut tracks = Tracks::new(Recording::new(limits));
    let mut format = None;
    loop {
        match reader.read_event() {
            Ok(Event::Start(element)) => walk.open(&element, &mut format, &mut tracks)?,
            Ok(Event::Empty(element)) => {
                walk.open(&element, &mut format, &mut tracks)?;
                walk.close(&mut tracks)?;
            }
            Ok(Event::End(_)) => walk.close(&mut tracks)?,
            Ok(Event::Text(text)) => walk.say(&text),
            Ok(Event::CData(text)) => walk.say(&text),
            Ok(Event::DocType(_)) => return Err(Unreadable::DocumentType),
            Ok(Event::Eof) if walk.path.is_empty() && !cut => break,
            Ok(Event::Eof) | Err(_) => {
                tracks.recording.damage = Some(Damage::Broken);
                break;
            }
            Ok(_) => {}
        }
    }
    tracks.recording.finish(format.ok_or(Unreadable::UnknownFormat)?)
}

/// The text of the file, and whether it ends in the middle of a character.
fn text(bytes: &[u8]) -> Result<(&str, bool), Unreadable> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let (text, cut) = match std::str::from_utf8(bytes) {
        Ok(text) => (text, false),
        Err(error) if error.error_len().is_none() => {
            let whole = bytes.get(..error.valid_up_to()).unwrap_or_default();
            (std::str::from_utf8(whole).unwrap_or_default(), true)
        }
        // What is no text at all is another format.
        Err(error) if !bytes.trim_ascii_start().starts_with(b"<") && error.valid_up_to() < 2 => {
            let utf16 = matches!(bytes, [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..]);
            return Err(if utf16 { Unreadable::NotUtf8 } else { Unreadable::UnknownFormat });
        }
        Err(_) => return Err(Unreadable::NotUtf8),
    };
    // Some devices begin their files with blanks.
    Ok((text.trim_start(), cut))
}

impl Walk<'_> {
    fn open(
        &mut self,
        element: &BytesStart<'_>,
        format: &mut Option<Format>,
        tracks: &mut Tracks,
    ) -> Result<(), Unreadable> {
        let tag = Tag::of(element.local_name().as_ref());
        if format.is_none() {
            *format = Some(tag.format().ok_or(Unreadable::UnknownFormat)?);
        }
        if self.path.len() == self.limits.nesting {
            return Err(Unreadable::TooDeep);
        }
        self.path.push(tag);
        self.text.clear();
        let attribute = |name: &str| {
            let found = element.attributes().with_checks(false).flatten().find(|each| each.key.as_ref() == name);
            found.map(|found| found.value.into_owned())
        };
        tracks.open(tag, attribute);
        tracks.recording.within()
    }

    fn say(&mut self, text: &str) {
        if self.text.len() + text.len() <= TEXT || self.text.is_empty() && text.trim().len() <= TEXT {
            self.text.push_str(text.trim());
        }
    }

    fn close(&mut self, tracks: &mut Tracks) -> Result<(), Unreadable> {
        let Some(tag) = self.path.pop() else { return Ok(()) };
        tracks.close(tag, self.path.last().copied(), &self.text)?;
        self.text.clear();
        Ok(())
    }
}
