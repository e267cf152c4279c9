//! The fields of a JSON object with the positions of their values, without building a tree.

use std::{borrow::Cow, fmt, ops::Range};

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, MapAccess, Visitor},
};
use serde_json::value::RawValue;

/// A value in place: its JSON text and where it is in the scanned bytes.
#[derive(Clone, Debug)]
pub(crate) struct Placed<'a> {
    pub text: &'a str,
    pub range: Range<usize>,
}

impl Placed<'_> {
    pub fn is_null(&self) -> bool {
        self.text == "null"
    }

    pub fn starts_with(&self, mark: char) -> bool {
        self.text.starts_with(mark)
    }

    /// Whether it is a list or object with something in it.
    pub fn has_items(&self) -> bool {
        let mut bytes = self.text.bytes();
        matches!(bytes.next(), Some(b'[' | b'{'))
            && !matches!(bytes.find(|b| !is_space(*b)), Some(b']' | b'}'))
    }
}

/// JSON's white space.
pub(crate) const fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

/// Calls `each` for every top-level field of the object in `json`, in order, repeated names included.
///
/// # Errors
/// `json` is not one JSON object, nothing else around it.
pub(crate) fn scan<'a>(json: &'a [u8], each: impl FnMut(&str, Placed<'a>)) -> Result<(), serde_json::Error> {
    let mut de = serde_json::Deserializer::from_slice(json);
    Scan { base: json.as_ptr() as usize, each }.deserialize(&mut de)?;
    de.end()
}

#[derive(Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

struct Scan<F> {
    base: usize,
    each: F,
}

impl<'de, F: FnMut(&str, Placed<'de>)> DeserializeSeed<'de> for Scan<F> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, de: D) -> Result<(), D::Error> {
        de.deserialize_map(self)
    }
}

impl<'de, F: FnMut(&str, Placed<'de>)> Visitor<'de> for Scan<F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        while let Some(Name(name)) = map.next_key()? {
            let value: &'de RawValue = map.next_value()?;
            let text = value.get();
            let start = (text.as_ptr() as usize).saturating_sub(self.base);
            (self.each)(&name, Placed { text, range: start..start + text.len() });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_is_found_where_it_is() {
        let json = r#" { "a" : 1 ,"b\u0063":{"x":[1,"}"]}, "a":  "é" } "#;
        let mut found = Vec::new();
        scan(json.as_bytes(), |name, value| {
            assert_eq!(&json[value.range.clone()], value.text);
            found.push((name.to_owned(), value.text.to_owned()));
        })
        .unwrap();
        let expected = [("a", "1"), ("bc", r#"{"x":[1,"}"]}"#), ("a", "\"é\"")];
        assert_eq!(found, expected.map(|(a, b)| (a.to_owned(), b.to_owned())));
    }

    #[test]
    fn what_is_no_single_object_is_refused() {
        for json in ["", "1", "[]", "{", "{}x", "{} {}", "{\"a\":tru}", "{\"a\":1,}"] {
            assert!(scan(json.as_bytes(), |_, _| {}).is_err(), "{json}");
        }
        assert!(scan(b"{\"a\":\"\xff\"}", |_, _| {}).is_err());
    }
}
