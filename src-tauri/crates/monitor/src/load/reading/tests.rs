//! The pages of each engine, as its servers write them, and what is none.

use domain::FailureClass;

use super::*;
use crate::fake::{FakeProber, replica, tier};

async fn reading(engine: Engine, pages: &[(&str, &str)]) -> Result<Reading, Failure> {
    let prober = FakeProber::default();
    pages.iter().for_each(|(path, text)| prober.shows(path, *text));
    let target = PageTarget::of(&tier("gpu"), &replica("gpu", "http://127.0.0.1:1"), Duration::ZERO, 0);
    read(&prober, engine, &target).await
}

#[tokio::test]
async fn vllm_is_added_up_over_its_workers() {
    let page = r#"
vllm:num_requests_running{engine="0",model_name="m"} 3.0
vllm:num_requests_running{engine="1",model_name="m"} 4.0
vllm:num_requests_waiting{engine="0",model_name="m"} 2.0
vllm:num_requests_waiting_by_reason{engine="0",model_name="m",reason="capacity"} 2.0
vllm:engine_sleep_state{engine="0",model_name="m",sleep_state="awake"} 1.0
vllm:engine_sleep_state{engine="0",model_name="m",sleep_state="discard_all"} 0.0
vllm:kv_cache_usage_perc{engine="0",model_name="m"} 0.25
vllm:kv_cache_usage_perc{engine="1",model_name="m"} 0.75
vllm:generation_tokens_total{engine="0",model_name="m"} 1200.0
"#;
    let one = reading(Engine::Vllm, &[("/metrics", page)]).await.unwrap();
    assert_eq!((one.running, one.waiting, one.slots), (Some(7), Some(2), None));
    assert_eq!((one.cache, one.tokens, one.asleep), (Some(0.75), Some(1200.0), false));
    let more = reading(Engine::Vllm, &[("/metrics", &page.replace("1200.0", "1201.0"))]).await.unwrap();
    assert_ne!(one.progress, more.progress);
    let busier = reading(Engine::Vllm, &[("/metrics", &page.replace("0.25", "0.30"))]).await.unwrap();
    assert_eq!(one.progress, busier.progress, "only tokens are progress");
    let asleep = page.replace("discard_all\"} 0.0", "discard_all\"} 1.0");
    assert!(reading(Engine::Vllm, &[("/metrics", &asleep)]).await.unwrap().asleep);
}

#[tokio::test]
async fn sglang_and_tgi_are_read() {
    let sglang =
        "sglang:num_running_reqs{m=\"a\"} 5\nsglang:num_queue_reqs{m=\"a\"} 1\nsglang:token_usage 0.5\n";
    let read = reading(Engine::Sglang, &[("/metrics", sglang)]).await.unwrap();
    assert_eq!((read.running, read.waiting, read.cache, read.progress), (Some(5), Some(1), Some(0.5), None));
    let tgi = "tgi_batch_current_size 2\ntgi_queue_size 7\ntgi_batch_inference_count{method=\"decode\"} 9\n";
    let read = reading(Engine::Tgi, &[("/metrics", tgi)]).await.unwrap();
    assert_eq!((read.running, read.waiting, read.progress.is_some()), (Some(2), Some(7), true));
}

const SLOTS: &str = r#"[{"id":0,"is_processing":true,"id_task":4,"n_prompt_tokens_processed":22,
  "next_token":[{"has_next_token":true,"n_decoded":1272}]},{"id":1,"is_processing":false}]"#;

#[tokio::test]
async fn llama_cpp_is_read_from_slots_and_metrics_or_from_either() {
    let metrics =
        "llamacpp:requests_processing 1\nllamacpp:requests_deferred 3\nllamacpp:n_decode_total 1434\n";
    let both = reading(Engine::LlamaCpp, &[("/slots", SLOTS), ("/metrics", metrics)]).await.unwrap();
    assert_eq!((both.running, both.waiting, both.slots), (Some(1), Some(3), Some(2)));
    let slots = reading(Engine::LlamaCpp, &[("/slots", SLOTS)]).await.unwrap();
    assert_eq!((slots.running, slots.waiting), (Some(1), None));
    let later = SLOTS.replace("1272", "1273");
    let later = reading(Engine::LlamaCpp, &[("/slots", &later)]).await.unwrap();
    assert_ne!(slots.progress, later.progress);
    let old = SLOTS.replace("[{\"has", "{\"has").replace("}]},", "}},");
    assert_eq!(reading(Engine::LlamaCpp, &[("/slots", &old)]).await.unwrap().progress, slots.progress);
    let metrics = reading(Engine::LlamaCpp, &[("/metrics", metrics)]).await.unwrap();
    assert_eq!((metrics.running, metrics.waiting, metrics.slots), (Some(1), Some(3), None));
    let none = reading(Engine::LlamaCpp, &[]).await.unwrap_err();
    assert_eq!((none.status, none.message.as_str()), (Some(404), "/slots answered 404"));
}

#[tokio::test]
async fn ollama_tells_where_its_models_are() {
    let page = r#"{"models":[{"name":"alpha:latest","model":"alpha:latest","size":1000,"size_vram":600},
        {"name":"broken"},{"model":"beta","size":10}]}"#;
    let read = reading(Engine::Ollama, &[("/api/ps", page)]).await.unwrap();
    let models: Vec<_> = read.models.iter().map(|m| (m.name.as_str(), m.size, m.in_gpu)).collect();
    assert_eq!(models, [("alpha:latest", 1000, 600), ("beta", 10, 0)]);
    assert_eq!((read.running, read.progress), (None, None));
}

#[tokio::test]
async fn pages_that_are_something_else_are_said_to_be() {
    for engine in [Engine::Vllm, Engine::Sglang, Engine::Tgi, Engine::LlamaCpp, Engine::Ollama] {
        for text in [
            "<html>It works!</html>",
            "{\"error\":\"Unexpected endpoint\"}",
            "",
            "[]",
            "vllm:num_requests_running NaN",
        ] {
            let pages = ["/metrics", "/slots", "/api/ps"].map(|path| (path, text));
            let failure = reading(engine, &pages).await.unwrap_err();
            assert_eq!(failure.class, FailureClass::Malformed, "{engine:?} {text}");
        }
    }
}
