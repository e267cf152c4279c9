//! Error answers of any status and form: they get a class, and what a client is told of them is well-formed.
#![no_main]

use std::time::SystemTime;

use dialect::{
    client::Dialect,
    error::{ClientError, ErrorKind},
    fault::classify,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (u16, &[u8])| {
    let (status, body) = input;
    let fault = classify(status, &|_: &str| None, body, SystemTime::UNIX_EPOCH);
    for dialect in [Dialect::Chat, Dialect::Responses, Dialect::Messages, Dialect::OllamaChat] {
        let error = ClientError::new(ErrorKind::from(fault.kind), fault.message.clone());
        let told = dialect.error_body(&ClientError { code: fault.code.clone(), ..error });
        assert!(serde_json::from_slice::<serde_json::Value>(&told).is_ok());
    }
});
