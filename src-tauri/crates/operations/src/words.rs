//! Words that several parts share.

/// A duration for people: `340 ms`, `4.2 s`, `3 min 5 s`, `2 h 10 min`.
#[must_use]
pub(crate) fn duration(ms: i64) -> String {
    match ms {
        ..1_000 => format!("{ms} ms"),
        1_000..60_000 => format!("{}.{} s", ms / 1_000, ms % 1_000 / 100),
        60_000..3_600_000 => format!("{} min {} s", ms / 60_000, ms % 60_000 / 1_000),
        _ => format!("{} h {} min", ms / 3_600_000, ms % 3_600_000 / 60_000),
    }
}

/// A count for people, its digits in groups of three: `2 412 996`.
#[must_use]
pub(crate) fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            // A space that no line breaks at.
            text.push('\u{a0}');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_read_in_groups_of_three() {
        let text = [0, 999, 1_000, 2_412_996].map(grouped).map(|t| t.replace('\u{a0}', " "));
        assert_eq!(text, ["0", "999", "1 000", "2 412 996"]);
    }

    #[test]
    fn durations_read_well_at_every_size() {
        let cases = [(0, "0 ms"), (999, "999 ms"), (1_000, "1.0 s"), (4_250, "4.2 s"), (59_999, "59.9 s")];
        let longer = [(60_000, "1 min 0 s"), (185_000, "3 min 5 s"), (7_800_000, "2 h 10 min")];
        for (ms, words) in cases.into_iter().chain(longer) {
            assert_eq!(duration(ms), words);
        }
    }
}
