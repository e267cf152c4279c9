//! The configuration file: checked whole, reloaded when it changes, and never taken with an error.

use std::time::Duration;

use harness::{Daemon, ModelServer, eventually, process::program};
use serde_json::Value;

const BAD: &str = "version: 1
chains:
  - name: chat
    tiers:
      - { name: a, provider: vlm, model: m, url: 'http://127.0.0.1:1' }
      - { name: b, provider: ollama, mdel: m, url: 'http://127.0.0.1:2' }
";

#[tokio::test]
async fn every_problem_is_named_with_its_path_and_remedy() {
    let mut daemon = Daemon::new();
    daemon.write_config(BAD);
    let refusal = daemon.refused().await;
    assert_eq!(refusal.code, Some(78));
    let file = daemon.path("changeover.yaml");
    let check = std::process::Command::new(program("changeoverd")).arg("check").arg(file).output().unwrap();
    assert_eq!(check.status.code(), Some(78));
    for said in [refusal.stderr, String::from_utf8(check.stderr).unwrap()] {
        for part in ["chains[0].tiers[0].provider", "`vllm`", "chains[0].tiers[1].mdel", "`model`"] {
            assert!(said.contains(part), "{part} is not in: {said}");
        }
    }
}

#[tokio::test]
async fn a_changed_file_is_taken_and_a_bad_one_is_not() {
    let (first, second) = (ModelServer::saying("one").await, ModelServer::saying("two").await);
    let config = |url: String| {
        format!(
            "{{version: 1, chains: [{{name: chat, tiers: [{{name: a, provider: other, model: m, url: '{url}'}}]}}]}}"
        )
    };
    let mut daemon = Daemon::with_config(&config(first.url())).await;
    assert_eq!(daemon.ask("chat").await.0, "one");

    daemon.write_config(&config(second.url()));
    eventually("the changed file is in force", Duration::from_secs(5), || async {
        (daemon.ask("chat").await.0 == "two").then_some(())
    })
    .await;

    daemon.write_config(BAD);
    let problems = eventually("the bad file is reported", Duration::from_secs(5), || async {
        let page = daemon.rpc("config.get", Value::Null).await.unwrap();
        page["file_problems"].as_array().filter(|p| !p.is_empty()).cloned()
    })
    .await;
    assert!(problems.iter().any(|p| p["path"] == "chains[0].tiers[0].provider"), "{problems:?}");
    assert_eq!(daemon.ask("chat").await.0, "two", "the running configuration stays in force");
}

#[tokio::test]
async fn a_chain_that_points_at_a_reachable_network_needs_client_keys() {
    let mut daemon = Daemon::new();
    daemon.write_config("{version: 1, endpoint: {listen: '0.0.0.0:4747'}, chains: []}");
    let refusal = daemon.refused().await;
    assert_eq!(refusal.code, Some(78));
    assert!(refusal.stderr.contains("endpoint.client_keys"), "{}", refusal.stderr);
}
