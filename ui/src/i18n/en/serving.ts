/** The words of a tier's form for the servers themselves: their GPUs, restarts and load. */
export const serving = {
  title: "GPUs and restart",
  title_of: "GPUs and restart of {{url}}",
  gpus: "GPUs that it runs on",
  gpus_hint:
    "Numbers on this machine, UUIDs, or HOST/NUMBER, separated by commas. Empty: they are looked for.",
  way: "When it is down",
  ways: {
    never: "Leave it down",
    unit: "Restart a systemd unit",
    command: "Run a command",
  },
  unit: "Unit",
  user: "Unit of this user",
  user_hint: "Off: of the system.",
  command: "Program and arguments, one per line",
  command_hint: "Run as it stands, without a shell. It starts the server and ends.",
  enabled: "Restart by itself",
  enabled_hint: "Off: nothing is started.",
  delay: "Wait before a start",
  limit: "At most so many starts",
  window: "Within",
  healthy_within: "Healthy again within",
} as const;

export const load = {
  title: "Load",
  lead: "What vLLM, SGLang, TGI, llama.cpp and Ollama say of their own load, and when that counts as saturated.",
  watch: "Read it",
  queue: "Queue full at (requests)",
  cache: "KV cache full above (0 to 1)",
  stuck_after: "Hung without a token for",
  on_cpu: "Meant to run on the CPU",
} as const;
