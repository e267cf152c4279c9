/** `first_token_timeout` as `First token timeout`: the engine's classes as people read them. */
export function words(name: string): string {
  const spaced = name.replaceAll("_", " ");
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}

const PROVIDERS: Record<string, string> = {
  openai: "OpenAI",
  azure: "Azure OpenAI",
  anthropic: "Anthropic",
  gemini: "Gemini",
  bedrock: "Bedrock",
  vllm: "vLLM",
  sglang: "SGLang",
  tgi: "TGI",
  "llama.cpp": "llama.cpp",
  lmstudio: "LM Studio",
  ollama: "Ollama",
  openrouter: "OpenRouter",
  groq: "Groq",
  mistral: "Mistral",
  deepseek: "DeepSeek",
  together: "Together",
  other: "OpenAI-compatible",
  practice: "Simulated",
};

/** A provider's name as its maker writes it. */
export const providerName = (provider: string): string => PROVIDERS[provider] ?? provider;
