// Generated from the contract crate by `make contract`. Do not edit.

/**
 * A duration in the configuration, written `500ms`, `15s`, `2m` or `1h30m`. Range: 0 to 30 days.
 */
export type Span = string;

/**
 * How much a [`Problem`] weighs.
 */
export type Severity = "error" | "warning";

/**
 * One problem of a configuration document.
 */
export type Problem = { 
/**
 * Where: `chains[0].tiers[1].timeouts.first_token`; empty for the document as a whole.
 */
path: string, 
/**
 * What is wrong, in words.
 */
what: string, 
/**
 * How to mend it, in words.
 */
remedy: string, 
/**
 * Whether it forbids the document.
 */
severity: Severity, };

/**
 * Why a command was refused or failed.
 */
export type RpcError = { 
/**
 * A stable word: `bad_request`, `unknown_command`, `invalid`, `conflict`, `not_found`, `unavailable`,
 * `failed`.
 */
code: string, 
/**
 * What happened, in words.
 */
message: string, 
/**
 * What to do about it, in words; may be empty.
 */
remedy: string, 
/**
 * The configuration's problems, when the code is `invalid`.
 */
problems: Array<Problem>, };

/**
 * What a try meets.
 */
export type Fault = { "kind": "refused" } | { "kind": "silent" } | { "kind": "slow", 
/**
 * Milliseconds, 1 to 600,000.
 */
ms: number, } | { "kind": "status", 
/**
 * The HTTP status, 400 to 599.
 */
status: number, } | { "kind": "rate_limited", 
/**
 * Seconds, 1 to 3,600.
 */
retry_after_s: number, } | { "kind": "cut", 
/**
 * After so many frames of the stream, 0 to 10,000; the first often has no text yet.
 */
frames: number, } | { "kind": "stalled", 
/**
 * After so many frames of the stream, 0 to 10,000; the first often has no text yet.
 */
frames: number, } | { "kind": "garbage" };

/**
 * A fault for one request.
 */
export type Injection = { 
/**
 * Whose tries meet it; absent for the tier that is tried first.
 */
tier: string | null, } & ({ "kind": "refused" } | { "kind": "silent" } | { "kind": "slow", 
/**
 * Milliseconds, 1 to 600,000.
 */
ms: number, } | { "kind": "status", 
/**
 * The HTTP status, 400 to 599.
 */
status: number, } | { "kind": "rate_limited", 
/**
 * Seconds, 1 to 3,600.
 */
retry_after_s: number, } | { "kind": "cut", 
/**
 * After so many frames of the stream, 0 to 10,000; the first often has no text yet.
 */
frames: number, } | { "kind": "stalled", 
/**
 * After so many frames of the stream, 0 to 10,000; the first often has no text yet.
 */
frames: number, } | { "kind": "garbage" });

/**
 * The whole configuration.
 */
export type Document = { 
/**
 * The format of this document; always 1.
 */
version: number, 
/**
 * Where the program listens.
 */
endpoint: Endpoint, 
/**
 * The chains; the `model` a client asks for picks one.
 */
chains: Array<Chain>, 
/**
 * Who is told of a failover, and how.
 */
alerts: Alerts, 
/**
 * Other machines whose GPUs are watched.
 */
gpu_hosts?: Array<GpuHost>, 
/**
 * What is held to be good enough.
 */
targets: Targets, 
/**
 * The operator's own runbooks, and those of the program that were reworded.
 */
runbooks: Array<Runbook>, };

/**
 * What to do about a way of failing.
 */
export type Runbook = { 
/**
 * Its name: letters, digits and `-`. One of the program's own is replaced by another of its name.
 */
name: string, 
/**
 * One line.
 */
title: string, 
/**
 * The kinds of incident that it is for: `outage`, `gpu`, ...
 */
kinds: Array<string>, 
/**
 * Markdown; its steps are the lines that begin with `- [ ]`.
 */
text: string, };

/**
 * Where the program listens.
 */
export type Endpoint = { 
/**
 * What applications talk to: `host:port`.
 */
listen: string, 
/**
 * The screens over HTTP, commands and metrics: `host:port`.
 */
admin: string, 
/**
 * Keys that clients must present; obligatory once `listen` is not loopback.
 */
client_keys: Array<ClientKey>, };

/**
 * A key that a client presents, stored as its hash.
 */
export type ClientKey = { 
/**
 * A name for the operator.
 */
name: string, 
/**
 * SHA-256 of the key, 64 hexadecimal digits; `changeoverd keys client NAME` prints a line to paste.
 */
sha256: string, };

/**
 * Who is told of an incident, and how.
 */
export type Alerts = { 
/**
 * Desktop notifications.
 */
desktop: boolean, 
/**
 * What desktop notifications tell.
 */
desktop_events: Array<AlertEvent>, 
/**
 * After a relapse, the end is told only when this much has passed without another.
 */
hold: Span, 
/**
 * An incident that nobody has acknowledged is told again this often; `0s` is never.
 */
remind: Span, 
/**
 * The most notices of one channel within an hour; all tiers down always passes. 1 to 1000.
 */
most_per_hour: number, 
/**
 * Times of the day at which only the worst is told at once.
 */
quiet_hours: QuietHours | null, 
/**
 * The base address of the screens, for links in notices; absent for none.
 */
link: string | null, 
/**
 * Mail servers.
 */
email: Array<EmailChannel>, 
/**
 * Addresses that a document is posted to.
 */
webhooks: Array<WebhookChannel>, };

/**
 * What a channel may tell.
 */
export type AlertEvent = "p0" | "p1" | "p2" | "p3" | "worse" | "reminder" | "over" | "practice";

/**
 * Times of the day at which only the worst is told at once. The rest waits for their end, and is told then if the
 * incident still goes on.
 */
export type QuietHours = { 
/**
 * `22:00`
 */
from: string, 
/**
 * `07:00`; the next day's where it is the earlier one.
 */
to: string, 
/**
 * `Europe/Berlin`; this machine's when absent.
 */
time_zone: string | null, 
/**
 * This severity and worse ones are told all the same: `p0` to `p3`.
 */
except: AlertEvent, };

/**
 * A mail server and who is written to.
 */
export type EmailChannel = { 
/**
 * The channel's name in lists.
 */
name: string, 
/**
 * What it tells.
 */
events: Array<AlertEvent>, 
/**
 * The server's name or address.
 */
server: string, 
/**
 * Its port: usually 587, or 465 with `tls: whole`.
 */
port: number, 
/**
 * How the connection is protected.
 */
tls: MailTls, 
/**
 * Who logs in; nobody when absent.
 */
user: string | null, 
/**
 * `keyring:NAME` or `env:NAME`; never the password itself.
 */
password: string | null, 
/**
 * The sender.
 */
from: string, 
/**
 * The receivers.
 */
to: Array<string>, 
/**
 * Another wording.
 */
template: AlertTemplate | null, };

/**
 * How a connection to a mail server is protected.
 */
export type MailTls = "starttls" | "whole" | "none";

/**
 * An address that a document is posted to.
 */
export type WebhookChannel = { 
/**
 * The channel's name in lists.
 */
name: string, 
/**
 * What it tells.
 */
events: Array<AlertEvent>, 
/**
 * The form of the document.
 */
shape: WebhookShape, 
/**
 * The address, or `keyring:NAME` or `env:NAME` where the address is a secret itself; PagerDuty's when absent.
 */
url: string | null, 
/**
 * `keyring:NAME` or `env:NAME`: PagerDuty's routing key; else sent as a bearer token.
 */
key: string | null, 
/**
 * Whether the address may be of this machine or its network.
 */
allow_private: boolean, 
/**
 * Another wording.
 */
template: AlertTemplate | null, };

/**
 * The form of a posted document.
 */
export type WebhookShape = "plain" | "slack" | "pagerduty";

/**
 * An operator's own wording: text with `{fields}`, such as `{severity}`, `{chain}`, `{error}`, `{title}`, `{body}`.
 */
export type AlertTemplate = { 
/**
 * One line.
 */
title: string, 
/**
 * The text.
 */
body: string, };

/**
 * An ordered list of tiers that answers to one name.
 */
export type Chain = { 
/**
 * The model that clients ask for.
 */
name: string, 
/**
 * Other names that lead here; `*` is any name that no other chain has.
 */
aliases: Array<string>, 
/**
 * The longest that one request may take over all its tiers.
 */
deadline: Span, 
/**
 * What happens when a stream breaks after its first content.
 */
on_broken_stream: BrokenStream, 
/**
 * How a rate limit is met.
 */
on_rate_limit: OnRateLimit, 
/**
 * Whether a late first token starts the next tier too.
 */
hedge: Hedge, 
/**
 * Whether JSON answers say in their body who gave them: `_backend`, `_degraded`, `_notice`. The headers always do.
 */
mark_body: boolean, 
/**
 * How a recovered tier takes traffic again.
 */
failback: Failback, 
/**
 * The tiers, in order of preference.
 */
tiers: Array<Tier>, 
/**
 * What answers when no tier can.
 */
emergency: Emergency, };

/**
 * What happens when a stream breaks after its first content.
 */
export type BrokenStream = "stop" | "resume";

/**
 * How a rate limit is met.
 */
export type OnRateLimit = { 
/**
 * Wait out a `Retry-After` this short; `0s` fails over at once.
 */
wait_up_to: Span, };

/**
 * Whether a late first token starts the next tier too.
 */
export type Hedge = { 
/**
 * On or off.
 */
enabled: boolean, 
/**
 * How late is late, while a tier has answered too few requests to tell by its own 95th percentile.
 */
after: Span, };

/**
 * Who brings a recovered tier back.
 */
export type FailbackMode = "auto" | "manual";

/**
 * How a recovered tier takes traffic again.
 */
export type Failback = { 
/**
 * Who brings it back.
 */
mode: FailbackMode, 
/**
 * Healthy this long before it sees traffic again; grows with each relapse, within 20 s of hold and ramp.
 */
hold: Span, 
/**
 * The share of traffic grows from 1 % to 100 % in this time.
 */
ramp: Span, };

/**
 * What answers when no tier can.
 */
export type Emergency = { 
/**
 * Answers kept from before.
 */
cache: EmergencyCache, 
/**
 * Patterns with a templated reply.
 */
rules: unknown[], 
/**
 * Requests kept until a tier returns.
 */
queue: EmergencyQueue, };

/**
 * Answers kept from before.
 */
export type EmergencyCache = { 
/**
 * On or off.
 */
enabled: boolean, 
/**
 * Cosine similarity from which an answer counts as similar; 0 to 1.
 */
similar: number, };

/**
 * Requests kept until a tier returns.
 */
export type EmergencyQueue = { 
/**
 * On or off.
 */
enabled: boolean, };

/**
 * One step of a chain.
 */
export type Tier = { 
/**
 * Unique within its chain.
 */
name: string, 
/**
 * What kind of server answers.
 */
provider: Provider, 
/**
 * Base URL of the only replica. Optional for providers with a well-known address, and left out when
 * `replicas` are given.
 */
url?: string, 
/**
 * The model's name at that server; replaces the one asked for.
 */
model: string, 
/**
 * Where the key is: `keyring:NAME` or `env:NAME`. Never the key itself.
 */
key?: string, 
/**
 * Several servers with the same model.
 */
replicas?: Array<Replica>, 
/**
 * The operator's switch.
 */
enabled: boolean, 
/**
 * How long each part of an answer may take.
 */
timeouts: Timeouts, 
/**
 * Tries at the same replica.
 */
retry: Retry, 
/**
 * When a replica is left alone.
 */
breaker: Breaker, 
/**
 * How health is checked; left out, the provider's kind decides.
 */
probe?: Probe, 
/**
 * What makes requests leave this tier.
 */
triggers: Triggers, 
/**
 * What changes in a request that this tier serves.
 */
degrade: Degrade, 
/**
 * How much worse this tier's answers are.
 */
quality_impact: QualityImpact, 
/**
 * What it can do, as a share of what the chain's best tier can: above 0, to 1. Left out: 1 for the first tier, and
 * for the others 0.9, 0.6 or 0.3 by their quality impact.
 */
capability_weight?: number, 
/**
 * What its serving engine says of its own load, and what of that is a finding.
 */
load?: LoadWatch, 
/**
 * What its model can do, where that is not what is known of it by name.
 */
capabilities?: Capabilities, 
/**
 * What its tokens cost; nothing is said of the cost of a tier without one.
 */
price?: Price, };

/**
 * What kind of server answers.
 */
export type Provider = "openai" | "azure" | "anthropic" | "gemini" | "bedrock" | "vllm" | "sglang" | "tgi" | "llama.cpp" | "lmstudio" | "ollama" | "openrouter" | "groq" | "mistral" | "deepseek" | "together" | "other" | "practice";

/**
 * One of several servers with the same model.
 */
export type Replica = { 
/**
 * Base URL, such as `http://gpu1:8000`.
 */
url: string, 
/**
 * How it is started anew when it is down.
 */
restart?: Restart, 
/**
 * The GPUs that it runs on: UUIDs, numbers on this machine, or `HOST/NUMBER` of a host under `gpu_hosts`. Left out,
 * they are looked for.
 */
gpus?: Array<string>, };

/**
 * How long each part of an answer may take.
 */
export type Timeouts = { 
/**
 * Until the connection stands.
 */
connect: Span, 
/**
 * Until the first meaningful token (streaming), or the whole answer's head.
 */
first_token: Span, 
/**
 * Silence between tokens.
 */
idle: Span, 
/**
 * The whole answer.
 */
total: Span, };

/**
 * Tries at the same replica, after the first.
 */
export type Retry = { 
/**
 * How many further tries; 0 to 5.
 */
attempts: number, 
/**
 * Pause before the first of them; doubles.
 */
backoff: Span, };

/**
 * When a replica is left alone.
 */
export type Breaker = { 
/**
 * Failures in a row that open it; 1 to 1000.
 */
consecutive: number, 
/**
 * Share of failures within `window` that opens it; 0 to 1.
 */
rate: number, 
/**
 * Requests within `window` before the share counts.
 */
min_requests: number, 
/**
 * The sliding window of `rate`.
 */
window: Span, 
/**
 * How long it stays open; doubles with each relapse up to ten minutes. A server that answers its checks is
 * tried earlier.
 */
open: Span, 
/**
 * Requests let through at once while half-open.
 */
trials: number, 
/**
 * Successes in a row that close it.
 */
close_after: number, };

/**
 * How health is asked for.
 */
export type ProbeKind = "http" | "models" | "generation" | "off";

/**
 * How health is checked.
 */
export type Probe = { 
/**
 * What is asked for.
 */
kind: ProbeKind, 
/**
 * The path asked for when `kind` is `http`; left out, the provider's own.
 */
path?: string, 
/**
 * Time between two checks, with a little jitter.
 */
every: Span, 
/**
 * No answer within this time is a failure.
 */
timeout: Span, 
/**
 * Slower than this is degraded.
 */
slow: Span, 
/**
 * Failures in a row until down.
 */
down_after: number, 
/**
 * Successes in a row until up.
 */
up_after: number, };

/**
 * What makes requests leave a tier. With a trigger off they stay: their clients get this tier's error.
 */
export type Triggers = { 
/**
 * Its first tokens come later than this: more than 5 % of the answers of the last minute, and three at least.
 */
first_token_above?: Span, 
/**
 * Its answers take longer than this: more than 5 % of those of the last minute, and three at least.
 */
total_above?: Span, 
/**
 * A rate limit, or a quota that is spent.
 */
rate_limited: boolean, 
/**
 * A fault of the GPU it runs on.
 */
gpu: boolean, 
/**
 * It does not answer, or answers with errors.
 */
provider_down: boolean, 
/**
 * A request that does not fit into its context.
 */
context_too_long: boolean, 
/**
 * Answers that fail the quality checks. Nothing judges answers in this version.
 */
quality: boolean, 
/**
 * A spent budget. Nothing counts costs in this version.
 */
over_budget: boolean, 
/**
 * How much worse answers become when requests leave for this reason.
 */
impact?: TriggerImpact, };

/**
 * How much worse answers become when requests leave a tier, by trigger. Left out: as much as the tier says that answers
 * instead.
 */
export type TriggerImpact = { first_token_above?: QualityImpact, total_above?: QualityImpact, rate_limited?: QualityImpact, gpu?: QualityImpact, provider_down?: QualityImpact, context_too_long?: QualityImpact, quality?: QualityImpact, over_budget?: QualityImpact, };

/**
 * What changes in a request that a tier serves.
 */
export type Degrade = { 
/**
 * The most output tokens.
 */
max_tokens?: number, 
/**
 * Replaces the client's temperature.
 */
temperature?: number, 
/**
 * Added in front as a system message.
 */
system_note?: string, 
/**
 * Told to the client in `x-changeover-notice`.
 */
notice?: string, };

/**
 * How much worse a tier's answers are than the first's.
 */
export type QualityImpact = "low" | "medium" | "high";

/**
 * What a model can do; left out, it is known by the provider and the model's name.
 */
export type Capabilities = { 
/**
 * Whether it answers in words.
 */
chat?: boolean, 
/**
 * Whether it makes vectors of texts.
 */
embeddings?: boolean, 
/**
 * Whether it sees pictures.
 */
images?: boolean, 
/**
 * Whether it calls tools.
 */
tools?: boolean, 
/**
 * Whether it can be made to call a tool.
 */
forced_tools?: boolean, 
/**
 * Whether it keeps to a JSON schema.
 */
schema?: boolean, 
/**
 * How many tokens fit, prompt and answer together.
 */
context?: number, 
/**
 * Whether it goes on from a last message of the assistant's.
 */
prefill?: boolean, };

/**
 * What a serving engine (vLLM, SGLang, TGI, llama.cpp, Ollama) says of its own load, and what of that is a finding.
 */
export type LoadWatch = { 
/**
 * Whether it is read.
 */
watch: boolean, 
/**
 * Time between two readings; 1s to 10m.
 */
every: Span, 
/**
 * So many waiting requests, twice in a row, mean saturated.
 */
queue: number, 
/**
 * A key-value cache that is fuller than this share, twice in a row, means saturated; 0 to 1.
 */
cache: number, 
/**
 * Requests that run and bring no token for this long mean that the engine stands still.
 */
stuck_after: Span, 
/**
 * Whether it is meant to run on the CPU; then doing so is no finding.
 */
on_cpu: boolean, };

/**
 * How a server is started anew when it is down: a systemd unit, or a command.
 */
export type Restart = { 
/**
 * The switch: nothing is started before it is on.
 */
enabled: boolean, 
/**
 * A systemd unit, such as `vllm.service`.
 */
unit?: string, 
/**
 * Whether it is a unit of this user's own manager rather than of the system's.
 */
user: boolean, 
/**
 * A program with its arguments, which starts the server and ends.
 */
command?: Array<string>, 
/**
 * It may come back by itself for this long first.
 */
delay: Span, 
/**
 * At most so many starts within `window`; then it is left alone until it is well again.
 */
limit: number, 
/**
 * See `limit`.
 */
window: Span, 
/**
 * A server that does not answer its checks this long after a start has not come back.
 */
healthy_within: Span, };

/**
 * Another machine whose GPUs are watched, through the DCGM exporter that runs there.
 */
export type GpuHost = { 
/**
 * How it is called on the screens; its GPUs are `NAME/0` and so on.
 */
name: string, 
/**
 * The exporter's address, such as `http://gpu1:9400/metrics`.
 */
url: string, };

/**
 * Targets that reports and incidents are held against.
 */
export type Targets = { 
/**
 * Share of the requests that have to be answered, 0 to 1; what is missing to 1 is the error budget.
 */
availability: number, 
/**
 * API routing: the longest time without a good answer.
 */
routing_rto: Span, 
/**
 * Model serving: a tier that failed has to be in full service again within this time.
 */
serving_rto: Span, 
/**
 * Conversation history has to be back within this time.
 */
history_rto: Span, 
/**
 * As much of the conversation history may be lost.
 */
history_rpo: Span, 
/**
 * Preferences, which is this configuration, have to be in force again within this time.
 */
preferences_rto: Span, 
/**
 * As much of what was changed of them may be lost.
 */
preferences_rpo: Span, 
/**
 * An hour that costs so many times the usual one opens an incident; 0 for never. Needs a `price` at the tiers.
 */
cost_spike: number, 
/**
 * An hour that costs less than this opens none, US dollars.
 */
cost_floor: number, };

/**
 * What a model's tokens cost, US dollars per million.
 */
export type Price = { 
/**
 * Of the prompt.
 */
input: number, 
/**
 * Of the answer.
 */
output: number, };

/**
 * How much of a chain's capability is left.
 */
export type Mode = "full" | "degraded" | "emergency" | "off";

/**
 * What a replica's checks and traffic say.
 */
export type Health = "unknown" | "healthy" | "degraded" | "down";

/**
 * The state of a circuit breaker.
 */
export type BreakerState = "closed" | "open" | "half_open";

/**
 * Everything the frame and the Overview show; sent whole with every change.
 */
export type Overview = { 
/**
 * When this was put together.
 */
at_ms: number, 
/**
 * One sentence: who answers, since when, and why not the first tier.
 */
sentence: string, 
/**
 * The chain that `sentence` speaks of; absent without chains.
 */
chain: string | null, 
/**
 * Whether requests are accepted.
 */
endpoint: EndpointState, 
/**
 * What keeps the program from keeping its records, in words; requests are answered all the same.
 */
problems: Array<string>, 
/**
 * The revision in force.
 */
revision: number, 
/**
 * Every chain.
 */
chains: Array<ChainView>, 
/**
 * Incidents not closed.
 */
open_incidents: number, 
/**
 * The newest change-overs, newest first; at most 10.
 */
recent: Array<ChangeOver>, 
/**
 * The last 7 days; real traffic and practice apart.
 */
week: Array<WeekFigures>, 
/**
 * The labels of the simulated servers that were switched to fail.
 */
faults_injected: Array<string>, };

/**
 * Availability over the last seven days.
 */
export type WeekFigures = { 
/**
 * Whether these are the practice chain's figures.
 */
simulated: boolean, 
/**
 * Requests that counted: not those that failed through the client's own mistake or hang-up.
 */
requests: number, 
/**
 * Share answered, 0 to 1; absent without requests.
 */
availability: number | null, 
/**
 * Share that the first tier alone would have answered.
 */
first_tier_alone: number | null, 
/**
 * Change-overs away from a better tier.
 */
failovers: number, 
/**
 * The longest recovery of a closed incident.
 */
worst_rto_ms: number | null, };

/**
 * Where applications connect.
 */
export type EndpointState = { 
/**
 * Whether the endpoint listens.
 */
listening: boolean, 
/**
 * `http://127.0.0.1:4747/v1`.
 */
base_url: string, 
/**
 * Why it does not listen, and what to do.
 */
problem: string | null, 
/**
 * Whether clients need a key.
 */
needs_key: boolean, };

/**
 * A chain and what it does now.
 */
export type ChainView = { 
/**
 * Its name: the model clients ask for.
 */
name: string, 
/**
 * Other names.
 */
aliases: Array<string>, 
/**
 * Whether its tiers are simulated.
 */
simulated: boolean, 
/**
 * How much of it is left.
 */
mode: Mode, 
/**
 * The capability of the tier that answers, as a share of what the chain's best tier can do: 0 to 1.
 */
score: number, 
/**
 * The name of the tier that answers; absent when none does.
 */
serving: string | null, 
/**
 * Since when that tier answers.
 */
since_ms: number, 
/**
 * Whether another tier would answer if the one that does failed now; read off the router's own plan.
 */
armed: boolean, 
/**
 * Why not.
 */
not_armed: string | null, 
/**
 * Whether a recovered tier waits for the operator (`failback: manual`).
 */
manual_failback: boolean, 
/**
 * The operator's pin.
 */
pin: PinView | null, 
/**
 * The tiers in order.
 */
tiers: Array<TierView>, 
/**
 * The open incident that concerns it, if any.
 */
incident: string | null, };

/**
 * A tier and what it does now.
 */
export type TierView = { 
/**
 * Unique within the chain.
 */
name: string, 
/**
 * What kind of server answers.
 */
provider: Provider, 
/**
 * The model's name there.
 */
model: string, 
/**
 * The operator's switch.
 */
enabled: boolean, 
/**
 * How much worse its answers are.
 */
quality_impact: QualityImpact, 
/**
 * Whether a request would be sent to it now.
 */
may_serve: boolean, 
/**
 * Why not.
 */
why_not: string | null, 
/**
 * The operator's order that holds for it.
 */
order: OrderView | null, 
/**
 * Whether it recovered and waits for Fail back now.
 */
waits: boolean, 
/**
 * Share of traffic it is ramped up to, 0 to 1.
 */
share: number, 
/**
 * Share of the chain's requests it served in the last minute, 0 to 1; absent without requests.
 */
traffic: number | null, 
/**
 * Its servers.
 */
replicas: Array<ReplicaView>, };

/**
 * A server and what is known of it.
 */
export type ReplicaView = { 
/**
 * Stable over restarts and edits.
 */
id: string, 
/**
 * Base URL.
 */
url: string, 
/**
 * What checks and traffic say.
 */
health: Health, 
/**
 * Since when.
 */
since_ms: number, 
/**
 * The breaker.
 */
breaker: BreakerState, 
/**
 * When the next trial is due, while the breaker is open.
 */
trial_at_ms: number | null, 
/**
 * Left alone until then (rate limit, quota, credential).
 */
cool_down_until_ms: number | null, 
/**
 * Why it is left alone.
 */
cool_down_reason: string | null, 
/**
 * The last failure, in words, and when.
 */
last_error: string | null, 
/**
 * When that was.
 */
last_error_ms: number | null, 
/**
 * Requests being answered.
 */
in_flight: number, 
/**
 * Requests in the last 15 minutes.
 */
requests: number, 
/**
 * Failures among them.
 */
failures: number, 
/**
 * Median time to the first token in the last 15 minutes.
 */
first_token_p50_ms: number | null, 
/**
 * 95th percentile of the same.
 */
first_token_p95_ms: number | null, 
/**
 * The newest active checks, oldest first; at most 90.
 */
checks: Array<Check>, 
/**
 * GPUs it is known to run on, by UUID.
 */
gpus: Array<string>, 
/**
 * What its serving engine says of its load; absent where none does, or none was read yet.
 */
load: EngineLoad | null, 
/**
 * What was counted and measured in the last 15 minutes.
 */
figures: FiguresView, 
/**
 * What is left of its rate limits; absent where its answers do not say.
 */
quota: QuotaView | null, 
/**
 * The last step of its restarts; absent before the first.
 */
restart: RestartView | null, 
/**
 * What its active checks came to.
 */
check_costs: CheckCosts, };

/**
 * What a serving engine said of its load. What it does not say is absent, never zero.
 */
export type EngineLoad = { 
/**
 * When it was asked last.
 */
at_ms: number, 
/**
 * Requests that it works on.
 */
running: number | null, 
/**
 * Requests that wait in its queue.
 */
waiting: number | null, 
/**
 * Requests that it can work on at once.
 */
slots: number | null, 
/**
 * Share of its key-value cache in use, 0 to 1.
 */
cache: number | null, 
/**
 * Tokens generated per second since the reading before.
 */
tokens_per_second: number | null, 
/**
 * Models in its memory.
 */
models: Array<EngineModel>, 
/**
 * What is wrong; the worst first.
 */
findings: Array<EngineFinding>, };

/**
 * A model in a serving engine's memory.
 */
export type EngineModel = { 
/**
 * Its name.
 */
name: string, 
/**
 * Its size, bytes.
 */
size: number, 
/**
 * What of it is in GPU memory, bytes.
 */
in_gpu: number, };

/**
 * What is wrong with a serving engine's load.
 */
export type EngineFinding = { 
/**
 * Whether it degrades the replica; else it is only told.
 */
degrades: boolean, 
/**
 * What, in words.
 */
what: string, 
/**
 * What to do, in words.
 */
remedy: string, };

/**
 * One active check.
 */
export type Check = { 
/**
 * When it ended.
 */
at_ms: number, 
/**
 * Whether it succeeded.
 */
ok: boolean, 
/**
 * How long it took.
 */
took_ms: number, 
/**
 * Why it failed, in words.
 */
error: string | null, };

/**
 * What was counted and measured of a replica over a span. What was not measured is absent.
 */
export type FiguresView = { 
/**
 * How far it looks back.
 */
span_ms: number, 
/**
 * Tries, but for those that ended by the client's doing.
 */
requests: number, 
/**
 * Those that failed.
 */
failed: number, 
/**
 * Those that were refused for their rate or quota (429).
 */
rate_limited: number, 
/**
 * Answers that broke off after their first token.
 */
partial: number, 
/**
 * Time to the first token.
 */
first_token: PercentilesView | null, 
/**
 * Time to the end of a good answer.
 */
total: PercentilesView | null, 
/**
 * Mean time between two tokens of a good answer.
 */
inter_token: PercentilesView | null, 
/**
 * Output tokens per second while answers were made.
 */
tokens_per_second: number | null, 
/**
 * Failures by class, the most frequent first.
 */
errors: Array<CauseCount>, };

/**
 * Times below which 50, 95 and 99 % of all lie.
 */
export type PercentilesView = { 
/**
 * Half of all.
 */
p50_ms: number, 
/**
 * 95 %.
 */
p95_ms: number, 
/**
 * 99 %.
 */
p99_ms: number, };

/**
 * What a provider's headers said is left of its rate limits.
 */
export type QuotaView = { 
/**
 * When it said so.
 */
at_ms: number, 
/**
 * Requests left.
 */
requests_left: number | null, 
/**
 * Requests in all.
 */
requests_limit: number | null, 
/**
 * Tokens left.
 */
tokens_left: number | null, 
/**
 * Tokens in all.
 */
tokens_limit: number | null, };

/**
 * What the active checks of a replica came to since the program started.
 */
export type CheckCosts = { 
/**
 * Checks in all.
 */
made: number, 
/**
 * Those that asked for a token.
 */
generations: number, 
/**
 * Those that the provider bills: generations at a provider that is paid per request.
 */
billed: number, };

/**
 * The last step of a server's restarts.
 */
export type RestartView = { 
/**
 * When.
 */
at_ms: number, 
/**
 * Whether it failed or was given up.
 */
failed: boolean, 
/**
 * In words.
 */
words: string, };

/**
 * A replica's figures over longer times.
 */
export type ReplicaFigures = { 
/**
 * The replica's id.
 */
replica: string, 
/**
 * The last hour, day and week, up to the last whole minute.
 */
periods: Array<FiguresView>, };

/**
 * Which server's figures.
 */
export type ReplicaFiguresRequest = { 
/**
 * Its id, as in the live state.
 */
replica: string, };

/**
 * What the data folder's tables take, and how long they are kept.
 */
export type DataSizes = { 
/**
 * The database file, bytes.
 */
database_bytes: number, 
/**
 * What stands in it, the largest first.
 */
parts: Array<DataPart>, };

/**
 * One kind of data.
 */
export type DataPart = { 
/**
 * What it is, in words.
 */
name: string, 
/**
 * With its indexes, bytes.
 */
bytes: number, 
/**
 * How long it is kept, in words.
 */
kept: string, };

/**
 * One change-over from a tier to another.
 */
export type ChangeOver = { 
/**
 * The journal's number.
 */
id: string, 
/**
 * When.
 */
at_ms: number, 
/**
 * In which chain.
 */
chain: string, 
/**
 * Whether the chain is simulated.
 */
simulated: boolean, 
/**
 * Away from a better tier, or back to one.
 */
direction: Direction, 
/**
 * The tier that answered before.
 */
from: string, 
/**
 * The tier that answers now.
 */
to: string, 
/**
 * The failure class or the operator's act: `refused`, `rate_limited`, `operator`, `recovered`, ...
 */
trigger: string, 
/**
 * The error, in words.
 */
error: string, 
/**
 * What to do about it, in words.
 */
advice: string, 
/**
 * How much longer the client waited for it; absent when no request was in flight.
 */
waited_ms: number | null, 
/**
 * The incident it belongs to.
 */
incident: string | null, };

/**
 * Away from a better tier, or back to one.
 */
export type Direction = "over" | "back";

/**
 * Figures over time.
 */
export type Series = { 
/**
 * The points' times, oldest first.
 */
at_ms: Array<number>, 
/**
 * The lines; each has as many values as there are times.
 */
lines: Array<SeriesLine>, 
/**
 * Change-overs in the range.
 */
marks: Array<SeriesMark>, };

/**
 * One line of a chart.
 */
export type SeriesLine = { 
/**
 * What it is of: a tier's name, `p50`, a GPU.
 */
name: string, 
/**
 * `/s`, `ms`, `%`, `°C`, `W`, `MiB`.
 */
unit: string, 
/**
 * The values; absent where nothing was measured.
 */
values: Array<number | null>, };

/**
 * Something that happened at a moment of a chart.
 */
export type SeriesMark = { 
/**
 * When.
 */
at_ms: number, 
/**
 * What, in a few words.
 */
label: string, };

/**
 * What the GPUs screen shows.
 */
export type GpuPage = { 
/**
 * When it was sampled; absent before the first sample.
 */
at_ms: number | null, 
/**
 * Driver version; absent without a driver.
 */
driver: string | null, 
/**
 * The GPUs; empty with a reason.
 */
gpus: Array<GpuView>, 
/**
 * Why there are none to see, in words.
 */
reason: string | null, 
/**
 * What to do about it.
 */
remedy: string | null, 
/**
 * Other machines that are asked.
 */
hosts: Array<GpuHostView>, };

/**
 * Another machine whose DCGM exporter is asked.
 */
export type GpuHostView = { 
/**
 * How it is called.
 */
name: string, 
/**
 * When it answered last; absent before the first time.
 */
at_ms: number | null, 
/**
 * Why it does not answer; absent when it does.
 */
reason: string | null, };

/**
 * One GPU. A missing sensor is absent, never zero.
 */
export type GpuView = { 
/**
 * `GPU-...`
 */
uuid: string, 
/**
 * The machine it is in, as `gpu_hosts` calls it; absent for this one.
 */
host: string | null, 
/**
 * Number on its machine.
 */
index: number, 
/**
 * Product name.
 */
name: string, 
/**
 * Busy share, percent.
 */
utilisation: number | null, 
/**
 * Memory in use, MiB.
 */
memory_used_mib: number | null, 
/**
 * Memory in all, MiB.
 */
memory_total_mib: number | null, 
/**
 * Degrees Celsius.
 */
temperature: number | null, 
/**
 * Watts.
 */
power: number | null, 
/**
 * The power cap, watts.
 */
power_limit: number | null, 
/**
 * Streaming multiprocessors' clock, MHz.
 */
clock_sm: number | null, 
/**
 * Memory clock, MHz.
 */
clock_memory: number | null, 
/**
 * Why it is slowed, in words; empty when it is not.
 */
throttled: Array<string>, 
/**
 * Uncorrected ECC errors since boot.
 */
ecc_uncorrected: number | null, 
/**
 * Corrected ECC errors since boot.
 */
ecc_corrected: number | null, 
/**
 * Memory rows that were replaced after corrected errors.
 */
remapped_corrected: number | null, 
/**
 * Memory rows that were replaced after uncorrected errors.
 */
remapped_uncorrected: number | null, 
/**
 * Xid events seen since start, newest last.
 */
xids: Array<number>, 
/**
 * Programs that use it.
 */
processes: Array<GpuProcess>, 
/**
 * What is wrong, in words.
 */
findings: Array<GpuFinding>, 
/**
 * Replicas that run on it, by id.
 */
replicas: Array<string>, 
/**
 * The models of those replicas.
 */
models: Array<string>, 
/**
 * What a fault of it would do, a sentence per chain.
 */
consequences: Array<string>, };

/**
 * A program on a GPU.
 */
export type GpuProcess = { 
/**
 * Process id.
 */
pid: number, 
/**
 * Its command's name; absent when it cannot be read.
 */
name: string | null, 
/**
 * Memory it holds, MiB.
 */
memory_mib: number | null, 
/**
 * Whether it is the server of one of the replicas on this GPU.
 */
ours: boolean, };

/**
 * What is wrong with a GPU.
 */
export type GpuFinding = { 
/**
 * Whether it takes the GPU out of service.
 */
fatal: boolean, 
/**
 * What, in words.
 */
what: string, 
/**
 * What to do, in words.
 */
remedy: string, };

/**
 * How bad an incident is.
 */
export type IncidentSeverity = "P0" | "P1" | "P2" | "P3";

/**
 * Whether an incident still goes on.
 */
export type IncidentState = "open" | "acknowledged" | "closed";

/**
 * A row of the list.
 */
export type Incident = { 
/**
 * Its number, as text.
 */
id: string, 
/**
 * Whether it goes on.
 */
state: IncidentState, 
/**
 * How bad.
 */
severity: IncidentSeverity, 
/**
 * `outage`, `rate_limit`, `degradation`, `model`, `gpu`, `credential`, `quality`, `cost`, `safety`, `all_down`.
 */
kind: string, 
/**
 * One line.
 */
title: string, 
/**
 * Which chain.
 */
chain: string, 
/**
 * Which tier.
 */
tier: string, 
/**
 * Whether the chain is simulated.
 */
simulated: boolean, 
/**
 * The four times.
 */
times: IncidentTimes, 
/**
 * Sum of the parts, once restored.
 */
rto_ms: number | null, 
/**
 * Requests that another tier saved.
 */
saved: number, 
/**
 * Requests that failed.
 */
failed: number, 
/**
 * How often it came back before it was closed.
 */
relapses: number, 
/**
 * What failed, in words.
 */
cause: string, 
/**
 * What to do, in words.
 */
advice: string, 
/**
 * Whether a person set the severity.
 */
severity_by_hand: boolean, 
/**
 * How far the people who work on it have come.
 */
phase: Phase, 
/**
 * The runbook that is followed.
 */
runbook: string | null, 
/**
 * The incident that it was merged into.
 */
merged_into: string | null, 
/**
 * The tier that took over, where one did.
 */
answered_by: string | null, 
/**
 * When somebody first acknowledged it.
 */
acknowledged_ms: number | null, 
/**
 * When it was closed.
 */
closed_ms: number | null, };

/**
 * The recorded times of an incident; a later one is absent until it has happened.
 */
export type IncidentTimes = { 
/**
 * The first evidence, looking back.
 */
began_ms: number, 
/**
 * When the program noticed.
 */
detected_ms: number, 
/**
 * When the severity was set.
 */
assessed_ms: number | null, 
/**
 * First good answer from another tier.
 */
failed_over_ms: number | null, 
/**
 * The tier serves again, hold and ramp passed.
 */
restored_ms: number | null, };

/**
 * A page of the list.
 */
export type IncidentPage = { 
/**
 * Newest first.
 */
incidents: Array<Incident>, 
/**
 * How many match in all; absent in a page that follows another.
 */
total: number | null, };

/**
 * An incident with everything that belongs to it.
 */
export type IncidentDetail = { 
/**
 * The row.
 */
incident: Incident, 
/**
 * Every relevant event, oldest first.
 */
timeline: Array<TimelineEntry>, 
/**
 * Corrected times with what was recorded first, oldest first.
 */
corrections: Array<Correction>, 
/**
 * The steps of runbooks as they were last ticked.
 */
steps: Array<StepState>, 
/**
 * The post-mortem as Markdown; empty until it is written.
 */
post_mortem: string, };

/**
 * One line of a timeline.
 */
export type TimelineEntry = { 
/**
 * The journal's number, as text.
 */
id: string, 
/**
 * When.
 */
at_ms: number, 
/**
 * `evidence`, `state`, `failover`, `answer`, `probe`, `alert`, `operator`, `note`, `milestone`, `gpu`,
 * `correction`, `runbook`, `revision`.
 */
kind: string, 
/**
 * What, in words.
 */
text: string, 
/**
 * Who did it, when a person did.
 */
actor: string | null, 
/**
 * The earlier wordings of a note, first one first.
 */
earlier: Array<string>, };

/**
 * How far the people who work on an incident have come.
 */
export type Phase = "detect" | "triage" | "mitigate" | "investigate" | "recover" | "post_mortem";

/**
 * A recorded time of an incident.
 */
export type Milestone = "began" | "detected" | "assessed" | "failed_over" | "restored";

/**
 * A corrected time.
 */
export type Correction = { 
/**
 * Which time.
 */
milestone: Milestone, 
/**
 * What had been recorded.
 */
was_ms: number | null, 
/**
 * What it was set to.
 */
now_ms: number, 
/**
 * Why.
 */
reason: string, 
/**
 * When it was corrected.
 */
at_ms: number, 
/**
 * By whom.
 */
actor: string, };

/**
 * A step of a runbook, as it was last ticked.
 */
export type StepState = { 
/**
 * The runbook's name.
 */
runbook: string, 
/**
 * The step's number, from 1.
 */
step: number, 
/**
 * Whether it is done.
 */
done: boolean, 
/**
 * When it was ticked.
 */
at_ms: number, 
/**
 * By whom.
 */
actor: string, };

/**
 * Incidents that began on one day.
 */
export type IncidentDay = { 
/**
 * The day's start.
 */
from_ms: number, 
/**
 * How many of severity P0, P1, P2, P3.
 */
counts: [number, number, number, number], };

/**
 * A page of the change-overs.
 */
export type HistoryPage = { 
/**
 * Newest first.
 */
changes: Array<ChangeOver>, 
/**
 * How many match in all; absent in a page that follows another.
 */
total: number | null, };

/**
 * A request, explained.
 */
export type RequestExplained = { 
/**
 * Its id, as in `x-changeover-request-id`.
 */
id: string, 
/**
 * When it came.
 */
at_ms: number, 
/**
 * The model that the client asked for.
 */
asked: string, 
/**
 * The chain that this led to.
 */
chain: string, 
/**
 * Whether the chain is simulated.
 */
simulated: boolean, 
/**
 * Whether the client asked for a stream.
 */
stream: boolean, 
/**
 * The tier that answered.
 */
tier: string | null, 
/**
 * `answered`, `failed`, `client_mistake`, `client_gone`.
 */
result: string, 
/**
 * Time to the end.
 */
total_ms: number, 
/**
 * Each tier in the chain's order, and why it was passed over.
 */
tiers: Array<RequestTier>, 
/**
 * The tries at servers, in order.
 */
tries: Array<RequestTry>, 
/**
 * Why an answer that broke off was not continued, where the chain asks for that.
 */
not_resumed: string | null, };

/**
 * What the plan said of a tier.
 */
export type RequestTier = { 
/**
 * The tier.
 */
tier: string, 
/**
 * Why it was passed over; absent when it might serve.
 */
why_not: string | null, 
/**
 * The share of the traffic that it took while it was ramped up after a recovery, percent; absent else.
 */
share_percent?: number, 
/**
 * The trigger by which it was passed over; absent where none is about the reason.
 */
trigger?: string, };

/**
 * A try at a server.
 */
export type RequestTry = { 
/**
 * The tier.
 */
tier: string, 
/**
 * Host and port.
 */
server: string, 
/**
 * When it was begun.
 */
began_ms: number, 
/**
 * Time to the first meaningful token; absent for whole answers.
 */
first_token_ms: number | null, 
/**
 * Time to the end.
 */
total_ms: number, 
/**
 * The class of its failure; absent when the answer was good.
 */
failure: string | null, 
/**
 * The failure in words; empty without one.
 */
message: string, 
/**
 * What followed from the failure, in words.
 */
verdict: string | null, 
/**
 * Fields of the request that this server's dialect has no word for.
 */
left_out: Array<string>, 
/**
 * Whether it went on with an answer that the try before it had begun.
 */
resumes: boolean, 
/**
 * The fault that an operator injected between the router and the server; absent for a try without one.
 */
fault?: Fault, };

/**
 * Who gave an order, when and why.
 */
export type Given = { 
/**
 * Who.
 */
by: string, 
/**
 * When.
 */
at_ms: number, 
/**
 * Why; may be empty.
 */
why: string, };

/**
 * A tier that comes before all others of its chain.
 */
export type PinView = { 
/**
 * The chain.
 */
chain: string, 
/**
 * The tier.
 */
tier: string, 
/**
 * Whether no other tier may answer, even when this one cannot.
 */
only: boolean, 
/**
 * When it ends by itself; absent: when it is released.
 */
until_ms: number | null, 
/**
 * Whose order.
 */
given: Given, };

/**
 * What an order does to a tier.
 */
export type OrderKind = "draining" | "disabled" | "set_aside" | "maintenance" | "retired";

/**
 * An order that holds for a tier, or for one of its replicas.
 */
export type OrderView = { 
/**
 * What it does.
 */
kind: OrderKind, 
/**
 * The chain.
 */
chain: string, 
/**
 * The tier; absent: the whole chain.
 */
tier: string | null, 
/**
 * The replica's id; absent: the whole tier.
 */
replica: string | null, 
/**
 * When it ends by itself.
 */
until_ms: number | null, 
/**
 * Whose order.
 */
given: Given, };

/**
 * A maintenance window, open or to come.
 */
export type WindowView = { 
/**
 * Its number.
 */
id: number, 
/**
 * The chain.
 */
chain: string, 
/**
 * The tier; absent: the whole chain.
 */
tier: string | null, 
/**
 * Its beginning.
 */
from_ms: number, 
/**
 * Its end.
 */
to_ms: number, 
/**
 * Whether it is open now.
 */
open: boolean, 
/**
 * Whose order.
 */
given: Given, };

/**
 * A model that may not answer anywhere.
 */
export type RetiredView = { 
/**
 * Its name, as the tiers write it.
 */
model: string, 
/**
 * The tiers that it takes out, `chain/tier`.
 */
tiers: Array<string>, 
/**
 * Whose order.
 */
given: Given, };

/**
 * An order that was given, or that ended by itself.
 */
export type OrderRecord = { 
/**
 * Its number in the journal.
 */
id: string, 
/**
 * When.
 */
at_ms: number, 
/**
 * The chain; absent where it concerns all.
 */
chain: string | null, 
/**
 * The tier; absent where it concerns the whole chain.
 */
tier: string | null, 
/**
 * Who.
 */
actor: string, 
/**
 * What, in words: `pinned until released`.
 */
what: string, 
/**
 * Why; may be empty.
 */
why: string, };

/**
 * Every order that holds or is to hold, and the newest that were given.
 */
export type OrdersPage = { 
/**
 * Pinned tiers; one per chain at most.
 */
pins: Array<PinView>, 
/**
 * Tiers and replicas that are drained, disabled or set aside.
 */
tiers: Array<OrderView>, 
/**
 * Maintenance windows, by their beginning.
 */
windows: Array<WindowView>, 
/**
 * Models that may not answer.
 */
retired: Array<RetiredView>, 
/**
 * The newest orders, newest first; at most 50.
 */
recent: Array<OrderRecord>, };

/**
 * Asks one tier before all others of its chain.
 */
export type OrderPin = { 
/**
 * The chain.
 */
chain: string, 
/**
 * The tier.
 */
tier: string, 
/**
 * Whether no other tier may answer, even when this one cannot.
 */
only: boolean, 
/**
 * How long, up to 31 days; absent: until it is released.
 */
for_ms: number | null, 
/**
 * Why, for the record; up to 500 characters.
 */
why: string, };

/**
 * An order for a whole chain: release its pin, fail over, fail back.
 */
export type OrderChain = { 
/**
 * The chain.
 */
chain: string, 
/**
 * Why, for the record; up to 500 characters.
 */
why: string, };

/**
 * What a switch is to do.
 */
export type SwitchTo = "drain" | "disable" | "enable";

/**
 * Drains, disables or enables a tier, or one of its replicas.
 */
export type OrderSwitch = { 
/**
 * The chain.
 */
chain: string, 
/**
 * The tier.
 */
tier: string, 
/**
 * The replica's id; absent: all of them.
 */
replica: string | null, 
/**
 * What to do.
 */
to: SwitchTo, 
/**
 * Why, for the record; up to 500 characters.
 */
why: string, };

/**
 * Sets a maintenance window.
 */
export type OrderMaintenance = { 
/**
 * The chain.
 */
chain: string, 
/**
 * The tier; absent: the whole chain.
 */
tier: string | null, 
/**
 * Its beginning; absent: now.
 */
from_ms: number | null, 
/**
 * Its end, at most 31 days after its beginning.
 */
to_ms: number, 
/**
 * Why, for the record; up to 500 characters.
 */
why: string, };

/**
 * Ends a maintenance window, or takes it back.
 */
export type OrderMaintenanceEnd = { 
/**
 * Its number.
 */
id: number, 
/**
 * Why, for the record; up to 500 characters.
 */
why: string, };

/**
 * Retires a model everywhere at once, or takes that back.
 */
export type OrderModel = { 
/**
 * Its name, as the tiers write it.
 */
model: string, 
/**
 * Why, for the record; up to 500 characters.
 */
why: string, };

/**
 * A report over a period. All figures are of one kind: real, or simulated.
 */
export type Report = { 
/**
 * Start of the period.
 */
from_ms: number, 
/**
 * End of the period.
 */
to_ms: number, 
/**
 * Whether it is of simulated chains.
 */
simulated: boolean, 
/**
 * The revision of the configuration whose targets and prices it is held against.
 */
revision: number, 
/**
 * Target for the recovery time of API routing.
 */
rto_target_ms: number, 
/**
 * Target for the share of answered requests, 0 to 1.
 */
availability_target: number, 
/**
 * Requests that counted.
 */
requests: number, 
/**
 * Share of them answered, 0 to 1.
 */
availability: number | null, 
/**
 * Share that the first tier alone would have answered.
 */
first_tier_alone: number | null, 
/**
 * Mean time from the first evidence to detection, over closed incidents.
 */
mttd_ms: number | null, 
/**
 * Mean time from detection to assessment.
 */
mtta_ms: number | null, 
/**
 * Mean time from the first evidence to restoration.
 */
mttr_ms: number | null, 
/**
 * Incidents that began in the period, also those beyond the newest 1,000.
 */
incidents: number, 
/**
 * Per incident, newest first; at most 1,000.
 */
recoveries: Array<Recovery>, 
/**
 * Change-overs by what set them off.
 */
by_cause: Array<CauseCount>, 
/**
 * Each component's target against the worst of the period.
 */
targets: Array<ComponentTarget>, 
/**
 * Each chain's figures.
 */
chains: Array<ChainFigures>, 
/**
 * Each tier's figures.
 */
tiers: Array<TierFigures>, 
/**
 * What it cost that other tiers than the first answered; absent while no tier has a price.
 */
cost: FallbackCost | null, 
/**
 * Of each chain, whether what is known of its recovery is still true.
 */
evidence: Array<Evidence>, 
/**
 * What each measure means: its name, its formula and its source.
 */
definitions: Array<Definition>, };

/**
 * The parts of one recovery.
 */
export type Recovery = { 
/**
 * The incident.
 */
incident: Incident, 
/**
 * First evidence to detection.
 */
detect_ms: number, 
/**
 * Detection to assessment.
 */
assess_ms: number | null, 
/**
 * Assessment to the first good answer from another tier.
 */
fail_over_ms: number | null, 
/**
 * From there until the tier was restored.
 */
restore_ms: number | null, 
/**
 * Time without a good answer: first evidence to failed over. This is held against the target.
 */
service_ms: number | null, 
/**
 * Whether that is within the target.
 */
within_target: boolean | null, };

/**
 * How often something set off a change-over.
 */
export type CauseCount = { 
/**
 * The failure class or act.
 */
cause: string, 
/**
 * How often.
 */
count: number, };

/**
 * What a measure means.
 */
export type Definition = { 
/**
 * `MTTR`
 */
name: string, 
/**
 * Its formula, in words.
 */
formula: string, 
/**
 * The records that it is computed from.
 */
source: string, };

/**
 * A file to save.
 */
export type ExportedFile = { 
/**
 * Suggested name.
 */
filename: string, 
/**
 * Media type; `;base64` at its end says that `text` is Base64 of the file's bytes.
 */
mime: string, 
/**
 * The text of the file.
 */
text: string, };

/**
 * The configuration in force.
 */
export type ConfigPage = { 
/**
 * Its revision.
 */
revision: number, 
/**
 * The document.
 */
document: Document, 
/**
 * What in it has no effect or is unwise.
 */
warnings: Array<Problem>, 
/**
 * The file that is the source of truth; the screens cannot edit then.
 */
file: string | null, 
/**
 * Why a change to that file was not taken, if so.
 */
file_problems: Array<Problem>, };

/**
 * The outcome of a change.
 */
export type Applied = { 
/**
 * The new revision.
 */
revision: number, 
/**
 * The one before: restore it to undo.
 */
previous: number, 
/**
 * What in the new one has no effect or is unwise.
 */
warnings: Array<Problem>, };

/**
 * A revision of the configuration.
 */
export type RevisionInfo = { 
/**
 * Its number.
 */
revision: number, 
/**
 * When it was made.
 */
at_ms: number, 
/**
 * Who made it.
 */
author: string, 
/**
 * Why.
 */
note: string, };

/**
 * A provider key, never the secret itself.
 */
export type KeyInfo = { 
/**
 * The name that tiers refer to: `keyring:NAME`.
 */
name: string, 
/**
 * The last four characters.
 */
last_four: string, 
/**
 * When it was stored.
 */
created_ms: number, 
/**
 * Tiers that use it: `chain / tier`.
 */
used_by: Array<string>, 
/**
 * Whether the keyring still has it.
 */
present: boolean, };

/**
 * What the Keys part of Settings shows.
 */
export type KeysPage = { 
/**
 * Where keys are kept, in words: `Secret Service (gnome-keyring)`.
 */
store: string, 
/**
 * Why no key can be stored now; absent when one can.
 */
problem: string | null, 
/**
 * What to do about it.
 */
remedy: string | null, 
/**
 * The keys.
 */
keys: Array<KeyInfo>, 
/**
 * References in the configuration whose key is missing: `keyring:NAME` or `env:NAME`.
 */
missing: Array<string>, };

/**
 * A key made for a client, shown this once.
 */
export type NewClientKey = { 
/**
 * What the client presents.
 */
key: string, 
/**
 * Its SHA-256 as 64 hexadecimal digits, for `endpoint.client_keys`.
 */
sha256: string, };

/**
 * What listens on the ports of this machine where model servers usually do.
 */
export type Discovery = { 
/**
 * Every port that was looked at, the usual ones first.
 */
ports: Array<PortSeen>, 
/**
 * How long it took.
 */
took_ms: number, };

/**
 * One port of the loopback address.
 */
export type PortSeen = { 
/**
 * The port.
 */
port: number, 
/**
 * Who usually listens there; absent for a port that was asked for.
 */
usual: Provider | null, 
/**
 * What was found.
 */
found: PortFound, 
/**
 * The base URL for a tier.
 */
url: string, 
/**
 * The kind of server; absent where none was found.
 */
provider: Provider | null, 
/**
 * The models it names.
 */
models: Array<string>, };

/**
 * What was found on a port.
 */
export type PortFound = "nobody" | "silent" | "stranger" | "locked" | "loading" | "server" | "changeover";

/**
 * A request of the playground that runs.
 */
export type PlaygroundRun = { 
/**
 * Its name in the other commands.
 */
id: string, };

/**
 * What came since the last reading.
 */
export type PlaygroundProgress = { 
/**
 * More text.
 */
text: string, 
/**
 * More reasoning.
 */
reasoning: string, 
/**
 * Where to go on reading the text.
 */
text_at: number, 
/**
 * Where to go on reading the reasoning.
 */
reasoning_at: number, 
/**
 * Time to the first token, milliseconds; absent before it.
 */
first_token_ms: number | null, 
/**
 * Time since the request was sent, milliseconds.
 */
elapsed_ms: number, 
/**
 * How it ended; absent while it goes on.
 */
end: PlaygroundEnd | null, };

/**
 * How a request of the playground ended.
 */
export type PlaygroundEnd = { 
/**
 * Whether a whole answer came.
 */
ok: boolean, 
/**
 * HTTP status.
 */
status: number, 
/**
 * Why not, in words; absent for a whole answer.
 */
error: string | null, 
/**
 * The tier that answered.
 */
tier: string | null, 
/**
 * The chain's mode for it: `full`, `degraded`, ...
 */
mode: string | null, 
/**
 * The notice that a client would have got.
 */
notice: string | null, 
/**
 * The request's id, under which the gateway explains it.
 */
request: string, 
/**
 * Output tokens, as the server counted them.
 */
tokens: number | null, 
/**
 * Output tokens per second, from the first token on.
 */
tokens_per_second: number | null, 
/**
 * Time to the end, milliseconds.
 */
total_ms: number, 
/**
 * The tiers in the chain's order, each with why it was passed over.
 */
tiers: Array<PlaygroundTier>, 
/**
 * The tries, in order.
 */
tries: Array<PlaygroundTry>, 
/**
 * The fault that the request asked for; the tries that met it say so.
 */
fault: Injection | null, };

/**
 * What the plan said of a tier.
 */
export type PlaygroundTier = { 
/**
 * The tier.
 */
tier: string, 
/**
 * Why it was passed over, in words; absent when it might serve.
 */
why_not: string | null, };

/**
 * A try at a server.
 */
export type PlaygroundTry = { 
/**
 * The tier.
 */
tier: string, 
/**
 * Host and port.
 */
server: string, 
/**
 * The class of failure; absent when the answer was good.
 */
failure: string | null, 
/**
 * The failure in words; empty without one.
 */
message: string, 
/**
 * Time to the first token, milliseconds.
 */
first_token_ms: number | null, 
/**
 * Time to the end, milliseconds.
 */
total_ms: number, 
/**
 * The fault that was injected between the router and the server; absent for a try without one.
 */
fault: Fault | null, };

/**
 * The simulated tiers.
 */
export type PracticePage = { 
/**
 * Each simulated server.
 */
servers: Array<PracticeServer>, };

/**
 * One simulated server.
 */
export type PracticeServer = { 
/**
 * The `NAME` of `practice://NAME`.
 */
name: string, 
/**
 * What it pretends to be.
 */
label: string, 
/**
 * Its real address on this machine; absent while it is switched to fail.
 */
address: string | null, 
/**
 * Whether it is switched to fail: it then refuses connections.
 */
failing: boolean, };

/**
 * The outcome of a request sent from a screen.
 */
export type TryResult = { 
/**
 * Whether an answer came.
 */
ok: boolean, 
/**
 * HTTP status; absent when no answer came.
 */
status: number | null, 
/**
 * The tier that answered.
 */
tier: string | null, 
/**
 * Upstream tries it took.
 */
attempts: number | null, 
/**
 * The answer's text, or the error in words.
 */
text: string, 
/**
 * How long it took.
 */
took_ms: number, };

/**
 * One alert that was sent or held back.
 */
export type AlertEntry = { 
/**
 * The journal's number, as text.
 */
id: string, 
/**
 * When.
 */
at_ms: number, 
/**
 * `desktop`, or the channel's name in the configuration.
 */
channel: string, 
/**
 * The title.
 */
title: string, 
/**
 * The text.
 */
body: string, 
/**
 * What it tells: `opened`, `worse`, `reminder`, `relapse`, `over`, `test`.
 */
event: string, 
/**
 * The incident that it speaks of.
 */
incident: string | null, 
/**
 * `sent`, `failed`, `held_back`, `retrying` or `waiting`.
 */
outcome: string, 
/**
 * Why it failed or was held back.
 */
reason: string | null, };

/**
 * What the About part of Settings shows.
 */
export type About = { 
/**
 * The program's version.
 */
version: string, 
/**
 * Where its data is.
 */
data_dir: string, 
/**
 * Size of the database, bytes.
 */
database_bytes: number, 
/**
 * Where the screens are served over HTTP; absent when they are not.
 */
admin_url: string | null, 
/**
 * When this process started.
 */
started_ms: number, };

/**
 * What a chart asks for.
 */
export type SeriesRequest = { 
/**
 * Which figures.
 */
metric: Metric, 
/**
 * The chain, or for GPU metrics the GPU's UUID; absent for all.
 */
of: string | null, 
/**
 * How far back from now.
 */
range_ms: number, 
/**
 * How many points at most; 2 to 2000.
 */
points: number, };

/**
 * A figure that is kept over time.
 */
export type Metric = "requests" | "errors" | "first_token" | "tokens" | "gpu_utilisation" | "gpu_memory" | "gpu_temperature" | "gpu_power";

/**
 * A draft to look over.
 */
export type ConfigCheck = { 
/**
 * The draft.
 */
document: Document, };

/**
 * A draft to make the configuration.
 */
export type ConfigApply = { 
/**
 * The draft.
 */
document: Document, 
/**
 * The revision it was made from; a newer one in force is a `conflict`.
 */
expected_revision: number, 
/**
 * Why, for the list of revisions.
 */
note: string, };

/**
 * A new order of a chain's tiers.
 */
export type ChainsReorder = { 
/**
 * Which chain.
 */
chain: string, 
/**
 * Its tiers' names in their new order: all of them, once each.
 */
tiers: Array<string>, 
/**
 * The revision that was looked at; a newer one in force is a `conflict`.
 */
expected_revision: number, };

/**
 * YAML to read.
 */
export type ConfigParse = { 
/**
 * The text.
 */
yaml: string, };

/**
 * What a YAML text says.
 */
export type ParsedConfig = { 
/**
 * The document; absent when it has errors.
 */
document: Document | null, 
/**
 * What is wrong or unwise, and what of another program's file could not be carried over.
 */
problems: Array<Problem>, 
/**
 * The text was another program's (LiteLLM's `config.yaml`, or a `fallback_chain:`): only its chains are meant,
 * everything else stays as it is.
 */
chains_only: boolean, };

/**
 * How many revisions.
 */
export type RevisionsRequest = { 
/**
 * At most this many; up to 500.
 */
limit: number, };

/**
 * A revision to restore.
 */
export type ConfigRestore = { 
/**
 * Which one.
 */
revision: number, 
/**
 * The revision that was looked at; a newer one in force is a `conflict`.
 */
expected_revision: number, };

/**
 * A tier to try out.
 */
export type TierTest = { 
/**
 * The tier as it stands in the form.
 */
tier: Tier, };

/**
 * A request through a chain.
 */
export type ChainTry = { 
/**
 * Which chain.
 */
chain: string, 
/**
 * What to ask.
 */
prompt: string, };

/**
 * Where else to look for model servers on this machine.
 */
export type DiscoverRequest = { 
/**
 * Ports besides the usual ones; 16 at most.
 */
ports: Array<number>, };

/**
 * A prompt to send.
 */
export type PlaygroundStart = { 
/**
 * Which chain.
 */
chain: string, 
/**
 * Only this tier of it, even while it is out of service; absent for the chain's own choice.
 */
tier: string | null, 
/**
 * What to ask; 1 to 200,000 characters.
 */
prompt: string, 
/**
 * The system prompt, if any.
 */
system: string | null, 
/**
 * At most this many output tokens; absent for the server's own bound.
 */
max_tokens: number | null, 
/**
 * A fault for this request only; absent for none. Applications have no way to ask for one.
 */
fault: Injection | null, };

/**
 * How far a request of the playground was read.
 */
export type PlaygroundRead = { 
/**
 * Which request.
 */
id: string, 
/**
 * Where to go on reading the text; 0 at first.
 */
text_at: number, 
/**
 * Where to go on reading the reasoning; 0 at first.
 */
reasoning_at: number, };

/**
 * A page of a list.
 */
export type PageRequest = { 
/**
 * At most this many; up to 500.
 */
limit: number, 
/**
 * Leave out this many of the newest.
 */
offset: number, };

/**
 * Which incident.
 */
export type IncidentRequest = { 
/**
 * Its id.
 */
id: string, };

/**
 * A note for an incident's timeline.
 */
export type IncidentNote = { 
/**
 * The incident's id.
 */
id: string, 
/**
 * The note; 1 to 4000 characters.
 */
text: string, };

/**
 * A period.
 */
export type ReportRequest = { 
/**
 * Its start.
 */
from_ms: number, 
/**
 * Its end.
 */
to_ms: number, 
/**
 * Simulated chains instead of real ones.
 */
simulated: boolean, };

/**
 * A period as a file.
 */
export type ReportExport = { 
/**
 * The period.
 */
report: ReportRequest, 
/**
 * The form of the file.
 */
format: ReportFormat, };

/**
 * A component's target, and what was measured.
 */
export type ComponentTarget = { 
/**
 * Its name.
 */
component: string, 
/**
 * The longest that is allowed.
 */
target_ms: number, 
/**
 * The worst of the period; absent when nothing was measured.
 */
measured_ms: number | null, 
/**
 * Whether the target was held; absent when nothing was measured.
 */
held: boolean | null, 
/**
 * What is measured.
 */
source: string, };

/**
 * A chain's figures over the period.
 */
export type ChainFigures = { 
/**
 * Its name.
 */
chain: string, 
/**
 * Requests that counted.
 */
requests: number, 
/**
 * Share of them answered.
 */
availability: number | null, 
/**
 * Share that the first tier alone would have answered.
 */
first_tier_alone: number | null, 
/**
 * Those that failed.
 */
failed: number, 
/**
 * As many may fail: the error budget.
 */
budget: number, 
/**
 * Share of the error budget that is left; below 0 when it is overspent.
 */
budget_left: number | null, };

/**
 * A tier's figures over the period.
 */
export type TierFigures = { 
/**
 * Its chain.
 */
chain: string, 
/**
 * Its name.
 */
tier: string, 
/**
 * Tries at it.
 */
attempts: number, 
/**
 * Share of them that were answered.
 */
availability: number | null, 
/**
 * Tokens of prompts, where the server counted them.
 */
tokens_in: number, 
/**
 * Tokens of answers, where the server counted them.
 */
tokens_out: number, 
/**
 * What these cost at the price in force, US dollars; absent without a price.
 */
cost: number | null, };

/**
 * What it cost that other tiers than the first answered, US dollars at the prices in force.
 */
export type FallbackCost = { 
/**
 * All tries at all tiers.
 */
total: number, 
/**
 * Good answers of other tiers than the first.
 */
fallback: number, 
/**
 * What the first tier would have cost for the same tokens.
 */
instead: number, 
/**
 * Tries that failed after tokens were counted: paid for nothing.
 */
wasted: number, 
/**
 * Tiers with traffic and without a price, `chain/tier`: their cost is not in these figures.
 */
unpriced: Array<string>, };

/**
 * Whether what is known of a chain's recovery is still true.
 */
export type Evidence = { 
/**
 * The chain.
 */
chain: string, 
/**
 * When a failover last proved it; absent when none ever did.
 */
proven_ms: number | null, 
/**
 * The incident of that failover.
 */
incident: string | null, 
/**
 * When the chain's configuration last changed, as far as it is known.
 */
changed_ms: number | null, 
/**
 * Whether the proof is none any more: there is none, the chain has changed since, or a quarter has passed.
 */
stale: boolean, 
/**
 * That in words.
 */
why: string, };

/**
 * What was around an incident.
 */
export type IncidentAround = { 
/**
 * Start of the charts: some minutes before the first evidence.
 */
from_ms: number, 
/**
 * Their end: some minutes after the incident, a day after the start at the latest, or now.
 */
to_ms: number, 
/**
 * Figures of the chain, and of the GPUs that the tier's servers run on. Empty where nothing is kept any more.
 */
charts: Array<AroundChart>, 
/**
 * The moment that `tiers` speaks of: when another tier took over, or when the incident was noticed.
 */
at_ms: number, 
/**
 * The chain's tiers at that moment, in the order in force now.
 */
tiers: Array<TierThen>, 
/**
 * The operator's order that decided then, in words.
 */
order: string | null, 
/**
 * What the tries between the first evidence and the end cost; absent while no tier has a price.
 */
cost: FallbackCost | null, };

/**
 * A chart of that time.
 */
export type AroundChart = { 
/**
 * Which figures.
 */
metric: Metric, 
/**
 * The figures, with the change-overs as marks.
 */
series: Series, };

/**
 * A tier at a moment.
 */
export type TierThen = { 
/**
 * Its name.
 */
tier: string, 
/**
 * Whether it is the one that answered instead.
 */
answered: boolean, 
/**
 * Whether it is the incident's own.
 */
failed: boolean, 
/**
 * Its state, in words; absent when no change of it is on record before that moment.
 */
state: string | null, 
/**
 * Why it was in that state, in words; may be empty.
 */
why: string, 
/**
 * Since when.
 */
since_ms: number | null, };

/**
 * A page of the incidents.
 */
export type IncidentsRequest = { 
/**
 * At most this many; up to 500.
 */
limit: number, 
/**
 * Leave out this many of the newest.
 */
offset: number, 
/**
 * Only those older than this one, by its id: the next page, at the same price however far it is. Nothing is counted then.
 */
before?: string, 
/**
 * Which ones; all when absent.
 */
filter: IncidentFilter | null, };

/**
 * Which incidents are asked for. What is absent or empty narrows nothing.
 */
export type IncidentFilter = { 
/**
 * Of any of these states.
 */
states: Array<IncidentState>, 
/**
 * Of any of these severities.
 */
severities: Array<IncidentSeverity>, 
/**
 * Of any of these kinds.
 */
kinds: Array<string>, 
/**
 * Of this chain.
 */
chain: string | null, 
/**
 * Of this tier.
 */
tier: string | null, 
/**
 * With this text in title, cause, chain or tier.
 */
text: string | null, 
/**
 * Simulated or real alone.
 */
simulated: boolean | null, 
/**
 * Began not before.
 */
from_ms: number | null, 
/**
 * Began before.
 */
to_ms: number | null, };

/**
 * Incidents as a file.
 */
export type IncidentsExport = { 
/**
 * Which ones; the newest 10,000 of them.
 */
filter: IncidentFilter, 
/**
 * The form.
 */
format: ListFormat, };

/**
 * The form of an exported list.
 */
export type ListFormat = "csv" | "json";

/**
 * Days to count incidents of.
 */
export type IncidentDays = { 
/**
 * How many days up to today; 1 to 400.
 */
days: number, 
/**
 * What the clock on the wall is ahead of UTC by, minutes.
 */
offset_minutes: number, 
/**
 * Simulated or real alone.
 */
simulated: boolean | null, };

/**
 * The same act upon incidents.
 */
export type IncidentActs = { 
/**
 * Their ids; 1 to 500.
 */
ids: Array<string>, 
/**
 * What is done.
 */
act: IncidentAct, };

/**
 * What people do with an incident.
 */
export type IncidentAct = { "act": "acknowledge" } | { "act": "severity", 
/**
 * Which.
 */
severity: IncidentSeverity, 
/**
 * Why; 1 to 4000 characters.
 */
reason: string, } | { "act": "phase", 
/**
 * Which.
 */
phase: Phase, 
/**
 * What was done; may be empty, at most 4000 characters.
 */
text: string, } | { "act": "resolve", 
/**
 * Why; 1 to 4000 characters.
 */
reason: string, } | { "act": "merge", 
/**
 * The other one's id.
 */
into: string, } | { "act": "edit_note", 
/**
 * The note's entry.
 */
entry: string, 
/**
 * The wording; 1 to 4000 characters.
 */
text: string, } | { "act": "correct", 
/**
 * Which.
 */
milestone: Milestone, 
/**
 * The right time.
 */
at_ms: number, 
/**
 * Why; 1 to 4000 characters.
 */
reason: string, } | { "act": "runbook", 
/**
 * Its name.
 */
name: string | null, } | { "act": "step", 
/**
 * The runbook's name.
 */
runbook: string, 
/**
 * The step's number, from 1.
 */
step: number, 
/**
 * Whether it is done.
 */
done: boolean, } | { "act": "post_mortem", 
/**
 * Markdown; at most 100,000 characters.
 */
text: string, };

/**
 * A page of the change-overs.
 */
export type HistoryRequest = { 
/**
 * At most this many; up to 500.
 */
limit: number, 
/**
 * Leave out this many of the newest.
 */
offset: number, 
/**
 * Only those older than this one, by its id: the next page, at the same price however far it is. Nothing is counted then.
 */
before?: string, 
/**
 * Which ones.
 */
filter: HistoryFilter, };

/**
 * Which change-overs are asked for. What is absent narrows nothing.
 */
export type HistoryFilter = { 
/**
 * Of this chain.
 */
chain: string | null, 
/**
 * From or to this tier.
 */
tier: string | null, 
/**
 * One way alone.
 */
direction: Direction | null, 
/**
 * Set off by this.
 */
cause: string | null, 
/**
 * With this text in chain, tiers, cause or error.
 */
text: string | null, 
/**
 * Simulated or real alone.
 */
simulated: boolean | null, 
/**
 * Part of this incident.
 */
incident: string | null, 
/**
 * Not before.
 */
from_ms: number | null, 
/**
 * Before.
 */
to_ms: number | null, };

/**
 * Change-overs as a file.
 */
export type HistoryExport = { 
/**
 * Which ones; the newest 100,000 of them.
 */
filter: HistoryFilter, 
/**
 * The form.
 */
format: ListFormat, };

/**
 * Which channel is tested.
 */
export type AlertTest = { 
/**
 * Its name in the configuration, or `desktop`.
 */
channel: string, };

/**
 * A runbook, as the Runbooks screen shows it.
 */
export type RunbookView = { 
/**
 * Its name.
 */
name: string, 
/**
 * One line.
 */
title: string, 
/**
 * The kinds of incident that it is for.
 */
kinds: Array<string>, 
/**
 * Markdown.
 */
text: string, 
/**
 * Its steps, in order.
 */
steps: Array<string>, 
/**
 * Where it comes from.
 */
origin: RunbookOrigin, 
/**
 * When it was last rehearsed, and by whom.
 */
rehearsed: Rehearsal | null, 
/**
 * Whether a quarter has passed since, or it never was.
 */
rehearsal_due: boolean, 
/**
 * When a step of it was last ticked on an incident.
 */
followed_ms: number | null, };

/**
 * Where a runbook comes from.
 */
export type RunbookOrigin = "shipped" | "edited" | "own";

/**
 * A rehearsal of a runbook.
 */
export type Rehearsal = { 
/**
 * When.
 */
at_ms: number, 
/**
 * By whom.
 */
actor: string, 
/**
 * What was learned; may be empty.
 */
note: string, };

/**
 * A rehearsal to record.
 */
export type RunbookRehearsed = { 
/**
 * The runbook's name.
 */
name: string, 
/**
 * What was learned; at most 4000 characters, may be empty.
 */
note: string, };

/**
 * The form of an exported report.
 */
export type ReportFormat = "html" | "pdf" | "csv" | "json";

/**
 * A key to store. The secret goes in and never comes out.
 */
export type KeySet = { 
/**
 * Letters, digits, `-`, `_` and `.`; 1 to 64 of them.
 */
name: string, 
/**
 * The key itself.
 */
secret: string, };

/**
 * Which key.
 */
export type KeyName = { 
/**
 * Its name.
 */
name: string, };

/**
 * A simulated server's switch.
 */
export type PracticeSet = { 
/**
 * Which server.
 */
name: string, 
/**
 * Whether it fails.
 */
failing: boolean, };

/**
 * What comes over the event channel.
 */
export type UiEvent = { "type": "live", 
/**
 * The state.
 */
overview: Overview, } | { "type": "changed", 
/**
 * Which.
 */
topics: Array<Topic>, } | { "type": "changed_over", 
/**
 * The change-over.
 */
change: ChangeOver, };

/**
 * What changed.
 */
export type Topic = "config" | "incidents" | "change_overs" | "gpus" | "keys" | "practice" | "alerts" | "runbooks" | "orders";

/** Each command's request and response. */
export interface Commands {
  "overview": { request: null; response: Overview };
  "series": { request: SeriesRequest; response: Series };
  "config.get": { request: null; response: ConfigPage };
  "config.check": { request: ConfigCheck; response: Array<Problem> };
  "config.apply": { request: ConfigApply; response: Applied };
  "chains.reorder": { request: ChainsReorder; response: Applied };
  "config.export": { request: null; response: ExportedFile };
  "config.parse": { request: ConfigParse; response: ParsedConfig };
  "config.revisions": { request: RevisionsRequest; response: Array<RevisionInfo> };
  "config.restore": { request: ConfigRestore; response: Applied };
  "tier.test": { request: TierTest; response: TryResult };
  "tier.models": { request: TierTest; response: Array<string> };
  "chain.try": { request: ChainTry; response: TryResult };
  "playground.start": { request: PlaygroundStart; response: PlaygroundRun };
  "playground.read": { request: PlaygroundRead; response: PlaygroundProgress };
  "playground.stop": { request: PlaygroundRun; response: null };
  "discover": { request: DiscoverRequest; response: Discovery };
  "requests": { request: PageRequest; response: Array<RequestExplained> };
  "orders": { request: null; response: OrdersPage };
  "order.pin": { request: OrderPin; response: OrdersPage };
  "order.unpin": { request: OrderChain; response: OrdersPage };
  "order.switch": { request: OrderSwitch; response: OrdersPage };
  "order.failover": { request: OrderChain; response: OrdersPage };
  "order.failback": { request: OrderChain; response: OrdersPage };
  "order.maintenance": { request: OrderMaintenance; response: OrdersPage };
  "order.maintenance_end": { request: OrderMaintenanceEnd; response: OrdersPage };
  "order.retire": { request: OrderModel; response: OrdersPage };
  "order.unretire": { request: OrderModel; response: OrdersPage };
  "changeovers": { request: PageRequest; response: Array<ChangeOver> };
  "incidents": { request: IncidentsRequest; response: IncidentPage };
  "incidents.export": { request: IncidentsExport; response: ExportedFile };
  "incidents.days": { request: IncidentDays; response: Array<IncidentDay> };
  "incident": { request: IncidentRequest; response: IncidentDetail };
  "incident.around": { request: IncidentRequest; response: IncidentAround };
  "incident.acknowledge": { request: IncidentRequest; response: IncidentDetail };
  "incident.note": { request: IncidentNote; response: IncidentDetail };
  "incident.act": { request: IncidentActs; response: Array<Incident> };
  "history": { request: HistoryRequest; response: HistoryPage };
  "history.export": { request: HistoryExport; response: ExportedFile };
  "report": { request: ReportRequest; response: Report };
  "report.export": { request: ReportExport; response: ExportedFile };
  "replica.figures": { request: ReplicaFiguresRequest; response: ReplicaFigures };
  "data.sizes": { request: null; response: DataSizes };
  "gpus": { request: null; response: GpuPage };
  "keys": { request: null; response: KeysPage };
  "key.set": { request: KeySet; response: KeysPage };
  "key.delete": { request: KeyName; response: KeysPage };
  "client_key.make": { request: null; response: NewClientKey };
  "practice": { request: null; response: PracticePage };
  "practice.set": { request: PracticeSet; response: PracticePage };
  "alert.test": { request: AlertTest | null; response: AlertEntry };
  "alerts": { request: PageRequest; response: Array<AlertEntry> };
  "runbooks": { request: null; response: Array<RunbookView> };
  "runbook.rehearsed": { request: RunbookRehearsed; response: Array<RunbookView> };
  "about": { request: null; response: About };
}
