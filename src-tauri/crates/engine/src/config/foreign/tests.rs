//! Files as people write them.

use contract::{Severity, config::Provider};

use super::*;

const LITELLM: &str = r#"
model_list:
  - model_name: gpt-4o
    litellm_params:
      model: openai/gpt-4o
      api_key: os.environ/OPENAI_API_KEY
      timeout: 30
      rpm: 60
  - model_name: local
    litellm_params: { model: hosted_vllm/qwen, api_base: "http://gpu1:8000/v1", stream_timeout: 4.5 }
  - model_name: local
    litellm_params: { model: hosted_vllm/qwen, api_base: "http://gpu2:8000/v1" }
  - model_name: claude
    litellm_params: { model: anthropic/claude-sonnet-4-5, api_key: sk-ant-in-the-open }
  - model_name: odd
    litellm_params: { model: sagemaker/thing }
  - model_name: "*"
    litellm_params: { model: "openai/*" }
router_settings:
  fallbacks: [{ local: [gpt-4o, claude, missing] }]
general_settings: { master_key: sk-1234 }
"#;

#[test]
fn groups_become_chains_and_fallbacks_their_later_tiers() {
    let import = import(LITELLM);
    assert!(import.chains_only);
    let document = import.document.unwrap_or_else(|| panic!("{:#?}", import.problems));
    let names: Vec<&str> = document.chains.iter().map(|c| c.name.as_str()).collect();
    assert_eq!(names, ["gpt-4o", "local", "claude"]);
    let local = &document.chains[1];
    let tiers: Vec<_> = local.tiers.iter().map(|t| (t.name.as_str(), t.model.as_str())).collect();
    assert_eq!(tiers, [("vllm", "qwen"), ("openai", "gpt-4o"), ("anthropic", "claude-sonnet-4-5")]);
    let urls: Vec<&str> = local.tiers[0].replicas.iter().map(|r| r.url.as_str()).collect();
    assert_eq!(urls, ["http://gpu1:8000/v1", "http://gpu2:8000/v1"]);
    assert_eq!(local.tiers[0].timeouts.first_token.0.as_millis(), 4500);
    assert_eq!(local.tiers[1].timeouts.total.0.as_secs(), 30);
    assert_eq!(local.tiers[1].key.as_deref(), Some("env:OPENAI_API_KEY"));
}

#[test]
fn what_is_not_carried_over_is_named_and_a_key_is_never_taken() {
    let import = import(LITELLM);
    let notes: Vec<String> = import.problems.iter().map(ToString::to_string).collect();
    for start in [
        "model_list[0].litellm_params.rpm: not carried over",
        "model_list[3].litellm_params.api_key: the key itself stands in this file",
        "model_list[4].litellm_params.model: `sagemaker/` is no provider",
        "model_list[5].model_name: the pattern `*`",
        "fallbacks: the fallback `missing` of `local`",
        "general_settings.master_key",
    ] {
        assert!(notes.iter().any(|n| n.starts_with(start)), "{start}\nnot in\n{}", notes.join("\n"));
    }
    assert!(import.problems.iter().all(|p| p.severity == Severity::Warning));
    assert!(!format!("{import:?}").contains("sk-ant-in-the-open"));
}

#[test]
fn a_bare_list_becomes_one_chain_in_the_order_of_its_priorities() {
    let import = import(
        "fallback_chain:
  - { provider: openai, model: gpt-4o, priority: 2, timeout: 30, api_key_env: OPENAI_API_KEY }
  - { provider: ollama, model: 'llama3.1:8b', priority: 3, timeout: 1m, max_tokens: 400 }
  - { provider: vllm, model: qwen, priority: 1, base_url: 'http://gpu1:8000', colour: red }
",
    );
    let document = import.document.unwrap_or_else(|| panic!("{:#?}", import.problems));
    let chain = &document.chains[0];
    assert_eq!((chain.name.as_str(), chain.aliases.as_slice()), ("chat", &["*".to_owned()][..]));
    let providers: Vec<Provider> = chain.tiers.iter().map(|t| t.provider).collect();
    assert_eq!(providers, [Provider::Vllm, Provider::Openai, Provider::Ollama]);
    assert_eq!(chain.tiers[1].key.as_deref(), Some("env:OPENAI_API_KEY"));
    assert_eq!(chain.tiers[2].timeouts.total.0.as_secs(), 60);
    assert_eq!(chain.tiers[2].degrade.max_tokens, Some(400));
    assert!(import.problems.iter().any(|p| p.path == "fallback_chain[2].colour"), "{:#?}", import.problems);
}

#[test]
fn a_file_of_our_own_is_read_as_ever() {
    let import = import(include_str!("../../../tests/example.yaml"));
    assert!(import.document.is_some() && !import.chains_only);
}

#[test]
fn a_mistake_in_such_a_file_is_an_error_with_its_path() {
    let import = import("fallback_chain: [{ provider: vlm, model: x }, 7]");
    assert!(import.document.is_none());
    let what: Vec<String> = import.problems.iter().map(ToString::to_string).collect();
    assert!(what.iter().any(|w| w.contains("did you mean `vllm`")), "{what:?}");
    assert!(what.iter().any(|w| w.starts_with("fallback_chain[1]")), "{what:?}");
}

#[test]
fn azure_keeps_its_version_and_bedrock_its_region() {
    let file = r#"
model_list:
  - model_name: a
    litellm_params: { model: azure/gpt4-deployment, api_base: "https://me.openai.azure.com/", api_version: "2024-10-21", api_key: os.environ/AZURE_API_KEY }
  - model_name: b
    litellm_params: { model: azure/gpt4, api_base: "https://me.openai.azure.com", api_version: v1 }
  - model_name: c
    litellm_params: { model: azure/gpt4, api_base: "https://me.openai.azure.com", api_version: os.environ/AZURE_API_VERSION }
  - model_name: d
    litellm_params: { model: azure_ai/grok, api_base: "https://me.services.ai.azure.com/models" }
  - model_name: e
    litellm_params: { model: bedrock/converse/amazon.nova-pro-v1:0, aws_region_name: eu-west-1 }
"#;
    let import = import(file);
    let document = import.document.unwrap_or_else(|| panic!("{:#?}", import.problems));
    let tiers: Vec<_> = document.chains.iter().map(|chain| &chain.tiers[0]).collect();
    let urls: Vec<&str> = tiers.iter().map(|tier| tier.url.as_deref().unwrap_or_default()).collect();
    assert_eq!(
        urls,
        [
            "https://me.openai.azure.com?api-version=2024-10-21",
            "https://me.openai.azure.com",
            "https://me.openai.azure.com",
            "https://me.services.ai.azure.com",
            "https://bedrock-runtime.eu-west-1.amazonaws.com",
        ]
    );
    assert_eq!((tiers[0].provider, tiers[0].model.as_str()), (Provider::Azure, "gpt4-deployment"));
    assert_eq!((tiers[4].provider, tiers[4].model.as_str()), (Provider::Bedrock, "amazon.nova-pro-v1:0"));
    let notes: Vec<String> = import.problems.iter().map(ToString::to_string).collect();
    let version = "model_list[2].litellm_params.api_version: it stands in the variable AZURE_API_VERSION";
    assert!(notes.iter().any(|note| note.starts_with(version)), "{notes:?}");
    assert!(!notes.iter().any(|note| note.contains("model_list[0]")), "{notes:?}");
}
