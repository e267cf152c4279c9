//! Halves of surrogate pairs in JSON text.
//!
//! A server that cuts its text between tokens may write `"\ud83d"` in one frame and the other half in the next. JSON's
//! grammar allows that; no Unicode text can hold it. The client gets the bytes as they are, and only who reads along
//! here sees U+FFFD in its place.

use std::borrow::Cow;

use memchr::memmem;

/// As long as the escape that it replaces.
const REPLACEMENT: &[u8; 6] = br"\ufffd";

/// The same JSON with every half of a surrogate pair that stands alone replaced by U+FFFD; not copied when there is
/// none.
pub(crate) fn mend(json: &[u8]) -> Cow<'_, [u8]> {
    let mut mended = Cow::Borrowed(json);
    let Some(first) = memmem::find(json, br"\ud").into_iter().chain(memmem::find(json, br"\uD")).min() else {
        return mended;
    };
    // An escape may begin in the middle of a run of backslashes.
    let mut at = json[..first].iter().rposition(|byte| *byte != b'\\').map_or(0, |before| before + 1);
    while let Some(found) = json.get(at..).and_then(|rest| memchr::memchr(b'\\', rest)) {
        at += found;
        at += match (unit(json, at), unit(json, at + 6)) {
            (Some(0xD800..=0xDBFF), Some(0xDC00..=0xDFFF)) => 12,
            (Some(0xD800..=0xDFFF), _) => {
                mended.to_mut()[at..at + 6].copy_from_slice(REPLACEMENT);
                6
            }
            _ => 2,
        };
    }
    mended
}

/// The code unit that is escaped at `at`, if one is.
fn unit(json: &[u8], at: usize) -> Option<u16> {
    let digits = json.get(at..at + 6)?.strip_prefix(br"\u")?;
    let digits = std::str::from_utf8(digits).ok()?;
    u16::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_lone_halves_are_replaced() {
        for (json, mended) in [
            (r#""\ud83d""#, r#""\ufffd""#),
            (r#""\uD83D\uDE00""#, r#""\uD83D\uDE00""#),
            (r#""\ude00\ud83d""#, r#""\ufffd\ufffd""#),
            (r#""\ud83d\ud83d\ude00""#, r#""\ufffd\ud83d\ude00""#),
            (r#""\\ud83d""#, r#""\\ud83d""#),
            (r#""\\\ud83d""#, r#""\\\ufffd""#),
            (r#""\n\u0041\ud83dx""#, r#""\n\u0041\ufffdx""#),
            (r#""\ud83""#, r#""\ud83""#),
            (r"\ud", r"\ud"),
        ] {
            assert_eq!(mend(json.as_bytes()), mended.as_bytes(), "{json}");
        }
        assert!(matches!(mend(br#""\ud83d\ude00 plain""#), Cow::Borrowed(_)));
    }
}
