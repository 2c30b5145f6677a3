//! Comma-separated values as RFC 4180 has them: what spreadsheets write, read strictly. Pure.

/// A sheet: its lines in order, each with its cells.
pub type Sheet = Vec<Vec<String>>;

/// Why a text is no sheet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Unreadable {
    /// The cells of the first line are separated by this instead of commas.
    Separator(&'static str),
    /// A quote in this line (1: the first) does not open or close a cell, or its cell is never closed.
    Quote(usize),
}

impl std::fmt::Display for Unreadable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Unreadable::Separator(name) => {
                write!(f, "cells are separated by {name}; save the sheet with commas (CSV, comma-separated, UTF-8)")
            }
            Unreadable::Quote(line) => write!(
                f,
                "line {line}: a quote stands in the middle of a cell, or is never closed; \
                 a cell with commas, quotes or line breaks is \"written \"\"like\"\" this\""
            ),
        }
    }
}

/// Reads a sheet. A byte order mark and blank lines are passed over; lines end with LF, CRLF or CR.
pub fn read(text: &str) -> Result<Sheet, Unreadable> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let first = text.lines().next().unwrap_or_default();
    for (separator, name) in [(';', "semicolons"), ('\t', "tabs")] {
        if first.contains(separator) && !first.contains(',') {
            return Err(Unreadable::Separator(name));
        }
    }
    let mut reader = Reader { rest: text.chars().peekable(), line: 1 };
    let mut sheet = Sheet::new();
    while reader.rest.peek().is_some() {
        let cells = reader.line()?;
        if cells.iter().any(|cell| !cell.is_empty()) || cells.len() > 1 {
            sheet.push(cells);
        }
    }
    Ok(sheet)
}

struct Reader<'t> {
    rest: std::iter::Peekable<std::str::Chars<'t>>,
    /// The line of the text that is being read.
    line: usize,
}

impl Reader<'_> {
    fn line(&mut self) -> Result<Vec<String>, Unreadable> {
        let mut cells = Vec::new();
        loop {
            cells.push(match self.rest.next_if_eq(&'"') {
                Some(_) => self.quoted()?,
                None => self.plain()?,
            });
            match self.rest.next() {
                Some(',') => {}
                Some('\r') => {
                    self.rest.next_if_eq(&'\n');
                    break;
                }
                Some('\n') | None => break,
                Some(_) => return Err(Unreadable::Quote(self.line)),
            }
        }
        self.line += 1;
        Ok(cells)
    }

    fn plain(&mut self) -> Result<String, Unreadable> {
        let mut cell = String::new();
        while let Some(c) = self.rest.next_if(|c| !matches!(c, ',' | '\r' | '\n')) {
            if c == '"' {
                return Err(Unreadable::Quote(self.line));
            }
            cell.push(c);
        }
        Ok(cell)
    }

    /// After the opening quote, to the closing one.
    fn quoted(&mut self) -> Result<String, Unreadable> {
        let (mut cell, opened) = (String::new(), self.line);
        loop {
            match self.rest.next() {
                Some('"') if self.rest.next_if_eq(&'"').is_some() => cell.push('"'),
                Some('"') => return Ok(cell),
                Some(c) => {
                    self.line += usize::from(c == '\n');
                    cell.push(c);
                }
                None => return Err(Unreadable::Quote(opened)),
            }
        }
    }
}

/// Writes a line, with CRLF at its end.
pub fn write_line<C: AsRef<str>>(text: &mut String, cells: impl IntoIterator<Item = C>) {
    for (n, cell) in cells.into_iter().enumerate() {
        if n > 0 {
            text.push(',');
        }
        let cell = cell.as_ref();
        let plain = !cell.contains([',', '"', '\r', '\n']) && cell.trim() == cell;
        if plain {
            text.push_str(cell);
        } else {
            text.push('"');
            text.push_str(&cell.replace('"', "\"\""));
            text.push('"');
        }
    }
    text.push_str("\r\n");
}
