//! Sinks that misbehave: each is told in words, and harms nothing else.

#![expect(clippy::disallowed_methods, reason = "a test's tasks end with its runtime")]

use std::{path::Path, process::Stdio};

use harness::Daemon;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    net::TcpListener,
    process::{Child, Command},
};

/// A mail server that takes mail over STARTTLS alone, with a certificate that it signed itself.
async fn mail_over_tls(folder: &Path) -> (u16, Child) {
    let (certificate, key) = (folder.join("cert.pem"), folder.join("key.pem"));
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"])
        .args(["-addext", "subjectAltName=DNS:localhost", "-addext", "basicConstraints=critical,CA:FALSE"])
        .arg("-keyout")
        .arg(&key)
        .arg("-out")
        .arg(&certificate)
        .stderr(Stdio::null())
        .status();
    assert!(made.await.expect("openssl is installed").success());
    let python = Path::new(env!("CARGO_MANIFEST_DIR")).join("python");
    let mut child = Command::new(python.join(".venv/bin/python"))
        .arg(python.join("mail_sink.py"))
        .args(["changeover", "the-password"])
        .args([&certificate, &key])
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let port = lines.next_line().await.unwrap().expect("the mail server says its port").parse().unwrap();
    tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
    (port, child)
}

fn config(rest: &str) -> String {
    format!("version: 1\nchains: []\nalerts:\n  desktop: false\n{rest}")
}

fn email(name: &str, port: u16, tls: &str) -> String {
    format!(
        "    - {{ name: {name}, server: localhost, port: {port}, tls: {tls}, user: changeover, password: env:SMTP_PASSWORD,
        from: changeover@example.org, to: [ops@example.org] }}\n"
    )
}

async fn test(daemon: &Daemon, channel: &str) -> (String, String) {
    let entry = daemon.rpc("alert.test", json!({"channel": channel})).await.unwrap();
    let word = |name: &str| entry[name].as_str().unwrap_or_default().to_owned();
    (word("outcome"), word("reason"))
}

#[tokio::test]
async fn a_self_signed_certificate_is_named_and_mail_goes_once_it_is_trusted() {
    let folder = tempfile::tempdir().unwrap();
    let (port, _server) = mail_over_tls(folder.path()).await;
    let mut daemon = Daemon::new();
    let channels =
        [email("start", port, "starttls"), email("whole", port, "whole"), email("open", port, "none")];
    daemon.write_config(&config(&format!("  email:\n{}", channels.concat())));
    daemon.env("SMTP_PASSWORD", "the-password");
    daemon.start().await;
    let (outcome, reason) = test(&daemon, "start").await;
    assert_eq!(outcome, "failed");
    assert!(
        reason.contains("its certificate is not trusted") && reason.contains("SSL_CERT_FILE"),
        "{reason}"
    );
    let (outcome, reason) = test(&daemon, "whole").await;
    assert_eq!(outcome, "failed");
    assert!(reason.contains("TLS with localhost") && reason.contains("check `tls`"), "{reason}");
    let (outcome, reason) = test(&daemon, "open").await;
    assert_eq!(outcome, "failed", "a password never goes in the clear: {reason}");
    assert!(reason.contains("tls: starttls"), "{reason}");

    daemon.stop().await;
    daemon.env("SSL_CERT_FILE", &folder.path().join("cert.pem").display().to_string());
    daemon.start().await;
    assert_eq!(test(&daemon, "start").await, ("sent".into(), String::new()));
}

#[tokio::test]
async fn a_sink_that_hangs_is_given_up_and_said_to_hang_while_the_program_goes_on() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    // Takes connections, reads, and never says a word.
    tokio::spawn(async move {
        let mut held = Vec::new();
        while let Ok((stream, _)) = listener.accept().await {
            held.push(stream);
        }
    });
    let mut daemon = Daemon::new();
    let hook = format!("    - {{ name: hung, url: 'http://127.0.0.1:{port}/x', allow_private: true }}\n");
    let private = "    - { name: private, url: 'env:HIDDEN' }\n";
    daemon.write_config(&config(&format!("  webhooks:\n{hook}{private}")));
    daemon.env("HIDDEN", &format!("http://127.0.0.1:{port}/x"));
    daemon.start().await;
    let (outcome, reason) = test(&daemon, "private").await;
    assert_eq!(outcome, "failed");
    assert!(reason.contains("allow_private"), "an address behind a name is looked at too: {reason}");
    let (hung, overview) = tokio::join!(test(&daemon, "hung"), daemon.rpc("overview", Value::Null));
    assert!(overview.is_ok());
    assert_eq!(hung.0, "failed");
    assert!(hung.1.contains("not answer") || hung.1.contains("hung"), "{}", hung.1);
}
