//! Looking for model servers on this machine.

use harness::{Daemon, ModelServer};
use serde_json::json;

#[tokio::test]
async fn a_server_on_a_port_that_was_asked_for_is_found_with_its_models() {
    let daemon = Daemon::practice().await;
    let server = ModelServer::saying("hello").await;
    let port = server.url().rsplit_once(':').unwrap().1.parse::<u16>().unwrap();
    let own = daemon.endpoint.rsplit_once(':').unwrap().1.parse::<u16>().unwrap();
    let found = daemon.rpc("discover", json!({"ports": [port, own]})).await.unwrap();
    let ports = found["ports"].as_array().unwrap();
    let usual: Vec<_> =
        ports.iter().filter(|p| !p["usual"].is_null()).map(|p| p["port"].as_u64().unwrap()).collect();
    assert_eq!(usual, [8000, 8001, 30_000, 3000, 1234, 9931, 8080, 11_434]);
    let seen = |port: u16| ports.iter().find(|p| p["port"] == port).unwrap();
    assert_eq!(seen(port)["found"], "server");
    assert_eq!(seen(port)["models"].as_array().unwrap().len(), 1);
    assert_eq!(seen(port)["url"], server.url());
    assert_eq!(seen(own)["found"], "changeover");
}

#[tokio::test]
async fn too_many_ports_are_refused() {
    let daemon = Daemon::practice().await;
    for ports in [vec![0], (1..=17).collect()] {
        let error = daemon.rpc("discover", json!({ "ports": ports })).await.unwrap_err();
        assert_eq!(error["code"], "bad_request");
    }
}
