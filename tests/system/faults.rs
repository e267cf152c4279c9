//! Every way in which a tier can fail, streamed and not, as the first tier and as the last: what the client gets, who was
//! asked how often, what became of the breaker and the cool-down, and what the history says.
//!
//! One program serves a chain for each cell, over real sockets. No cell may end in a truncated, doubled or wrong answer
//! that is called a success, nor in a hang.

mod cells;

use std::{collections::HashSet, time::Duration};

use futures::stream::{self, StreamExt};
use harness::{
    Daemon,
    daemon::header,
    raw_server::{self, RawServer},
};
use serde_json::{Value, json};
use tokio::time::Instant;

use self::cells::{Ends, Fault, Place};

/// Short times, so that every hang ends within the test; a tier's turn is half of the deadline.
const TIMES: &str = "timeouts: { connect: 1s, first_token: 2s, idle: 2s, total: 9s }, retry: { attempts: 0 }, \
                     breaker: { consecutive: 1, open: 10m }, probe: { kind: off }";
/// A cell that takes longer hangs.
const LIMIT: Duration = Duration::from_secs(30);

/// A fault in its place, with the servers of its chain.
struct Cell {
    chain: String,
    fault: Fault,
    streamed: bool,
    place: Place,
    faulty: RawServer,
    good: RawServer,
    url: String,
}

impl Cell {
    async fn new(fault: Fault, streamed: bool, place: Place) -> Self {
        let script = if streamed { fault.streamed.clone() } else { fault.whole.clone() };
        let faulty = RawServer::playing(vec![script]).await;
        let good = RawServer::playing(vec![if streamed {
            raw_server::stream(&["from ", "the ", "good"])
        } else {
            raw_server::whole("200 OK", "", &raw_server::answer("from the good"))
        }])
        .await;
        let url = fault.url.map_or_else(|| faulty.url(), |url| url(&faulty));
        let kind = if streamed { "streamed" } else { "whole" };
        let chain = format!("{}-{kind}-{place:?}", fault.name);
        Self { chain, fault, streamed, place, faulty, good, url }
    }

    fn yaml(&self) -> String {
        let tier = |name: &str, url: &str| {
            format!("{{ name: {name}, provider: vllm, model: m, url: '{url}', {TIMES} }}")
        };
        let faulty = tier("faulty", &self.url);
        let tiers = match self.place {
            Place::First => [faulty, tier("good", &self.good.url())],
            // Nothing listens on the discard port.
            Place::Last => [tier("dead", "http://127.0.0.1:9"), faulty],
        };
        format!("  - {{ name: '{}', deadline: 10s, tiers: [{}] }}\n", self.chain, tiers.join(", "))
    }

    fn ends(&self) -> Ends {
        if let (Some(ends), Place::Last) = (self.fault.last_ends, self.place) {
            return ends;
        }
        if self.streamed { self.fault.streamed_ends } else { self.fault.whole_ends }
    }

    /// Plays the cell, and says what is wrong with how it ended.
    async fn play(&self, daemon: &Daemon) -> Result<(), String> {
        let asked = tokio::time::timeout(LIMIT, async {
            let response = daemon.chat(&self.chain, self.streamed).await;
            let status = response.status().as_u16();
            let tier = header(&response, "x-changeover-tier");
            let retry = header(&response, "x-should-retry");
            (status, tier, retry, response.text().await.unwrap_or_default())
        });
        let Ok((status, tier, retry, body)) = asked.await else { return Err("it hangs".into()) };
        let reply = format!("{status} by {tier:?}: {body}");
        self.reply(status, &tier, &retry, &body).map_err(|what| format!("{what}: {reply}"))?;
        self.attempts().map_err(|what| format!("{what}: {reply}"))
    }

    fn reply(&self, status: u16, tier: &str, retry: &str, body: &str) -> Result<(), String> {
        match (self.ends(), self.place) {
            (Ends::Answered(text), _) => expect(
                "the faulty tier's answer",
                status == 200 && tier == "faulty" && said(body, self.streamed).as_deref() == Some(text),
            ),
            (Ends::MovesOn(_), Place::First) => {
                let text = said(body, self.streamed);
                expect(
                    "the good tier's answer",
                    status == 200 && tier == "good" && text.as_deref() == Some("from the good"),
                )
            }
            (Ends::MovesOn(class), Place::Last) => {
                expect("an error", matches!(status, 429 | 502 | 503 | 504))?;
                expect("no further tries asked of the client", retry == "false")?;
                let error: Value = serde_json::from_str(body).map_err(|e| e.to_string())?;
                let tried: Vec<&str> = error["error"]["tiers_tried"]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .filter_map(|it| it["reason"].as_str())
                    .collect();
                expect(
                    "each tier with its reason",
                    tried.len() == 2 && tried[0] == "refused" && class.split('|').any(|it| it == tried[1]),
                )
            }
            (Ends::Broken(_), _) => {
                expect("a stream", status == 200)?;
                expect("what was sent", said_so_far(body) == "Hel")?;
                expect(
                    "an error event at its end",
                    body.trim_end().rsplit("\n\n").next().is_some_and(|it| it.contains("stream_interrupted")),
                )?;
                expect("no end mark", !body.contains("[DONE]"))
            }
            (Ends::Client(wanted), _) => {
                expect("the provider's own refusal", status == wanted && body.contains("its own words"))
            }
        }
    }

    fn attempts(&self) -> Result<(), String> {
        let reachable = self.fault.url.is_none();
        expect("one try at the faulty tier", !reachable || self.faulty.asked() == 1)?;
        let moves_on = matches!((self.ends(), self.place), (Ends::MovesOn(_), Place::First));
        expect(
            "the good tier asked only where the faulty failed unseen",
            self.good.asked() == usize::from(moves_on),
        )
    }

    /// The faulty replica's breaker, which opens at the first failure that counts, and its cool-down.
    fn state(&self, overview: &Value, cooled: &HashSet<String>) -> Result<(), String> {
        let (counts, cools) = self.ends().class().map_or((false, false), cells::follows);
        let chains = overview["chains"].as_array().into_iter().flatten();
        let chain = chains.clone().find(|it| it["name"] == self.chain.as_str()).unwrap_or(&Value::Null);
        let replica = faulty(chain);
        let breaker = if counts { "open" } else { "closed" };
        let cooling = cooled.contains(&self.chain);
        let seen = (&replica["breaker"], cooling, &replica["failures"], &replica["last_error"]);
        expect(
            &format!("breaker {breaker}, cooling down {cools}, not {seen:?}"),
            replica["breaker"] == breaker && cooling == cools,
        )
    }

    /// A tier that failed and takes itself out of service is left, with its class, in the history.
    fn history(&self, changeovers: &Value) -> Result<(), String> {
        let class = self.ends().class().filter(|class| cells::follows(class) != (false, false));
        let Some(class) = class.filter(|_| self.place == Place::First) else { return Ok(()) };
        // A short cool-down may have ended by now, and the chain may have gone back.
        let away = |it: &&Value| it["chain"] == self.chain.as_str() && it["direction"] != "back";
        let found = changeovers.as_array().into_iter().flatten().find(away).unwrap_or(&Value::Null);
        let trigger = found["trigger"].as_str().unwrap_or_default();
        let right =
            found["from"] == "faulty" && found["to"] == "good" && class.split('|').any(|it| it == trigger);
        expect(&format!("a change-over from faulty to good for {class}, not {found}"), right)
    }
}

fn faulty(chain: &Value) -> &Value {
    let mut tiers = chain["tiers"].as_array().into_iter().flatten();
    &tiers.find(|it| it["name"] == "faulty").unwrap_or(&Value::Null)["replicas"][0]
}

/// Keeps the names of the chains whose faulty replica cools down now: some cool-downs end while other cells are played.
fn note_cooling(overview: &Value, cooled: &mut HashSet<String>) {
    let chains = overview["chains"].as_array().into_iter().flatten();
    let cooling = chains.filter(|chain| faulty(chain)["cool_down_until_ms"].is_i64());
    cooled.extend(cooling.filter_map(|chain| Some(chain["name"].as_str()?.to_owned())));
}

fn expect(what: &str, right: bool) -> Result<(), String> {
    if right { Ok(()) } else { Err(format!("expected {what}")) }
}

/// The text of a whole answer, streamed or not; none where it is not one.
fn said(body: &str, streamed: bool) -> Option<String> {
    if !streamed {
        let answer: Value = serde_json::from_str(body).ok()?;
        return Some(answer["choices"][0]["message"]["content"].as_str()?.to_owned());
    }
    let whole =
        body.trim_end().ends_with("data: [DONE]") && body.matches("\"finish_reason\":\"stop\"").count() == 1;
    whole.then(|| said_so_far(body))
}

/// The text of a stream, whole or not.
fn said_so_far(body: &str) -> String {
    let frames =
        body.split("\n\n").filter_map(|it| serde_json::from_str::<Value>(it.strip_prefix("data: ")?).ok());
    frames.filter_map(|it| Some(it["choices"][0]["delta"]["content"].as_str()?.to_owned())).collect()
}

#[tokio::test]
async fn every_fault_in_every_place_ends_as_it_should() {
    let mut all = Vec::new();
    for fault in cells::faults() {
        for streamed in [true, false] {
            for place in [Place::First, Place::Last] {
                all.push(Cell::new(fault.clone(), streamed, place).await);
            }
        }
    }
    let chains: String = all.iter().map(Cell::yaml).collect();
    let daemon = Daemon::with_config(&format!("version: 1\nchains:\n{chains}")).await;
    let mut cooled = HashSet::new();
    let play = stream::iter(&all)
        .map(|cell| async { cell.play(&daemon).await.err().map(|what| format!("{}: {what}", cell.chain)) })
        .buffer_unordered(16)
        .filter_map(std::future::ready)
        .collect::<Vec<String>>();
    let watch = async {
        loop {
            note_cooling(&daemon.overview().await, &mut cooled);
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
    };
    let wrong = tokio::select! {
        wrong = play => wrong,
        () = watch => unreachable!("it watches for ever"),
    };
    assert!(wrong.is_empty(), "{} of {} cells:\n{}", wrong.len(), all.len(), wrong.join("\n"));
    let began = Instant::now();
    loop {
        let overview = daemon.overview().await;
        note_cooling(&overview, &mut cooled);
        let changeovers = daemon.rpc("changeovers", json!({"limit": 500, "offset": 0})).await.unwrap();
        let told = |cell: &Cell| cell.state(&overview, &cooled).and_then(|()| cell.history(&changeovers));
        let wrong: Vec<String> =
            all.iter().filter_map(|cell| Some(format!("{}: {}", cell.chain, told(cell).err()?))).collect();
        let busy = overview.to_string().contains("\"in_flight\":1");
        if wrong.is_empty() && !busy {
            break;
        }
        assert!(began.elapsed() < LIMIT, "{} cells, busy: {busy}\n{}", wrong.len(), wrong.join("\n"));
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}
