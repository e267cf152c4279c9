//! The fields of a JSON object with the positions of their values, without building a tree and without looking at
//! what routing does not need.
//!
//! Why not a JSON library: a prompt of 100 KB is skipped at the speed of a search for quotes, a tenth of what a
//! parser takes that checks every byte. Rules: the object itself is checked to the letter; inside its values only
//! strings, brackets and depth are followed. What is wrong deeper down is for the server to refuse, as it does when
//! nobody stands in front of it.

use std::{borrow::Cow, ops::Range};

use memchr::{memchr, memmem, memrchr};
use serde::de::{Deserialize, IgnoredAny};

use crate::{carry::SIGNED, origin::MARK};

/// Values nested deeper than this are refused: no server takes them.
const MAX_DEPTH: usize = 1000;

/// A value in place: its JSON text and where it is in the scanned bytes.
#[derive(Clone, Debug)]
pub(crate) struct Placed<'a> {
    pub text: &'a [u8],
    pub range: Range<usize>,
    /// Whether a field of the name that was watched for stands in it, at any depth.
    pub watched: bool,
    /// Whether a string in it may hold what a tier sealed: it begins with [`MARK`] or carries [`SIGNED`] early on.
    pub sealed: bool,
}

impl<'a> Placed<'a> {
    pub fn is_null(&self) -> bool {
        self.text == b"null"
    }

    pub fn starts_with(&self, mark: u8) -> bool {
        self.text.first() == Some(&mark)
    }

    /// Whether it is a list or object with something in it.
    pub fn has_items(&self) -> bool {
        let mut bytes = self.text.iter();
        matches!(bytes.next(), Some(b'[' | b'{'))
            && !matches!(bytes.find(|b| !is_space(**b)), Some(b']' | b'}'))
    }

    pub fn parse<T: Deserialize<'a>>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_slice(self.text)
    }
}

/// JSON's white space.
pub(crate) const fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

/// Why an object could not be scanned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotScanned {
    /// It is JSON of another kind, by its first byte.
    NoObject,
    /// It is not JSON, from this byte on.
    Broken(usize),
}

impl NotScanned {
    /// The line and column of a place, both from 1, the column in bytes.
    pub fn line_and_column(json: &[u8], at: usize) -> (usize, usize) {
        let before = json.get(..at).unwrap_or(json);
        let line_start = memrchr(b'\n', before).map_or(0, |end| end + 1);
        (memchr::memchr_iter(b'\n', before).count() + 1, before.len() - line_start + 1)
    }
}

/// Calls `each` for every top-level field of the object in `json`, in order, repeated names included. `watch` is a
/// field's name (without escapes) to look out for inside the values; empty for none.
pub(crate) fn scan<'a>(
    json: &'a [u8],
    watch: &[u8],
    mut each: impl FnMut(&str, Placed<'a>),
) -> Result<(), NotScanned> {
    let mut cursor = Cursor::new(json, 0, watch);
    match cursor.next() {
        Some(b'{') => cursor.at += 1,
        Some(b'[' | b'"' | b't' | b'f' | b'n' | b'-' | b'0'..=b'9') => return Err(NotScanned::NoObject),
        _ => return cursor.broken(),
    }
    if cursor.next() == Some(b'}') {
        cursor.at += 1;
    } else {
        loop {
            cursor.next();
            let name = cursor.string()?;
            let name: Cow<'a, str> = name_of(name.text).ok_or(NotScanned::Broken(name.range.start))?;
            cursor.expect(b':')?;
            cursor.next();
            let value = cursor.value()?;
            each(&name, value);
            match cursor.next() {
                Some(b',') => cursor.at += 1,
                Some(b'}') => {
                    cursor.at += 1;
                    break;
                }
                _ => return cursor.broken(),
            }
        }
    }
    if cursor.next().is_some() { cursor.broken() } else { Ok(()) }
}

/// The first item of the list in `json`, which begins with its bracket.
pub(crate) fn first_item(json: &[u8]) -> Option<Placed<'_>> {
    let mut cursor = Cursor::new(json, 1, b"");
    cursor.next();
    cursor.value().ok()
}

/// The longest id that a call has before what it carries: providers give up to 64 letters; clients may give their own.
const LONGEST_ID: usize = 256;

/// Whether a string may hold what a tier sealed.
fn may_be_sealed(inside: &[u8]) -> bool {
    let start = inside.get(..LONGEST_ID).unwrap_or(inside);
    start.starts_with(MARK.as_bytes()) || memmem::find(start, SIGNED.as_bytes()).is_some()
}

fn name_of(quoted: &[u8]) -> Option<Cow<'_, str>> {
    let inner = quoted.get(1..quoted.len() - 1)?;
    if inner.contains(&b'\\') {
        return serde_json::from_slice::<String>(quoted).ok().map(Cow::Owned);
    }
    std::str::from_utf8(inner).ok().map(Cow::Borrowed)
}

struct Cursor<'a, 'w> {
    json: &'a [u8],
    at: usize,
    watch: &'w [u8],
    watched: bool,
    sealed: bool,
}

impl<'a, 'w> Cursor<'a, 'w> {
    fn new(json: &'a [u8], at: usize, watch: &'w [u8]) -> Self {
        Self { json, at, watch, watched: false, sealed: false }
    }

    fn broken<T>(&self) -> Result<T, NotScanned> {
        Err(NotScanned::Broken(self.at))
    }

    /// Goes over white space to the next byte.
    fn next(&mut self) -> Option<u8> {
        while self.json.get(self.at).copied().is_some_and(is_space) {
            self.at += 1;
        }
        self.json.get(self.at).copied()
    }

    fn expect(&mut self, byte: u8) -> Result<(), NotScanned> {
        if self.next() != Some(byte) {
            return self.broken();
        }
        self.at += 1;
        Ok(())
    }

    fn since(&self, start: usize) -> Placed<'a> {
        let text = self.json.get(start..self.at).unwrap_or_default();
        Placed { text, range: start..self.at, watched: self.watched, sealed: self.sealed }
    }

    fn value(&mut self) -> Result<Placed<'a>, NotScanned> {
        (self.watched, self.sealed) = (false, false);
        match self.json.get(self.at) {
            Some(b'"') => self.string(),
            Some(b'{' | b'[') => self.container(),
            _ => self.scalar(),
        }
    }

    /// Goes over a string, quotes and all. Only quotes are searched for: escaped line ends are far more common, and
    /// an escaped quote is known by the odd number of backslashes before it.
    fn string(&mut self) -> Result<Placed<'a>, NotScanned> {
        let start = self.at;
        if self.json.get(start) != Some(&b'"') {
            return self.broken();
        }
        self.at += 1;
        loop {
            let Some(found) = memchr(b'"', self.json.get(self.at..).unwrap_or_default()) else {
                self.at = self.json.len();
                return self.broken();
            };
            let quote = self.at + found;
            self.at = quote + 1;
            let inside = self.json.get(start + 1..quote).unwrap_or_default();
            if inside.iter().rev().take_while(|b| **b == b'\\').count().is_multiple_of(2) {
                self.sealed |= may_be_sealed(inside);
                return Ok(self.since(start));
            }
        }
    }

    /// Goes over a list or object: strings and brackets, nothing else.
    fn container(&mut self) -> Result<Placed<'a>, NotScanned> {
        let start = self.at;
        let mut open = Vec::with_capacity(8);
        loop {
            match self.json.get(self.at) {
                Some(b'"') => {
                    let string = self.string()?.text;
                    let inner = string.get(1..string.len() - 1).unwrap_or_default();
                    // In a text a quote is escaped, so that only a name stands between a quote and a colon.
                    if inner == self.watch && !inner.is_empty() && self.next() == Some(b':') {
                        self.watched = true;
                    }
                    continue;
                }
                Some(b'{') => open.push(b'}'),
                Some(b'[') => open.push(b']'),
                Some(close @ (b'}' | b']')) if open.pop() != Some(*close) => return self.broken(),
                Some(_) => {}
                None => return self.broken(),
            }
            self.at += 1;
            if open.is_empty() {
                return Ok(self.since(start));
            }
            if open.len() > MAX_DEPTH {
                return self.broken();
            }
        }
    }

    /// Goes over a number or a word.
    fn scalar(&mut self) -> Result<Placed<'a>, NotScanned> {
        let start = self.at;
        let ends = |b: &u8| is_space(*b) || matches!(b, b',' | b'}' | b']');
        let rest = self.json.get(start..).unwrap_or_default();
        self.at += rest.iter().position(ends).unwrap_or(rest.len());
        let value = self.since(start);
        value.parse::<IgnoredAny>().map_err(|_| NotScanned::Broken(start))?;
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    #[test]
    fn every_field_is_found_where_it_is() {
        let json = r#" { "a" : 1 ,"b\u0063":{"x":[1,"}\"]\\"]}, "a":  "é", "":null, "l":[ ] } "#;
        let mut found = Vec::new();
        scan(json.as_bytes(), b"", |name, value| {
            assert_eq!(&json.as_bytes()[value.range.clone()], value.text);
            found.push((name.to_owned(), String::from_utf8(value.text.to_vec()).unwrap()));
        })
        .unwrap();
        let expected =
            [("a", "1"), ("bc", r#"{"x":[1,"}\"]\\"]}"#), ("a", "\"é\""), ("", "null"), ("l", "[ ]")];
        assert_eq!(found, expected.map(|(a, b)| (a.to_owned(), b.to_owned())));
    }

    #[test]
    fn what_is_broken_is_refused_where_it_is() {
        for (json, at) in [
            ("", 0),
            ("  ", 2),
            ("{", 1),
            ("x", 0),
            ("{}x", 2),
            ("{} {}", 3),
            ("{\"a\":tru}", 5),
            ("{\"a\":1,}", 7),
            ("{\"a\" 1}", 5),
            ("{\"a\":}", 5),
            ("{\"a\":[}]}", 6),
            ("{\"a\":[\"]}", 9),
            ("{\"a\":\"\\", 7),
            ("{a:1}", 1),
            ("{\"\\x\":1}", 1),
            ("{\"a\":1 2}", 7),
        ] {
            assert_eq!(scan(json.as_bytes(), b"", |_, _| {}), Err(NotScanned::Broken(at)), "{json}");
        }
        for json in ["[]", " 1", "\"x\"", "null", "-1"] {
            assert_eq!(scan(json.as_bytes(), b"", |_, _| {}), Err(NotScanned::NoObject), "{json}");
        }
        let deep = |depth| format!("{{\"a\":{}{}}}", "[".repeat(depth), "]".repeat(depth));
        assert!(scan(deep(MAX_DEPTH).as_bytes(), b"", |_, _| {}).is_ok());
        assert!(scan(deep(MAX_DEPTH + 1).as_bytes(), b"", |_, _| {}).is_err());
    }

    #[test]
    fn places_are_told_by_line_and_column() {
        assert_eq!(NotScanned::line_and_column(b"{\n \"a\"x", 6), (2, 5));
        assert_eq!(NotScanned::line_and_column(b"", 0), (1, 1));
        assert_eq!(NotScanned::line_and_column(b"ab", 9), (1, 3));
    }

    #[test]
    fn only_a_field_is_watched() {
        let watched = |json: &str| {
            let mut watched = Vec::new();
            scan(json.as_bytes(), b"f", |_, value| watched.push(value.watched)).unwrap();
            watched
        };
        assert_eq!(
            watched(r#"{"f":1,"a":[{"x" : {"f" : 1}}],"b":{"f":[]},"c":[]}"#),
            [false, true, true, false]
        );
        for value in [r#"["f"]"#, r#"{"x":"f"}"#, r#"{"x":"\"f\":1"}"#, r#"{"ff":1,"":2}"#, r#""f""#] {
            assert_eq!(watched(&format!("{{\"a\":{value}}}")), [false], "{value}");
        }
    }

    #[test]
    fn what_may_be_sealed_is_noticed_wherever_it_stands() {
        let sealed = |value: &str| {
            let mut sealed = false;
            scan(format!("{{\"a\":{value}}}").as_bytes(), b"", |_, value| sealed |= value.sealed).unwrap();
            sealed
        };
        let long = "x".repeat(LONGEST_ID);
        for yes in [r#""co1.0a0b0c0d.s""#, r#"[{"x":[{"id":"call_1__cosig_abc"}]}]"#, r#"{"data":"co1.x"}"#] {
            assert!(sealed(yes), "{yes}");
        }
        for no in [r#""a co1.b""#, r#"[1, {"x":"cosig_"}]"#, &format!("\"{long}__cosig_a\"")] {
            assert!(!sealed(no), "{no}");
        }
    }

    fn value() -> impl Strategy<Value = Value> {
        let text = "[\"\\\\{}\\[\\],: a\u{1f642}\n]{0,40}";
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i32>().prop_map(|it| Value::from(f64::from(it) / 8.0)),
            text.prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 20, 4, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map(text, inner, 0..4)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn it_sees_what_a_parser_sees(
            fields in prop::collection::btree_map(".{0,8}", value(), 0..5),
            pretty in any::<bool>(),
        ) {
            let object = Value::Object(fields.clone().into_iter().collect());
            let json = if pretty { serde_json::to_string_pretty(&object).unwrap() } else { object.to_string() };
            let mut found = BTreeMap::new();
            scan(json.as_bytes(), b"", |name, value| {
                found.insert(name.to_owned(), value.parse::<Value>().unwrap());
            }).unwrap();
            prop_assert_eq!(found, fields);
            for end in 0..json.len() {
                let cut = scan(&json.as_bytes()[..end], b"", |_, _| {});
                prop_assert!(cut.is_err());
            }
        }
    }
}
