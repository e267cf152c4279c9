//! What is wrong with a GPU, by what the driver says and by the Xid events it reported.
//!
//! Fatal is what a serving process does not survive or must not be trusted after; the rest degrades.

use std::time::Duration;

use tokio::time::Instant;

use super::reading::{Finding, Reading};

/// Memory fuller than this is a finding, percent.
const MEMORY_FULL: f64 = 95.0;
/// An Xid that a restart of the program mends is shown this long.
const PASSING: Duration = Duration::from_secs(300);
/// A fatal Xid holds at least this long.
const SHORTEST_FATAL: Duration = Duration::from_secs(30);
/// A fatal Xid holds this long on drivers that do not say whether the GPU needs a reset.
const LONGEST_FATAL: Duration = Duration::from_secs(600);

/// What an Xid means for routing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Weight {
    /// The victim of another error, or routine.
    Nothing,
    /// The program is hurt, or the GPU wears out.
    Unwell(&'static str, &'static str),
    /// The GPU is not to be trusted.
    Fatal(&'static str, &'static str),
}

const RESET: &str = "Stop what runs on it, then reset the GPU (nvidia-smi --gpu-reset) or reboot the host.";
const POWER_CYCLE: &str = "Power the host off and on; if it comes back, have the GPU and its slot checked.";
const RESTART: &str = "Restart the program that runs on it, and look at its log.";
const WATCH: &str = "Plan a reset of the GPU at the next maintenance window.";
const LINKS: &str = "Check the NVLink bridges and both GPUs at their ends.";

const fn weigh(xid: u64) -> Weight {
    use Weight::{Fatal, Nothing, Unwell};
    match xid {
        13 => Unwell("graphics engine exception", RESTART),
        31 => Unwell("memory page fault", RESTART),
        32 => Unwell("invalid or corrupted push buffer", RESTART),
        48 => Fatal("double-bit ECC error", RESET),
        61 => Unwell("microcontroller warning", WATCH),
        62 => Fatal("microcontroller halted", RESET),
        63 => Unwell("a memory row or page was taken out of use", WATCH),
        64 => Fatal("broken memory could not be taken out of use", RESET),
        74 => Unwell("NVLink error", LINKS),
        79 => Fatal("the GPU fell off the bus", POWER_CYCLE),
        92 => Unwell("high rate of corrected ECC errors", WATCH),
        94 => Unwell("contained ECC error", RESTART),
        95 => Fatal("uncontained ECC error", RESET),
        109 => Fatal("context switch timed out", RESET),
        119 => Fatal("the GPU's system processor timed out", RESET),
        120 => Fatal("the GPU's system processor failed", RESET),
        46 | 110 | 136 | 140 | 143 | 155 | 158 => Fatal("the GPU stopped", RESET),
        151 => Fatal("key rotation failed", "Restart the virtual machine."),
        137 | 144..=150 => Unwell("NVLink error", LINKS),
        156 | 157 => Unwell("memory is worn", WATCH),
        _ => Nothing,
    }
}

/// The Xid events of one GPU.
#[derive(Clone, Debug, Default)]
pub(crate) struct Xids {
    /// All codes, newest last.
    pub seen: Vec<u64>,
    /// Each code that matters, with when it was seen last.
    matter: Vec<(u64, Instant)>,
}

/// The codes that are kept for the screen.
const KEPT: usize = 50;

impl Xids {
    pub(crate) fn add(&mut self, xid: u64, now: Instant) {
        self.seen.push(xid);
        if self.seen.len() > KEPT {
            self.seen.remove(0);
        }
        self.matter.retain(|(code, _)| *code != xid);
        if weigh(xid) != Weight::Nothing {
            self.matter.push((xid, now));
        }
    }

    /// The driver was loaded anew: what was before is history.
    pub(crate) fn settle(&mut self) {
        self.matter.clear();
    }

    fn findings(&mut self, reading: &Reading, now: Instant) -> Vec<Finding> {
        // The driver's word, where it gives one, ends a fatal Xid early.
        let fatal = if reading.recovery == Some(0) { SHORTEST_FATAL } else { LONGEST_FATAL };
        let lasts = |xid| match weigh(xid) {
            Weight::Fatal(..) if reading.lost.is_some() => Duration::MAX,
            Weight::Fatal(..) => fatal,
            _ => PASSING,
        };
        self.matter.retain(|(xid, at)| now.saturating_duration_since(*at) < lasts(*xid));
        let finding = |&(xid, _): &(u64, Instant)| match weigh(xid) {
            Weight::Nothing => None,
            Weight::Unwell(what, remedy) => Some(unwell(format!("Xid {xid}: {what}"), remedy)),
            Weight::Fatal(what, remedy) => Some(fatal_of(format!("Xid {xid}: {what}"), remedy)),
        };
        self.matter.iter().filter_map(finding).collect()
    }
}

fn unwell(what: impl Into<String>, remedy: &str) -> Finding {
    Finding { fatal: false, what: what.into(), remedy: remedy.into() }
}

fn fatal_of(what: impl Into<String>, remedy: &str) -> Finding {
    Finding { fatal: true, what: what.into(), remedy: remedy.into() }
}

/// Everything that is wrong with a GPU, the fatal first.
pub(crate) fn findings(reading: &Reading, xids: &mut Xids, now: Instant) -> Vec<Finding> {
    let mut all = xids.findings(reading, now);
    all.extend(
        reading.lost.as_ref().map(|why| fatal_of(format!("the driver lost the GPU: {why}"), POWER_CYCLE)),
    );
    all.extend(recovery(reading.recovery));
    if let Some(count) = reading.ecc_uncorrected.filter(|n| *n > 0) {
        let errors = if count == 1 { "error" } else { "errors" };
        all.push(fatal_of(
            format!("{count} uncorrected memory (ECC) {errors} since the driver was loaded"),
            RESET,
        ));
    }
    if reading.repair_failed {
        all.push(unwell("broken memory could not be replaced by spare rows", "Have the GPU replaced."));
    }
    if reading.repair_pending {
        all.push(unwell("broken memory waits to be taken out of use", WATCH));
    }
    let slowed: Vec<_> = reading.throttled.iter().filter(|t| t.is_unwell()).map(|t| t.words()).collect();
    if !slowed.is_empty() {
        let remedy = "Check the cooling, the air flow and the power supply of the host.";
        all.push(unwell(format!("it is slowed: {}", slowed.join(", ")), remedy));
    }
    if let (Some(used), Some(total)) = (reading.memory_used_mib, reading.memory_total_mib)
        && total > 0.0
        && used / total * 100.0 > MEMORY_FULL
    {
        let remedy = "Lower the server's share of GPU memory or its number of concurrent requests.";
        all.push(unwell("its memory is nearly full", remedy));
    }
    all.sort_by_key(|f| !f.fatal);
    all
}

/// The action that the driver itself asks for.
fn recovery(action: Option<u64>) -> Option<Finding> {
    Some(match action? {
        1 => fatal_of("the driver asks for a reset of the GPU", RESET),
        2 => fatal_of("the driver asks for a reboot of the host", "Reboot the host."),
        3 => unwell("the driver asks to stop peer-to-peer traffic", LINKS),
        4 => fatal_of("the driver asks to drain and reset the GPU", RESET),
        6 => fatal_of("the driver asks for a bus reset", POWER_CYCLE),
        7 => fatal_of("the driver asks for a reboot of the system", "Reboot the host."),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gpu::reading::Throttle;

    fn now() -> Instant {
        Instant::now()
    }

    fn of(reading: &Reading) -> Vec<(bool, String)> {
        findings(reading, &mut Xids::default(), now()).into_iter().map(|f| (f.fatal, f.what)).collect()
    }

    #[test]
    fn a_well_gpu_has_no_findings() {
        let reading = Reading {
            memory_used_mib: Some(95.0),
            memory_total_mib: Some(100.0),
            ecc_uncorrected: Some(0),
            throttled: vec![Throttle::PowerCap],
            recovery: Some(0),
            ..Reading::default()
        };
        assert_eq!(of(&reading), []);
    }

    #[test]
    fn the_fatal_comes_first() {
        let reading = Reading {
            memory_used_mib: Some(96.0),
            memory_total_mib: Some(100.0),
            ecc_uncorrected: Some(1),
            ..Reading::default()
        };
        let found = of(&reading);
        assert_eq!(found.iter().map(|f| f.0).collect::<Vec<_>>(), [true, false]);
        assert!(found[0].1.starts_with("1 uncorrected memory (ECC) error since"), "{found:?}");
    }

    #[test]
    fn heat_and_pending_repairs_degrade() {
        let reading =
            Reading { throttled: vec![Throttle::HardwareHeat], repair_pending: true, ..Reading::default() };
        assert!(of(&reading).iter().all(|f| !f.0));
        assert_eq!(of(&reading).len(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn a_fatal_xid_holds_until_the_driver_says_that_no_reset_is_needed() {
        let mut xids = Xids::default();
        xids.add(95, now());
        let well = Reading { recovery: Some(0), ..Reading::default() };
        tokio::time::advance(SHORTEST_FATAL - Duration::from_millis(1)).await;
        assert!(findings(&well, &mut xids, now())[0].fatal);
        tokio::time::advance(Duration::from_millis(1)).await;
        assert_eq!(findings(&well, &mut xids, now()), []);
        assert_eq!(xids.seen, [95]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_fatal_xid_of_an_old_driver_holds_longer_and_a_lost_gpu_for_good() {
        let (mut old, mut lost) = (Xids::default(), Xids::default());
        old.add(48, now());
        lost.add(79, now());
        let gone = Reading { lost: Some("fell off the bus".into()), ..Reading::default() };
        tokio::time::advance(LONGEST_FATAL - Duration::from_millis(1)).await;
        assert!(findings(&Reading::default(), &mut old, now())[0].fatal);
        tokio::time::advance(Duration::from_millis(1)).await;
        assert_eq!(findings(&Reading::default(), &mut old, now()), []);
        assert_eq!(findings(&gone, &mut lost, now()).len(), 2);
    }

    #[test]
    fn victims_of_other_errors_are_no_findings() {
        let mut xids = Xids::default();
        xids.add(43, now());
        xids.add(45, now());
        assert_eq!(findings(&Reading::default(), &mut xids, now()), []);
        assert_eq!(xids.seen, [43, 45]);
    }
}
