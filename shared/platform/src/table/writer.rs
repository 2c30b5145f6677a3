//! Writes Rust types straight as DynamoDB's JSON, as `typed` reads it.

use serde::Serialize;
use serde::ser::{
    Error as _, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple,
    SerializeTupleStruct, SerializeTupleVariant, Serializer,
};
use serde_json::Error;
use serde_json::value::RawValue;
use std::fmt::Display;

/// The JSON of a value as an attribute.
pub(crate) fn attribute<T: Serialize + ?Sized>(value: &T) -> Result<String, crate::Error> {
    // Most items fit.
    let mut text = String::with_capacity(1024);
    value.serialize(Writer(&mut text)).map_err(crate::Error::broken)?;
    Ok(text)
}

/// An item being put together.
pub(crate) struct ItemWriter(String);

impl ItemWriter {
    /// Begins with the fields of `value`.
    pub fn of<T: Serialize>(value: &T) -> Result<Self, crate::Error> {
        let mut text = attribute(value)?;
        if !text.starts_with(MAP) {
            return Err(crate::Error::broken("an item is no map"));
        }
        // A map as an attribute stands in two more brackets: {"M":{…}}.
        text.truncate(text.len() - 2);
        text.drain(..MAP.len() - 1);
        Ok(Self(text))
    }

    /// The names of the attributes so far. Each attribute's value is a map, so what is quoted one level deep is a name.
    pub fn names(&self) -> Vec<&str> {
        let (mut names, mut depth, mut opened, mut escaped) = (Vec::new(), 0_u32, None, false);
        for (at, byte) in self.0.bytes().enumerate() {
            match (opened, byte) {
                (Some(_), _) if escaped => escaped = false,
                (Some(_), b'\\') => escaped = true,
                (Some(from), b'"') => {
                    if depth == 1 {
                        names.extend(self.0.get(from..at));
                    }
                    opened = None;
                }
                (Some(_), _) => {}
                (None, b'"') => opened = Some(at + 1),
                (None, b'{' | b'[') => depth += 1,
                (None, b'}' | b']') => depth = depth.saturating_sub(1),
                (None, _) => {}
            }
        }
        names
    }

    /// What was written so far.
    pub fn text(&self) -> &str {
        &self.0
    }

    /// Adds an attribute, whose name needs no escape.
    pub fn with<T: Serialize + ?Sized>(mut self, name: &str, value: &T) -> Result<Self, crate::Error> {
        self.name(name);
        value.serialize(Writer(&mut self.0)).map_err(crate::Error::broken)?;
        Ok(self)
    }

    /// Adds a list of values that are written already.
    #[must_use]
    pub fn with_list<'v>(mut self, name: &str, values: impl IntoIterator<Item = &'v str>) -> Self {
        self.name(name);
        self.0.push_str(LIST);
        for value in values {
            comma(&mut self.0);
            self.0.push_str(value);
        }
        self.0.push_str("]}");
        self
    }

    fn name(&mut self, name: &str) {
        comma(&mut self.0);
        self.0.extend(["\"", name, "\":"]);
    }

    /// The item.
    pub fn end(mut self) -> Result<Box<RawValue>, crate::Error> {
        self.0.push('}');
        RawValue::from_string(self.0).map_err(crate::Error::broken)
    }
}

const MAP: &str = "{\"M\":{";
const LIST: &str = "{\"L\":[";

/// Writes a comma unless something begins here.
fn comma(text: &mut String) {
    if !text.ends_with(['{', '[']) {
        text.push(',');
    }
}

/// Appends a text in quotation marks.
fn quote(text: &mut String, value: &str) -> Result<(), Error> {
    // Nearly every text stands for itself.
    match value.bytes().all(|byte| byte >= b' ' && byte != b'"' && byte != b'\\') {
        true => text.extend(["\"", value, "\""]),
        false => text.push_str(&serde_json::to_string(value)?),
    }
    Ok(())
}

/// Writes one value.
struct Writer<'w>(&'w mut String);

/// Writes what is in a list or a map, and then closes it.
struct Compound<'w> {
    text: &'w mut String,
    end: &'static str,
}

impl<'w> Writer<'w> {
    fn kind(self, kind: &str, value: &str) -> Result<(), Error> {
        self.0.extend(["{\"", kind, "\":", value, "}"]);
        Ok(())
    }

    fn number(self, number: impl Display) -> Result<(), Error> {
        let number = number.to_string();
        self.0.extend(["{\"N\":\"", &number, "\"}"]);
        Ok(())
    }

    fn begin(self, begin: &str, end: &'static str) -> Compound<'w> {
        self.0.push_str(begin);
        Compound { text: self.0, end }
    }

    /// A map with one field, a variant's.
    fn variant(self, variant: &str, begin: &str, end: &'static str) -> Result<Compound<'w>, Error> {
        self.0.push_str(MAP);
        quote(self.0, variant)?;
        self.0.push(':');
        Ok(self.begin(begin, end))
    }
}

macro_rules! numbers {
    ($($method:ident: $type:ty,)*) => {$(
        fn $method(self, number: $type) -> Result<(), Error> {
            self.number(number)
        }
    )*};
}

impl<'w> Serializer for Writer<'w> {
    type Ok = ();
    type Error = Error;
    type SerializeSeq = Compound<'w>;
    type SerializeTuple = Compound<'w>;
    type SerializeTupleStruct = Compound<'w>;
    type SerializeTupleVariant = Compound<'w>;
    type SerializeMap = Compound<'w>;
    type SerializeStruct = Compound<'w>;
    type SerializeStructVariant = Compound<'w>;

    numbers! {
        serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64, serialize_i128: i128,
        serialize_u8: u8, serialize_u16: u16, serialize_u32: u32, serialize_u64: u64, serialize_u128: u128,
    }

    fn serialize_bool(self, value: bool) -> Result<(), Error> {
        self.kind("BOOL", if value { "true" } else { "false" })
    }

    fn serialize_f32(self, value: f32) -> Result<(), Error> {
        self.serialize_f64(value.into())
    }

    fn serialize_f64(self, value: f64) -> Result<(), Error> {
        match value.is_finite() {
            true => self.number(value),
            false => Err(Error::custom("a number is not finite")),
        }
    }

    fn serialize_char(self, value: char) -> Result<(), Error> {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, value: &str) -> Result<(), Error> {
        self.0.push_str("{\"S\":");
        quote(self.0, value)?;
        self.0.push('}');
        Ok(())
    }

    fn serialize_bytes(self, bytes: &[u8]) -> Result<(), Error> {
        self.0.extend(["{\"B\":\"", &aws_smithy_types::base64::encode(bytes), "\"}"]);
        Ok(())
    }

    fn serialize_none(self) -> Result<(), Error> {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Error> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Error> {
        self.kind("NULL", "true")
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Error> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<(), Error> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<(), Error> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        let map = self.variant(variant, "", "}}")?;
        value.serialize(Writer(map.text))?;
        map.close()
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Compound<'w>, Error> {
        Ok(self.begin(LIST, "]}"))
    }

    fn serialize_tuple(self, _: usize) -> Result<Compound<'w>, Error> {
        Ok(self.begin(LIST, "]}"))
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Compound<'w>, Error> {
        Ok(self.begin(LIST, "]}"))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Compound<'w>, Error> {
        self.variant(variant, LIST, "]}}}")
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Compound<'w>, Error> {
        Ok(self.begin(MAP, "}}"))
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Compound<'w>, Error> {
        Ok(self.begin(MAP, "}}"))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Compound<'w>, Error> {
        self.variant(variant, MAP, "}}}}")
    }
}

impl Compound<'_> {
    fn element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        comma(self.text);
        value.serialize(Writer(self.text))
    }

    fn field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), Error> {
        comma(self.text);
        // Names of fields are Rust's or written by us: nothing in them needs an escape.
        self.text.extend(["\"", name, "\":"]);
        value.serialize(Writer(self.text))
    }

    fn close(self) -> Result<(), Error> {
        self.text.push_str(self.end);
        Ok(())
    }
}

/// The traits of lists and structs differ in the names of their methods only.
macro_rules! compounds {
    ($($name:ident: $method:ident($($field:ident)?) => $inner:ident;)*) => {$(
        impl $name for Compound<'_> {
            type Ok = ();
            type Error = Error;

            fn $method<T: Serialize + ?Sized>(&mut self, $($field: &'static str,)? value: &T) -> Result<(), Error> {
                self.$inner($($field,)? value)
            }

            fn end(self) -> Result<(), Error> {
                self.close()
            }
        }
    )*};
}

compounds! {
    SerializeSeq: serialize_element() => element;
    SerializeTuple: serialize_element() => element;
    SerializeTupleStruct: serialize_field() => element;
    SerializeTupleVariant: serialize_field() => element;
    SerializeStruct: serialize_field(name) => field;
    SerializeStructVariant: serialize_field(name) => field;
}

impl SerializeMap for Compound<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Error> {
        comma(self.text);
        match serde_json::to_value(key)? {
            serde_json::Value::String(name) => quote(self.text, &name),
            serde_json::Value::Number(number) => quote(self.text, &number.to_string()),
            _ => Err(Error::custom("a field's name is no text")),
        }
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.text.push(':');
        value.serialize(Writer(self.text))
    }

    fn end(self) -> Result<(), Error> {
        self.close()
    }
}
