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

/// What a step may do at a click, where it says `[words](act:NAME)`.
pub const ACTS: [&str; 9] =
    ["pin", "unpin", "drain", "disable", "enable", "failover", "failback", "retire", "unretire"];

/// A step without its act, as it stands in a timeline.
#[must_use]
pub fn plain(step: &str) -> String {
    match act_of(step) {
        Some((from, to, _)) => format!("{}{}", &step[..from], &step[to..]).trim().to_owned(),
        None => step.to_owned(),
    }
}

/// Acts in a text that the program does not know.
#[must_use]
pub fn unknown_acts(text: &str) -> Vec<&str> {
    steps(text)
        .into_iter()
        .filter_map(|step| act_of(step).map(|(_, _, name)| name))
        .filter(|name| !ACTS.contains(name))
        .collect()
}

/// Where the first act of a step begins and ends, and its name.
fn act_of(step: &str) -> Option<(usize, usize, &str)> {
    let name = step.find("](act:")?;
    let from = step[..name].rfind('[')?;
    let end = name + step[name..].find(')')?;
    Some((from, end + 1, &step[name + "](act:".len()..end]))
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
    fn acts_are_known_and_stand_in_no_timeline() {
        for runbook in SHIPPED {
            assert_eq!(unknown_acts(runbook.text), Vec::<&str>::new(), "{}", runbook.name);
        }
        assert_eq!(plain("Drain it. [Drain](act:drain)"), "Drain it.");
        assert_eq!(plain("See [1] and (2)"), "See [1] and (2)");
        assert_eq!(unknown_acts("- [ ] Boom [Go](act:explode)\n- [ ] fine [Pin](act:pin)"), ["explode"]);
        assert_eq!(plain("half [Go](act:pin"), "half [Go](act:pin");
    }

    #[test]
    fn steps_are_the_lines_with_boxes_outside_of_code() {
        let text = "intro\n- [ ] one\n- not one\n```\n- [ ] code\n```\n  * [x] two `cmd`  \n- [] no";
        assert_eq!(steps(text), ["one", "two `cmd`"]);
    }
}
