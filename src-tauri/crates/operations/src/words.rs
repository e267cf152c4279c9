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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_well_at_every_size() {
        let cases = [(0, "0 ms"), (999, "999 ms"), (1_000, "1.0 s"), (4_250, "4.2 s"), (59_999, "59.9 s")];
        let longer = [(60_000, "1 min 0 s"), (185_000, "3 min 5 s"), (7_800_000, "2 h 10 min")];
        for (ms, words) in cases.into_iter().chain(longer) {
            assert_eq!(duration(ms), words);
        }
    }
}
