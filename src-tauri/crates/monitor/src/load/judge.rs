//! What follows from an engine's figures: saturated, asleep, on the CPU, standing still.
//!
//! Pure: readings and the present come in, findings go out. One odd reading is no finding: saturation takes two in a
//! row to begin and two to end, so that a burst does not make a replica flap.

use std::time::Duration;

use domain::{Failure, Load, LoadFault, LoadFinding, LoadWatch, LoadedModel};
use tokio::time::Instant;

use super::reading::{Engine, Reading};
use crate::replica::At;

/// Readings in a row that begin or end a saturation.
const IN_A_ROW: u32 = 2;

/// What is remembered of an engine between readings.
#[derive(Debug, Default)]
pub(crate) struct Judge {
    /// Readings in a row that contradict `saturated`.
    contrary: u32,
    /// Why it is saturated.
    saturated: Option<String>,
    /// Since when it has worked on requests and made no step.
    still: Option<(u64, Instant)>,
    /// Tokens at the reading before.
    tokens: Option<(f64, Instant)>,
}

impl Judge {
    /// An engine answered with its figures. `model` is the one that the tier asks for.
    pub(crate) fn take(
        &mut self,
        at: At,
        reading: Reading,
        engine: Engine,
        watch: &LoadWatch,
        model: &str,
    ) -> Load {
        let tokens_per_second = self.rate(at.now, reading.tokens);
        self.saturation(&reading, watch);
        let still = self.stillness(at.now, &reading);
        let mut findings = Vec::new();
        if still >= watch.stuck_after && !watch.stuck_after.is_zero() {
            findings.push(standing_still(reading.running.unwrap_or(0), still));
        }
        findings.extend(reading.asleep.then(asleep));
        findings.extend(self.saturated.as_ref().map(|why| saturated(why)));
        if engine == Engine::Ollama && !watch.on_cpu {
            findings.extend(reading.models.iter().filter(|m| is_meant(m, model)).find_map(on_cpu));
        }
        findings.sort_by_key(|f| f.kind);
        Load {
            at_ms: at.wall_ms,
            running: reading.running,
            waiting: reading.waiting,
            slots: reading.slots,
            cache: reading.cache.map(|c| c.clamp(0.0, 1.0)),
            tokens_per_second,
            models: reading.models,
            findings,
        }
    }

    /// An engine's figures could not be had. What was known of it is out of date, and judged anew from here.
    pub(crate) fn missed(&mut self, at: At, engine: Engine, failure: &Failure) -> Load {
        *self = Self::default();
        let why = &failure.message;
        let (what, remedy) = if is_not_ready(failure) {
            (
                format!("its own figures cannot be read yet: {why}"),
                "Wait until it is ready: it loads, or has no room.",
            )
        } else {
            (format!("its own figures cannot be read: {why}"), engine.remedy())
        };
        let finding = LoadFinding { kind: LoadFault::Unreadable, what, remedy: remedy.into() };
        Load { at_ms: at.wall_ms, findings: vec![finding], ..Load::default() }
    }

    /// A token has just come from it: whatever its figures say, it does not stand still.
    pub(crate) fn proved(&mut self) {
        self.still = None;
    }

    fn rate(&mut self, now: Instant, tokens: Option<f64>) -> Option<f64> {
        let before = self.tokens.take();
        self.tokens = tokens.map(|n| (n, now));
        let ((old, then), new) = (before?, tokens?);
        let seconds = now.saturating_duration_since(then).as_secs_f64();
        // A counter that went back was started anew.
        (new >= old && seconds > 0.0).then(|| (new - old) / seconds)
    }

    fn saturation(&mut self, reading: &Reading, watch: &LoadWatch) {
        let now = crowded(reading, watch);
        if now.is_some() == self.saturated.is_some() {
            self.contrary = 0;
            // The words follow the figures.
            self.saturated = now;
            return;
        }
        self.contrary += 1;
        if self.contrary >= IN_A_ROW {
            self.contrary = 0;
            self.saturated = now;
        }
    }

    /// For how long it has worked on requests without a step.
    fn stillness(&mut self, now: Instant, reading: &Reading) -> Duration {
        let (Some(progress), true) = (reading.progress, reading.running.is_some_and(|n| n > 0)) else {
            self.still = None;
            return Duration::ZERO;
        };
        match self.still {
            Some((same, since)) if same == progress => now.saturating_duration_since(since),
            _ => {
                self.still = Some((progress, now));
                Duration::ZERO
            }
        }
    }
}

/// Whether an engine that shows no figures will soon: llama.cpp answers every page so while it loads.
pub(crate) fn is_not_ready(failure: &Failure) -> bool {
    failure.status == Some(503)
}

/// Whether a finding says that the engine works on requests and brings nothing.
pub(crate) fn stands_still(load: &Load) -> Option<&LoadFinding> {
    load.findings.iter().find(|f| f.kind == LoadFault::StandsStill)
}

/// Why another request would have to wait.
fn crowded(reading: &Reading, watch: &LoadWatch) -> Option<String> {
    let (running, waiting) = (reading.running.unwrap_or(0), reading.waiting.unwrap_or(0));
    if waiting >= watch.queue {
        return Some(format!("{waiting} requests wait in its queue"));
    }
    if let Some(cache) = reading.cache.filter(|c| *c > watch.cache) {
        return Some(format!("{:.0} % of its key-value cache is in use", cache * 100.0));
    }
    // One slot that is busy is a server at work; several that are all busy, or somebody who waits, is a full one.
    let slots = reading.slots.filter(|slots| running >= *slots)?;
    (waiting > 0 || slots > 1).then(|| match waiting {
        0 => format!("all of its {slots} slots are busy"),
        n => format!("all of its {slots} slots are busy, and {n} requests wait"),
    })
}

fn standing_still(running: u32, still: Duration) -> LoadFinding {
    let requests = if running == 1 { "request" } else { "requests" };
    let seconds = still.as_secs();
    LoadFinding {
        kind: LoadFault::StandsStill,
        what: format!("it has worked on {running} {requests} for {seconds} s and brought no token"),
        remedy: "Restart the server, and look at its log: its health check does not see this.".into(),
    }
}

fn asleep() -> LoadFinding {
    LoadFinding {
        kind: LoadFault::Asleep,
        what: "it sleeps: its weights are not in GPU memory".into(),
        remedy: "Wake it (POST /wake_up), or take it out of the chain while it sleeps.".into(),
    }
}

fn saturated(why: &str) -> LoadFinding {
    LoadFinding {
        kind: LoadFault::Saturated,
        what: format!("saturated: {why}"),
        remedy: "Add a replica, or lower the load: the next requests wait before they are worked on.".into(),
    }
}

/// Ollama leaves out a tag that is `latest`.
fn is_meant(loaded: &LoadedModel, model: &str) -> bool {
    let plain = |name: &str| name.strip_suffix(":latest").unwrap_or(name).to_owned();
    plain(&loaded.name) == plain(model)
}

#[expect(clippy::cast_precision_loss, reason = "a share in whole percent")]
fn on_cpu(model: &LoadedModel) -> Option<LoadFinding> {
    if model.size == 0 || model.in_gpu >= model.size {
        return None;
    }
    let percent = model.in_gpu as f64 / model.size as f64 * 100.0;
    let what = match model.in_gpu {
        0 => format!("{} runs on the CPU alone", model.name),
        _ => format!("{} runs partly on the CPU: {percent:.0} % of it fits into GPU memory", model.name),
    };
    let remedy = "Choose a smaller model or a shorter context, or free GPU memory; where it is meant to be so, set \
                  load.on_cpu to true.";
    Some(LoadFinding { kind: LoadFault::OnCpu, what, remedy: remedy.into() })
}

#[cfg(test)]
mod tests;
