//! Reads DynamoDB's JSON straight into Rust types: `{"title": {"S": "Scarf"}, "price": {"N": "4900"}}`.
//!
//! Every read of every function passes here. With a tree of attribute values in between, an eighth of all functions'
//! processor time went into it. What may stand in an item is what `serde_dynamo` writes, and a test holds both to each
//! other.

use aws_smithy_types::base64;
use serde::de::value::StringDeserializer;
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, Error, IgnoredAny, IntoDeserializer, MapAccess,
    SeqAccess, Unexpected, VariantAccess, Visitor,
};
use serde::{Deserialize, forward_to_deserialize_any};
use std::fmt::Formatter;

/// An attribute that is a text.
#[derive(Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) struct Text {
    /// The text.
    pub s: String,
}

/// An attribute that is a number.
#[derive(Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) struct Number {
    n: String,
}

/// An attribute that is a list.
#[derive(Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) struct List<L> {
    /// The list.
    pub l: Vec<L>,
}

/// An attribute that is a map.
#[derive(Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) struct Map<M> {
    /// The map.
    pub m: M,
}

impl Number {
    /// The number, if it is a natural one.
    pub fn read(&self) -> Option<u64> {
        self.n.parse().ok()
    }
}

/// Reads an item, or some of its attributes.
pub(crate) fn read<T: DeserializeOwned>(json: &str) -> Result<T, crate::Error> {
    T::deserialize(Item(&mut serde_json::Deserializer::from_str(json)))
        .map_err(|error| crate::Error::broken(format!("an item does not read as its type: {error}")))
}

/// An item in DynamoDB's JSON, as a deserializer of what it holds.
struct Item<D>(D);

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Item<D> {
    type Error = D::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_map(Fields(visitor))
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, D::Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_map(Variants(visitor))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct seq
        tuple tuple_struct map struct identifier ignored_any
    }
}

/// An attribute's value that nobody looked into yet: `{"S": "Scarf"}`.
struct Value<D>(D);

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Value<D> {
    type Error = D::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_map(Open(visitor, Wanted::Any))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_map(Open(visitor, Wanted::Option))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_map(Open(visitor, Wanted::Enum))
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, D::Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_ignored_any(visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq
        tuple tuple_struct map struct identifier
    }
}

/// What a value is to be.
#[derive(Clone, Copy)]
enum Wanted {
    Any,
    Option,
    Enum,
}

/// Looks what kind of value it is.
struct Open<V>(V, Wanted);

impl<'de, V: Visitor<'de>> Visitor<'de> for Open<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        self.0.expecting(f)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut rest: A) -> Result<V::Value, A::Error> {
        let Some(kind) = rest.next_key::<Kind>()? else {
            return Err(A::Error::custom("an attribute has no value"));
        };
        let value = Opened { kind, rest };
        match (self.1, kind) {
            (Wanted::Option, Kind::Null) => {
                value.rest_is_nothing()?;
                self.0.visit_none()
            }
            (Wanted::Option, _) => self.0.visit_some(value),
            (Wanted::Enum, _) => value.deserialize_enum("", &[], self.0),
            (Wanted::Any, _) => value.deserialize_any(self.0),
        }
    }
}

/// The kinds of values that we write.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
enum Kind {
    S,
    N,
    B,
    Bool,
    Null,
    L,
    M,
}

/// A value of a known kind; the rest of its map is what it is.
struct Opened<A> {
    kind: Kind,
    rest: A,
}

impl<'de, A: MapAccess<'de>> Opened<A> {
    fn rest_is_nothing(mut self) -> Result<(), A::Error> {
        self.rest.next_value::<IgnoredAny>().map(drop)
    }
}

impl<'de, A: MapAccess<'de>> Deserializer<'de> for Opened<A> {
    type Error = A::Error;

    fn deserialize_any<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value, A::Error> {
        match self.kind {
            Kind::S => self.rest.next_value_seed(AsText(visitor)),
            Kind::N => number(&self.rest.next_value::<String>()?, visitor),
            Kind::B => {
                let text = self.rest.next_value::<String>()?;
                visitor.visit_byte_buf(base64::decode(text).map_err(|_| A::Error::custom("bytes are no base64"))?)
            }
            Kind::Bool => visitor.visit_bool(self.rest.next_value()?),
            Kind::Null => {
                self.rest_is_nothing()?;
                visitor.visit_unit()
            }
            Kind::L => self.rest.next_value_seed(AsList(visitor)),
            Kind::M => self.rest.next_value_seed(AsMap(visitor)),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, A::Error> {
        match self.kind {
            Kind::Null => {
                self.rest_is_nothing()?;
                visitor.visit_none()
            }
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        mut self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, A::Error> {
        match self.kind {
            Kind::S => {
                let name: StringDeserializer<A::Error> = self.rest.next_value::<String>()?.into_deserializer();
                visitor.visit_enum(name)
            }
            Kind::M => self.rest.next_value_seed(AsEnum(visitor)),
            _ => Err(A::Error::invalid_type(Unexpected::Other("a value"), &visitor)),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, A::Error> {
        visitor.visit_newtype_struct(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq
        tuple tuple_struct map struct identifier ignored_any
    }
}

/// DynamoDB writes numbers as texts.
fn number<'de, V: Visitor<'de>, E: Error>(text: &str, visitor: V) -> Result<V::Value, E> {
    if let Ok(number) = text.parse() {
        visitor.visit_u64(number)
    } else if let Ok(number) = text.parse() {
        visitor.visit_i64(number)
    } else if let Ok(number) = text.parse() {
        visitor.visit_u128(number)
    } else if let Ok(number) = text.parse() {
        visitor.visit_i128(number)
    } else {
        let number = text.parse().map_err(|_| E::invalid_value(Unexpected::Str(text), &"a number"))?;
        visitor.visit_f64(number)
    }
}

/// Seeds that read the next value as something particular.
macro_rules! seeds {
    ($($name:ident: $deserializer:ident => $read:expr;)*) => {$(
        struct $name<V>(V);

        impl<'de, V: Visitor<'de>> DeserializeSeed<'de> for $name<V> {
            type Value = V::Value;

            fn deserialize<D: Deserializer<'de>>(self, $deserializer: D) -> Result<V::Value, D::Error> {
                let visitor = self.0;
                $read(visitor)
            }
        }
    )*};
}

seeds! {
    AsText: text => |visitor| text.deserialize_str(visitor);
    AsList: list => |visitor| list.deserialize_seq(Elements(visitor));
    AsMap: map => |visitor| map.deserialize_map(Fields(visitor));
    AsEnum: map => |visitor| map.deserialize_map(Variants(visitor));
    AsAny: value => |visitor| Value(value).deserialize_any(visitor);
}

/// Reads with a seed what a value holds.
struct Inside<S>(S);

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Inside<S> {
    type Value = S::Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<S::Value, D::Error> {
        self.0.deserialize(Value(deserializer))
    }
}

/// Visitors that hand on what they are shown, with [`Values`] in it.
macro_rules! visitors {
    ($($(#[$doc:meta])* $name:ident: $shown:ident($access:ident) => $handed:ident;)*) => {$(
        $(#[$doc])*
        struct $name<V>(V);

        impl<'de, V: Visitor<'de>> Visitor<'de> for $name<V> {
            type Value = V::Value;

            fn expecting(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
                self.0.expecting(f)
            }

            fn $shown<A: $access<'de>>(self, shown: A) -> Result<V::Value, A::Error> {
                self.0.$handed(Values(shown))
            }
        }
    )*};
}

visitors! {
    /// The elements of a list.
    Elements: visit_seq(SeqAccess) => visit_seq;
    /// The fields of a map.
    Fields: visit_map(MapAccess) => visit_map;
    /// A map of one field, which names a variant of an enum.
    Variants: visit_map(MapAccess) => visit_enum;
}

/// A list or a map of values.
struct Values<A>(A);

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for Values<A> {
    type Error = A::Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, A::Error> {
        self.0.next_element_seed(Inside(seed))
    }

    fn size_hint(&self) -> Option<usize> {
        self.0.size_hint()
    }
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Values<A> {
    type Error = A::Error;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, A::Error> {
        self.0.next_key_seed(seed)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        self.0.next_value_seed(Inside(seed))
    }

    fn size_hint(&self) -> Option<usize> {
        self.0.size_hint()
    }
}

impl<'de, A: MapAccess<'de>> EnumAccess<'de> for Values<A> {
    type Error = A::Error;
    type Variant = Self;

    fn variant_seed<S: DeserializeSeed<'de>>(mut self, seed: S) -> Result<(S::Value, Self), A::Error> {
        let name = self.0.next_key_seed(seed)?.ok_or_else(|| A::Error::custom("an enum has no variant"))?;
        Ok((name, self))
    }
}

impl<'de, A: MapAccess<'de>> VariantAccess<'de> for Values<A> {
    type Error = A::Error;

    fn unit_variant(mut self) -> Result<(), A::Error> {
        self.0.next_value::<IgnoredAny>().map(drop)
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(mut self, seed: S) -> Result<S::Value, A::Error> {
        self.0.next_value_seed(Inside(seed))
    }

    fn tuple_variant<V: Visitor<'de>>(mut self, _: usize, visitor: V) -> Result<V::Value, A::Error> {
        self.0.next_value_seed(AsAny(visitor))
    }

    fn struct_variant<V: Visitor<'de>>(mut self, _: &'static [&'static str], visitor: V) -> Result<V::Value, A::Error> {
        self.0.next_value_seed(AsAny(visitor))
    }
}

#[cfg(test)]
mod tests;
