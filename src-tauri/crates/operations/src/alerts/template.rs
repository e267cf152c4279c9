//! An operator's own wording of notices: text with `{fields}`. `{{` and `}}` stand for braces.

use super::{Notice, step_word};
use crate::incidents::Severity;

/// What may stand between braces.
pub const FIELDS: [&str; 14] = [
    "title", "body", "event", "severity", "incident", "chain", "tier", "from", "to", "error", "action",
    "kind", "link", "mark",
];

/// A wording that was looked over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    title: Vec<Part>,
    body: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Field(&'static str),
}

impl Template {
    /// The wording of title and body.
    ///
    /// # Errors
    /// In words, when one of them names an unknown field or has a brace too many.
    pub fn new(title: &str, body: &str) -> Result<Self, String> {
        Ok(Self { title: parts(title)?, body: parts(body)? })
    }

    /// The notice in this wording.
    pub(super) fn apply(&self, notice: &Notice) -> Notice {
        let text = |parts: &[Part]| -> String {
            parts
                .iter()
                .map(|part| match part {
                    Part::Text(text) => text.clone(),
                    Part::Field(name) => value(name, notice),
                })
                .collect()
        };
        // A title is one line, whatever the fields hold.
        let title = text(&self.title).replace(['\n', '\r'], " ");
        Notice { title, body: text(&self.body), ..notice.clone() }
    }
}

/// The text of one template.
///
/// # Errors
/// In words.
fn parts(text: &str) -> Result<Vec<Part>, String> {
    let mut parts = Vec::new();
    let mut plain = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}']) {
        plain.push_str(&rest[..at]);
        let doubled = rest[at..].starts_with("{{") || rest[at..].starts_with("}}");
        if doubled {
            plain.push_str(&rest[at..=at]);
            rest = &rest[at + 2..];
            continue;
        }
        let inner = rest[at..].strip_prefix('{').ok_or("a `}` closes nothing; write `}}` for a brace")?;
        let (name, after) = inner.split_once('}').ok_or("a `{` is never closed; write `{{` for a brace")?;
        let field = FIELDS.iter().find(|f| **f == name.trim()).ok_or_else(|| unknown(name))?;
        parts.push(Part::Text(std::mem::take(&mut plain)));
        parts.push(Part::Field(field));
        rest = after;
    }
    plain.push_str(rest);
    parts.push(Part::Text(plain));
    Ok(parts)
}

fn unknown(name: &str) -> String {
    format!("`{{{name}}}` is no field; there are {}", FIELDS.map(|f| format!("{{{f}}}")).join(", "))
}

fn value(name: &str, notice: &Notice) -> String {
    let facts = &notice.facts;
    match name {
        "title" => notice.title.clone(),
        "body" => notice.body.clone(),
        "event" => step_word(notice.step).to_owned(),
        "severity" => notice.severity.map_or("", Severity::word).to_owned(),
        "incident" => notice.incident.map(|id| id.to_string()).unwrap_or_default(),
        "chain" => facts.chain.clone(),
        "tier" | "from" => facts.tier.clone(),
        "to" => facts.to.clone(),
        "error" => facts.error.clone(),
        "action" => facts.action.clone(),
        "kind" => facts.kind.clone(),
        "link" => facts.link.clone().unwrap_or_default(),
        _ => if facts.simulated { "[Practice]" } else { "" }.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alerts::Facts;
    use domain::event::AlertStep;

    #[test]
    fn fields_are_filled_in_and_nothing_that_they_hold_is_read_again() {
        let template = Template::new("{{{severity}}} {chain}: {error}", "{title}\n{link}").unwrap();
        let facts = Facts { chain: "chat".into(), error: "{link}\nno".into(), ..Facts::default() };
        let notice = Notice {
            incident: Some(7),
            step: AlertStep::Opened,
            severity: Some(Severity::P1),
            title: "own".into(),
            body: String::new(),
            urgent: true,
            round: 0,
            facts,
        };
        let applied = template.apply(&notice);
        assert_eq!(applied.title, "{P1} chat: {link} no");
        assert_eq!(applied.body, "own\n");
    }

    #[test]
    fn an_unknown_field_is_named_with_the_known_ones() {
        let error = Template::new("{tir}", "").unwrap_err();
        assert!(error.contains("`{tir}`") && error.contains("{tier}"), "{error}");
        assert!(Template::new("{title", "").is_err());
        assert!(Template::new("", "title}").is_err());
    }
}
