//! What the schema cannot say about targets and prices.

use contract::{Problem, config::Document};

use super::{error, warning};

/// Looks targets and prices over.
pub(super) fn check_targets(document: &Document, problems: &mut Vec<Problem>) {
    let targets = &document.targets;
    if !(0.0..=1.0).contains(&targets.availability) {
        problems.push(error(
            "targets.availability",
            format!("{} is no share between 0 and 1", targets.availability),
            "write 0.999 for 99.9 %",
        ));
    } else if targets.availability >= 1.0 {
        problems.push(warning(
            "targets.availability",
            "no request may ever fail, so there is no error budget",
            "write for example 0.9999",
        ));
    }
    let spans = [
        ("routing_rto", targets.routing_rto),
        ("serving_rto", targets.serving_rto),
        ("history_rto", targets.history_rto),
        ("preferences_rto", targets.preferences_rto),
    ];
    for (name, span) in spans {
        if span.0.is_zero() {
            problems.push(error(
                format!("targets.{name}"),
                "nothing comes back in no time",
                "write for example 30s",
            ));
        }
    }
    let spike = targets.cost_spike;
    if !spike.is_finite() || spike < 0.0 || (spike > 0.0 && spike <= 1.0) {
        problems.push(error(
            "targets.cost_spike",
            format!("{spike} times the usual hour is no spike"),
            "write a number above 1, such as 3, or 0 for never",
        ));
    }
    if !targets.cost_floor.is_finite() || targets.cost_floor < 0.0 {
        problems.push(error("targets.cost_floor", "a cost cannot be below zero", "write for example 1"));
    }
    for (at, chain) in document.chains.iter().enumerate() {
        for (index, tier) in chain.tiers.iter().enumerate() {
            let Some(price) = tier.price else { continue };
            let fine = |p: f64| p.is_finite() && p >= 0.0;
            if !fine(price.input) || !fine(price.output) {
                problems.push(error(
                    format!("chains[{at}].tiers[{index}].price"),
                    "a price cannot be below zero",
                    "write US dollars per million tokens, such as { input: 2.5, output: 10 }",
                ));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{has_errors, starter};

    #[test]
    fn a_target_that_means_nothing_is_refused_in_words() {
        let paths = |change: fn(&mut Document)| {
            let mut document = starter();
            change(&mut document);
            let mut problems = Vec::new();
            check_targets(&document, &mut problems);
            let errors = has_errors(&problems);
            (problems.into_iter().map(|p| p.path).collect::<Vec<_>>(), errors)
        };
        assert_eq!(paths(|_| {}), (vec![], false));
        assert_eq!(paths(|d| d.targets.availability = 99.9), (vec!["targets.availability".into()], true));
        assert_eq!(paths(|d| d.targets.availability = 1.0), (vec!["targets.availability".into()], false));
        assert_eq!(
            paths(|d| d.targets.routing_rto = contract::Span::secs(0)),
            (vec!["targets.routing_rto".into()], true)
        );
        assert_eq!(paths(|d| d.targets.cost_spike = 0.5), (vec!["targets.cost_spike".into()], true));
        let negative = |d: &mut Document| {
            d.chains[0].tiers[1].price = Some(contract::config::Price { input: -1.0, output: 0.0 });
        };
        assert_eq!(paths(negative), (vec!["chains[0].tiers[1].price".into()], true));
    }
}
