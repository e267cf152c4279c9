//! What must hold whatever happens.

use std::{future::poll_fn, pin::pin, sync::Arc, task::Poll, time::Duration};

use bytes::Bytes;
use domain::{Admin, Chain, Snapshot, Tier, chain::OnBrokenStream};
use futures::StreamExt;
use proptest::prelude::*;
use resilience::gate::Gate;
use serde_json::Value;
use tokio::time::timeout;

use crate::{
    script::{DONE, ROLE, STOP, Script, Step, Upstream, end, error, good, head, piece, streamed, text},
    world::{ASK, ASK_STREAM, World, chain, tier},
};

const SSE: &str = "text/event-stream";
const OUT: [Admin; 4] = [Admin::Draining, Admin::Disabled, Admin::Maintenance, Admin::Retired];

async fn world(chain: Chain) -> World {
    World::over(Snapshot { chains: vec![Arc::new(chain)], ..Snapshot::default() }).await
}

/// Every order by the operator, at every combination of three tiers: nobody who is out is asked, though everybody else
/// fails, and though the gate should still stand open.
#[tokio::test]
async fn no_request_reaches_a_replica_that_is_out_of_service() {
    let mut up = Vec::new();
    for _ in 0..3 {
        up.push(Upstream::play(vec![error("500 Oops", "connection: close\r\n", "x")]).await);
    }
    let names = ["a", "b", "c"];
    let tiers: Vec<Tier> = names.iter().zip(&up).map(|(name, up)| tier(name, up.addr)).collect();
    let world = world(Chain { hedge: Some(Duration::from_millis(1)), ..chain(tiers) }).await;
    let choices: Vec<Admin> = [Admin::Enabled].into_iter().chain(OUT).collect();
    let mut asked = 0;
    for combination in 0..5_usize.pow(3) * 2 {
        let admins = [combination % 5, combination / 5 % 5, combination / 25 % 5].map(|at| choices[at]);
        let shut = combination >= 125;
        for (name, admin) in names.iter().zip(admins) {
            world.states[*name].send_modify(|state| {
                state.admin = admin;
                state.gate = if shut && admin != Admin::Enabled { Gate::Shut } else { Gate::Open };
            });
        }
        let before: Vec<usize> = up.iter().map(Upstream::connections).collect();
        let reply = world.post(if combination % 2 > 0 { ASK } else { ASK_STREAM }).await;
        assert!(matches!(reply.status, 502 | 503 | 500), "{reply:?}");
        for (at, admin) in admins.into_iter().enumerate() {
            let came = up[at].connections() - before[at];
            assert_eq!(came > 0, admin == Admin::Enabled, "{admins:?}, gates shut: {shut}: {} at {at}", came);
            asked += came;
        }
    }
    assert!(asked > 100);
}

/// An order that comes while a request is on its way holds for what is left of it.
#[tokio::test]
async fn an_order_in_the_midst_of_a_request_holds_for_it() {
    for admin in OUT {
        for breaks in [true, false] {
            let pause = Step::Pause(Duration::from_millis(60));
            let first = if breaks {
                vec![head(SSE), piece(ROLE), piece(&text("one ")), pause, Step::Reset]
            } else {
                [vec![pause], error("500 Oops", "", "x")].concat()
            };
            let mut first = Upstream::play(vec![first]).await;
            let second = Upstream::play(vec![streamed(&["never"])]).await;
            let third = Upstream::play(vec![streamed(&["three"])]).await;
            let tiers = vec![tier("a", first.addr), tier("b", second.addr), tier("c", third.addr)];
            let chain = Chain { on_broken_stream: OnBrokenStream::Resume, ..chain(tiers) };
            let world = world(chain).await;
            let call = world.call(ASK_STREAM).await;
            first.request().await;
            world.states["b"].send_modify(|state| (state.admin, state.gate) = (admin, Gate::Shut));
            let reply = call.reply().await;
            assert!(reply.body.contains("three") && reply.body.ends_with(DONE), "{admin:?}: {}", reply.body);
            assert_eq!((second.connections(), third.connections()), (0, 1), "{admin:?}");
        }
    }
}

/// Polls a request so many times and then drops it; whether it ended before.
async fn dropped_at(request: impl Future<Output = ()>, polls: usize) -> bool {
    let mut left = polls;
    let mut request = pin!(request);
    poll_fn(|context| {
        if left == 0 {
            return Poll::Ready(false);
        }
        left -= 1;
        request.as_mut().poll(context).map(|()| true)
    })
    .await
}

async fn asked(world: &World, body: &'static str) {
    let mut inside = world.gateway.ask(Bytes::from_static(body.as_bytes()), None, None).await;
    while inside.pieces.next().await.is_some() {}
}

/// Whatever a request waits for when it is dropped, its permits come back, and it is told of.
#[tokio::test]
async fn permits_come_back_at_whatever_point_a_request_is_dropped() {
    let wait = || Step::Pause(Duration::from_millis(3));
    let slow = |script: Script| script.into_iter().flat_map(|step| [wait(), step]).collect::<Script>();
    let limited = error("429 Too Many Requests", "retry-after-ms: 5\r\n", "rate_limit_exceeded");
    let broken = vec![head(SSE), piece(ROLE), piece(&text("one ")), Step::Reset];
    for (body, first, hedge) in [
        (ASK_STREAM, vec![slow(limited), slow(broken.clone())], None),
        (ASK_STREAM, vec![slow(broken)], Some(Duration::from_millis(2))),
        (ASK, vec![slow(error("500 Oops", "", "x"))], None),
        (ASK, vec![vec![Step::Hang]], Some(Duration::from_millis(2))),
    ] {
        let answered = if body == ASK { good("two") } else { streamed(&["two ", "three"]) };
        let first = Upstream::play(first).await;
        let second = Upstream::play(vec![slow(answered)]).await;
        let mut gpu = tier("gpu", first.addr);
        gpu.timeouts.first_token = Duration::from_millis(20);
        let chain = Chain {
            on_broken_stream: OnBrokenStream::Resume,
            wait_up_to: Duration::from_millis(50),
            hedge,
            ..chain(vec![gpu, tier("cpu", second.addr)])
        };
        let mut world = world(chain).await;
        let gates = [Gate::limited(1), Gate::limited(1)];
        for (name, gate) in ["gpu", "cpu"].into_iter().zip(&gates) {
            world.states[name].send_modify(|state| state.gate = gate.clone());
        }
        let mut polls = 0;
        loop {
            let ended = dropped_at(asked(&world, body), polls).await;
            let free = async {
                while !gates.iter().all(Gate::has_room) {
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
            };
            timeout(Duration::from_secs(5), free)
                .await
                .unwrap_or_else(|_| panic!("a permit is lost at {polls}"));
            if ended {
                break;
            }
            polls += 1;
        }
        assert!(polls > 3, "{polls} points were tried");
        let told = world.ends_by_now().len();
        assert!(told >= polls, "{told} of {polls} were told of");
    }
}

/// How a tier's stream breaks, if it does.
#[derive(Clone, Debug)]
enum Break {
    Never,
    Reset(usize),
    End(usize),
    Error(usize),
    Status,
}

fn breaks() -> impl Strategy<Value = Break> {
    prop_oneof![
        2 => Just(Break::Never),
        2 => (0..6_usize).prop_map(Break::Reset),
        1 => (0..6_usize).prop_map(Break::End),
        1 => (0..6_usize).prop_map(Break::Error),
        1 => Just(Break::Status),
    ]
}

const TIERS: [&str; 3] = ["a", "b", "c"];

/// The words of a tier's answer; no two tiers have one in common.
fn words(tier: &str) -> Vec<String> {
    (0..5).map(|n| format!("{tier}{n} ")).collect()
}

fn script(tier: &str, how: &Break) -> Script {
    let up_to = |words_: usize| {
        let said = words(tier).into_iter().take(words_).map(|word| piece(&text(&word)));
        [head(SSE), piece(ROLE)].into_iter().chain(said).collect::<Script>()
    };
    let fault = "data: {\"error\":{\"message\":\"boom\",\"type\":\"server_error\"}}\n\n";
    match how {
        Break::Never => [up_to(9), vec![piece(STOP), piece(DONE), end()]].concat(),
        Break::Reset(at) => [up_to(*at), vec![Step::Reset]].concat(),
        Break::End(at) => [up_to(*at), vec![end()]].concat(),
        Break::Error(at) => [up_to(*at), vec![piece(fault), piece(DONE), end()]].concat(),
        Break::Status => error("500 Oops", "", "x"),
    }
}

/// What a client read: its text, and for each time that somebody else went on, at which place in the text.
fn read(body: &str) -> (String, Vec<usize>) {
    let (mut said, mut joints) = (String::new(), Vec::new());
    for frame in body.split("\n\n") {
        if frame.starts_with(": changeover") && frame.ends_with("resumed") {
            joints.push(said.len());
        }
        let Some(data) = frame.strip_prefix("data: ") else { continue };
        let Ok(chunk) = serde_json::from_str::<Value>(data) else { continue };
        said += chunk["choices"][0]["delta"]["content"].as_str().unwrap_or_default();
    }
    (said, joints)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    /// However tiers break: what a client has read is the beginning of one tier's answer, and after each resumption that
    /// was said the beginning of another's. Only a whole answer ends as one.
    #[test]
    fn what_a_client_reads_is_the_beginning_of_one_answer_or_a_resumption_that_was_said(
        how in prop::array::uniform3(breaks()),
        resumes in any::<bool>(),
        hedged in any::<bool>(),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let (reply, end_at) = runtime.block_on(async {
            let mut up = Vec::new();
            for (name, how) in TIERS.iter().zip(&how) {
                up.push(Upstream::play(vec![script(name, how)]).await);
            }
            let tiers = TIERS.iter().zip(&up).map(|(name, up)| tier(name, up.addr)).collect();
            let policy = if resumes { OnBrokenStream::Resume } else { OnBrokenStream::Stop };
            let hedge = hedged.then_some(Duration::from_millis(1));
            let world = world(Chain { on_broken_stream: policy, hedge, ..chain(tiers) }).await;
            (world.post(ASK_STREAM).await, words("a").concat().len())
        });
        let (said, mut joints) = read(&reply.body);
        prop_assert!(resumes || joints.is_empty(), "{}", reply.body);
        joints.insert(0, 0);
        joints.push(said.len());
        let mut seen = Vec::new();
        for part in joints.windows(2) {
            let part = &said[part[0]..part[1]];
            let Some(whose) = part.get(..1) else { continue };
            prop_assert!(words(whose).concat().starts_with(part), "{part:?} in {}", reply.body);
            prop_assert!(!seen.contains(&whose.to_owned()), "{whose} twice: {}", reply.body);
            seen.push(whose.to_owned());
        }
        let last_is_whole = said.len() - joints[joints.len() - 2] == end_at;
        prop_assert_eq!(reply.body.ends_with(DONE), last_is_whole && reply.body.contains("\"stop\""), "{}", reply.body);
        let whole = reply.status != 200 || reply.body.ends_with(DONE) || reply.body.contains("stream_interrupted");
        prop_assert!(whole, "{}", reply.body);
    }
}
