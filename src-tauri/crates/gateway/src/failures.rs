//! From what a provider said to the class of failure that the verdict table knows.

use dialect::{
    fault::{Fault, FaultKind},
    observe::{Completion, Seen},
};
use domain::{Failure, FailureClass};

/// The operator retired the model that answers.
pub(crate) fn retired() -> Failure {
    Failure::new(FailureClass::ModelRetired, "the operator retired its model")
}

/// An error answer (a status other than 2xx) as a failure.
pub(crate) fn of_fault(fault: &Fault) -> Failure {
    let class = class_of(fault.kind);
    Failure { class, message: words(class, fault), status: fault.status, retry_after: fault.retry_after }
}

/// An error inside a 200 as a failure: what is nobody else's class is a stream error.
pub(crate) fn of_inner_fault(fault: &Fault) -> Failure {
    let failure = of_fault(fault);
    let class = match fault.kind {
        FaultKind::ServerError
        | FaultKind::Malformed
        | FaultKind::ClientMistake
        | FaultKind::ModelNotFound => FailureClass::StreamError,
        _ => failure.class,
    };
    Failure { class, ..failure }
}

/// Something seen in a stream as a failure, if it is one.
pub(crate) fn of_seen(seen: &Seen) -> Option<Failure> {
    match seen {
        Seen::Error(fault) => Some(of_inner_fault(fault)),
        Seen::Malformed(why) => Some(Failure::new(FailureClass::Malformed, why)),
        _ => None,
    }
}

/// The end of an answer as a failure, if it is one.
pub(crate) fn of_completion(completion: &Completion) -> Option<Failure> {
    match completion {
        Completion::Complete => None,
        Completion::Empty => Some(Failure::new(FailureClass::Malformed, "the answer was empty")),
        Completion::Broken { malformed: true, message } => {
            Some(Failure::new(FailureClass::Malformed, message))
        }
        Completion::Broken { malformed: false, message } => {
            Some(Failure::new(FailureClass::CutStream, message))
        }
        Completion::Failed(fault) => Some(of_inner_fault(fault)),
    }
}

const fn class_of(kind: FaultKind) -> FailureClass {
    match kind {
        FaultKind::RateLimited => FailureClass::RateLimited,
        FaultKind::QuotaExhausted => FailureClass::QuotaExhausted,
        FaultKind::Unauthorized => FailureClass::Unauthorized,
        FaultKind::Forbidden => FailureClass::Forbidden,
        FaultKind::ModelNotFound => FailureClass::ModelNotFound,
        FaultKind::ModelLoading => FailureClass::ModelLoading,
        FaultKind::ContextTooLong => FailureClass::ContextTooLong,
        FaultKind::ContentFiltered => FailureClass::ContentFiltered,
        FaultKind::ClientMistake => FailureClass::ClientMistake,
        FaultKind::Unsupported => FailureClass::Unsupported,
        FaultKind::PayloadTooLarge => FailureClass::PayloadTooLarge,
        FaultKind::Overloaded => FailureClass::Overloaded,
        FaultKind::ServerError => FailureClass::ServerError,
        FaultKind::Timeout => FailureClass::UpstreamTimeout,
        FaultKind::Conflict => FailureClass::Conflict,
        FaultKind::Malformed => FailureClass::Malformed,
    }
}

/// What may be kept of a provider's words: refusals of the request itself may quote the prompt, so they are not.
fn words(class: FailureClass, fault: &Fault) -> String {
    let status = fault.status.map(|s| format!("{s}: ")).unwrap_or_default();
    match class {
        FailureClass::ClientMistake | FailureClass::ContentFiltered => {
            let code = fault.code.as_deref().unwrap_or("no code given");
            format!("{status}the provider refused the request ({code})")
        }
        _ => format!("{status}{}", fault.message),
    }
}
