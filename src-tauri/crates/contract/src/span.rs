//! A duration as people write it: `500ms`, `15s`, `2m`.

use std::{fmt, str::FromStr, time::Duration};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A duration in the configuration, written `500ms`, `15s`, `2m` or `1h30m`. Range: 0 to 30 days.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, ts_rs::TS)]
#[ts(type = "string")]
pub struct Span(pub Duration);

/// The longest duration that a configuration may name.
pub const LONGEST: Duration = Duration::from_secs(30 * 24 * 3600);

impl Span {
    /// A span of whole milliseconds.
    #[must_use]
    pub const fn millis(ms: u64) -> Self {
        Self(Duration::from_millis(ms))
    }

    /// A span of whole seconds.
    #[must_use]
    pub const fn secs(s: u64) -> Self {
        Self(Duration::from_secs(s))
    }
}

impl FromStr for Span {
    type Err = String;

    /// # Errors
    /// In words, when the text is no duration or is longer than 30 days.
    fn from_str(text: &str) -> Result<Self, String> {
        let wanted = "write a number with a unit, such as 500ms, 15s or 2m";
        let value = humantime::parse_duration(text.trim()).map_err(|e| format!("{e}; {wanted}"))?;
        if value > LONGEST {
            return Err(format!("longer than 30 days; {wanted}"));
        }
        Ok(Self(value))
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = humantime::format_duration(self.0).to_string();
        f.write_str(&text.replace(' ', ""))
    }
}

impl fmt::Debug for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Span {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

impl schemars::JsonSchema for Span {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Span".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "description": "a duration: 500ms, 15s, 2m",
            "pattern": r"^\s*(\d+\s*(ns|us|ms|msec|millis|s|sec|secs|seconds?|m|min|mins|minutes?|h|hrs?|hours?|d|days?)\s*)+$",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_writes_the_units_people_use() {
        for (text, ms) in [("500ms", 500), ("15s", 15_000), ("2m", 120_000), ("1m30s", 90_000), ("0s", 0)] {
            let span: Span = text.parse().unwrap();
            assert_eq!(span, Span::millis(ms));
            assert_eq!(span.to_string(), text);
        }
    }

    #[test]
    fn says_how_to_write_a_duration() {
        for bad in ["15", "soon", "-1s", "99d"] {
            let problem = bad.parse::<Span>().unwrap_err();
            assert!(problem.contains("such as 500ms"), "{problem}");
        }
    }
}
