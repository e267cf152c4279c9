//! Cool-downs: a replica that asked to be left alone, or whose credential or model is not to be had.

use std::time::Duration;

use domain::{
    CoolDown, Failure, FailureClass,
    chain::ProbeKind,
    stats::Quota,
    verdict::{CoolDownRule, Verdict},
};

use super::life::{At, Life, Source};

/// The longest that a replica is left alone, whatever the provider asks for.
const LONGEST_COOL_DOWN: Duration = Duration::from_secs(3600);
/// Rate limits without a `Retry-After` double up to this.
const LONGEST_GUESS: Duration = Duration::from_secs(300);

impl Life {
    /// A credential or model that a check has just used is there again.
    pub(super) fn end_cool_down_if_proved(&mut self, kind: &ProbeKind) {
        let Some(cool) = &self.cool else { return };
        let proved = is_checkable(cool.class) && !matches!(kind, ProbeKind::Http(_));
        if proved || self.last_word {
            self.end_cool_down("its check passes again");
        }
    }

    pub(super) fn end_cool_down(&mut self, why: &str) {
        self.cool = None;
        self.last_word = false;
        if self.run.failing == 0 {
            self.run.clear();
        }
        self.because(why, None);
    }

    pub(super) fn told_to_wait(
        &mut self,
        at: At,
        failure: &Failure,
        verdict: Verdict,
        began_ms: i64,
        source: Source,
    ) {
        use FailureClass as F;
        if source == Source::Check && matches!(failure.class, F::RateLimited | F::Forbidden) {
            // The check was refused; that says nothing about generations.
            return;
        }
        let length = match verdict.cool_down {
            CoolDownRule::None => return,
            CoolDownRule::Fixed(length) => length,
            CoolDownRule::AskedOr(guess) => failure.retry_after.unwrap_or_else(|| {
                let factor = 1_u32.checked_shl(self.guesses).unwrap_or(u32::MAX);
                guess.saturating_mul(factor).min(LONGEST_GUESS.max(guess))
            }),
        };
        let until = at.now + length.min(LONGEST_COOL_DOWN);
        let is_last_word = std::mem::take(&mut self.last_word);
        if !is_last_word && self.cool.as_ref().is_some_and(|c| c.until >= until) {
            return;
        }
        if self.cool.is_none() && failure.retry_after.is_none() {
            self.guesses = self.guesses.saturating_add(1);
        }
        self.run.note(failure, began_ms, at);
        self.because(failure.message.clone(), Some(failure.class));
        self.cool = Some(CoolDown { until, class: failure.class });
    }

    /// An answer told what is left of the provider's rate limits.
    pub(crate) fn limit_told(&mut self, at: At, quota: Quota) {
        self.spent_until = quota.spent_for.map(|span| at.now + span.min(LONGEST_COOL_DOWN));
    }

    /// Ends a cool-down whose time is over; where a check can tell, it has the last word.
    pub(super) fn tick_cool_down(&mut self, at: At) {
        if let Some(cool) = self.cool.as_mut().filter(|c| c.until <= at.now) {
            // A liveness check knows nothing of keys and models, but that the server still loads.
            let loads = cool.class == FailureClass::ModelLoading;
            let check = self.settings.probe().filter(|p| loads || !matches!(p.kind, ProbeKind::Http(_)));
            match check {
                Some(probe) if is_checkable(cool.class) && !self.last_word => {
                    cool.until = at.now + probe.timeout + Duration::from_secs(1);
                    (self.last_word, self.check_now) = (true, true);
                }
                _ => self.end_cool_down("the cool-down is over"),
            }
        }
    }
}

/// Whether a check can tell that such a cool-down is over.
const fn is_checkable(class: FailureClass) -> bool {
    use FailureClass as F;
    matches!(
        class,
        F::Unauthorized | F::Forbidden | F::CredentialMissing | F::ModelNotFound | F::ModelLoading
    )
}
