//! Runbooks: what to do about each way of failing. Twelve come with the program; the configuration may reword them and
//! add its own, so that they are versioned with it.
//!
//! A runbook is Markdown. Its steps are the lines that begin with `- [ ]`, counted from 1.

/// A runbook that comes with the program.
#[derive(Clone, Copy, Debug)]
pub struct Shipped {
    /// Its name, which incidents and the configuration refer to.
    pub name: &'static str,
    /// One line.
    pub title: &'static str,
    /// The kinds of incident that it is for.
    pub kinds: &'static [&'static str],
    /// Its text.
    pub text: &'static str,
}

/// The runbooks that come with the program.
pub const SHIPPED: [Shipped; 12] = [
    Shipped {
        name: "provider-outage",
        title: "Provider outage",
        kinds: &["outage", "credential", "model"],
        text: include_str!("../assets/runbooks/provider-outage.md"),
    },
    Shipped {
        name: "rate-limit",
        title: "Rate limit",
        kinds: &["rate_limit"],
        text: include_str!("../assets/runbooks/rate-limit.md"),
    },
    Shipped {
        name: "slow-provider",
        title: "Slow provider",
        kinds: &["degradation"],
        text: include_str!("../assets/runbooks/slow-provider.md"),
    },
    Shipped {
        name: "bad-outputs",
        title: "Bad outputs",
        kinds: &["quality"],
        text: include_str!("../assets/runbooks/bad-outputs.md"),
    },
    Shipped {
        name: "safety-incident",
        title: "Safety incident: retire a model",
        kinds: &["safety"],
        text: include_str!("../assets/runbooks/safety-incident.md"),
    },
    Shipped {
        name: "gpu-lost",
        title: "GPU lost",
        kinds: &["gpu"],
        text: include_str!("../assets/runbooks/gpu-lost.md"),
    },
    Shipped {
        name: "gpu-hot",
        title: "GPU hot",
        kinds: &["gpu"],
        text: include_str!("../assets/runbooks/gpu-hot.md"),
    },
    Shipped {
        name: "out-of-memory",
        title: "Out of memory",
        kinds: &["gpu", "outage"],
        text: include_str!("../assets/runbooks/out-of-memory.md"),
    },
    Shipped {
        name: "network-partition",
        title: "Network partition",
        kinds: &["outage", "all_down"],
        text: include_str!("../assets/runbooks/network-partition.md"),
    },
    Shipped {
        name: "disk-full",
        title: "Disk full",
        kinds: &[],
        text: include_str!("../assets/runbooks/disk-full.md"),
    },
    Shipped {
        name: "cost-spike",
        title: "Cost spike",
        kinds: &["cost"],
        text: include_str!("../assets/runbooks/cost-spike.md"),
    },
    Shipped {
        name: "everything-down",
        title: "Everything down",
        kinds: &["all_down"],
        text: include_str!("../assets/runbooks/everything-down.md"),
    },
];

/// The steps of a runbook's text, in order, without their marks.
#[must_use]
pub fn steps(text: &str) -> Vec<&str> {
    let is_step =
        |line: &str| ["- [ ] ", "* [ ] ", "- [x] ", "* [x] "].iter().any(|mark| line.starts_with(mark));
    let mut fenced = false;
    let mut steps = Vec::new();
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        } else if !fenced && is_step(line.trim_start()) {
            steps.push(line.trim_start()[6..].trim());
        }
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shipped_runbook_has_steps_contacts_and_an_escalation_path() {
        for runbook in SHIPPED {
            assert!(steps(runbook.text).len() >= 5, "{}", runbook.name);
            for part in ["## Steps", "## Contacts", "## Escalation", "`"] {
                assert!(runbook.text.contains(part), "{}: {part}", runbook.name);
            }
            let others = SHIPPED.iter().filter(|r| r.name == runbook.name).count();
            assert_eq!(others, 1, "{}", runbook.name);
        }
    }

    #[test]
    fn steps_are_the_lines_with_boxes_outside_of_code() {
        let text = "intro\n- [ ] one\n- not one\n```\n- [ ] code\n```\n  * [x] two `cmd`  \n- [] no";
        assert_eq!(steps(text), ["one", "two `cmd`"]);
    }
}
