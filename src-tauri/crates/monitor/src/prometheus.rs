//! Reads metrics pages in Prometheus' text format, line by line and without building anything.
//!
//! What is no sample (comments, garbage, a line that is cut) is passed over: a page comes from a server that may be in
//! trouble. Values that are no number are passed over too, so that nothing downstream has to think of NaN.

use std::borrow::Cow;

/// One line of a page.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Line<'a> {
    /// The metric's name.
    pub name: &'a str,
    /// What stands between the braces; read with [`Line::label`].
    labels: &'a str,
    /// A finite value.
    pub value: f64,
}

/// The samples of a page, in its order, but for the buckets of histograms: they are most of an engine's page, and nobody
/// reads them.
pub(crate) fn lines(page: &str) -> impl Iterator<Item = Line<'_>> {
    page.lines().filter_map(line)
}

fn line(text: &str) -> Option<Line<'_>> {
    let text = text.trim();
    if text.is_empty() || text.starts_with('#') {
        return None;
    }
    let end = text.find(['{', ' ', '\t'])?;
    let (name, rest) = text.split_at(end);
    if name.ends_with("_bucket") {
        return None;
    }
    let (labels, rest) = match rest.strip_prefix('{') {
        Some(inside) => {
            let close = closing(inside)?;
            (&inside[..close], &inside[close + 1..])
        }
        None => ("", rest),
    };
    // A timestamp may follow.
    let value: f64 = rest.split_whitespace().next()?.parse().ok()?;
    (!name.is_empty() && value.is_finite()).then_some(Line { name, labels, value })
}

/// Where the labels end: the first brace outside quotes.
fn closing(text: &str) -> Option<usize> {
    let (mut quoted, mut escaped) = (false, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'}' if !quoted => return Some(at),
            _ => {}
        }
    }
    None
}

impl<'a> Line<'a> {
    /// The value of a label; absent where the line has none of that name.
    pub(crate) fn label(&self, wanted: &str) -> Option<Cow<'a, str>> {
        let mut rest = self.labels;
        loop {
            let (name, after) = rest.split_once('=')?;
            let inside = after.trim_start().strip_prefix('"')?;
            let end = quote(inside)?;
            if name.trim() == wanted {
                return Some(unescaped(&inside[..end]));
            }
            rest = inside[end + 1..].trim_start().strip_prefix(',')?;
        }
    }
}

fn quote(text: &str) -> Option<usize> {
    let mut escaped = false;
    text.bytes().position(|byte| match byte {
        _ if escaped => {
            escaped = false;
            false
        }
        b'\\' => {
            escaped = true;
            false
        }
        byte => byte == b'"',
    })
}

fn unescaped(text: &str) -> Cow<'_, str> {
    if !text.contains('\\') {
        return text.into();
    }
    text.replace("\\n", "\n").replace("\\\"", "\"").replace("\\\\", "\\").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_are_read_with_their_labels() {
        let page = "# HELP x y\n\nup 1\nvllm:q{engine=\"0\",model_name=\"a}b\\\"c\"} 2.5 1700000000\n";
        let all: Vec<_> = lines(page).collect();
        assert_eq!((all[0].name, all[0].value), ("up", 1.0));
        assert_eq!((all[1].name, all[1].value), ("vllm:q", 2.5));
        assert_eq!(all[1].label("engine").as_deref(), Some("0"));
        assert_eq!(all[1].label("model_name").as_deref(), Some("a}b\"c"));
        assert_eq!(all[1].label("model"), None);
        assert_eq!(all[0].label("engine"), None);
    }

    #[test]
    fn what_is_no_sample_is_passed_over() {
        for page in [
            "",
            "<html><body>Not found</body></html>",
            "{\"error\":\"no\"}",
            "cut{engine=\"0",
            "cut{engine=\"0\"}",
            "name NaN",
            "name +Inf",
            "name abc",
            "{} 1",
            "seconds_bucket{le=\"1\"} 1",
            "\u{0}\u{0}",
        ] {
            assert_eq!(lines(page).count(), 0, "{page}");
        }
        assert_eq!(lines("half{a=\"b\" 1\nwhole 2\n").map(|l| l.value).collect::<Vec<_>>(), [2.0]);
    }

    proptest::proptest! {
        #[test]
        fn no_page_makes_it_stumble(page in "[ -~\\n\\t\"\\\\{}=,é]{0,400}") {
            for line in lines(&page) {
                assert!(line.value.is_finite());
                let _any = (line.label("a"), line.label(""));
            }
        }
    }
}
