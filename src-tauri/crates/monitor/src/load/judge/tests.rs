//! Just before and just after each moment, with the present passed in.

use super::*;

const MODEL: &str = "llama3.1:8b";

struct Bench {
    judge: Judge,
    start: Instant,
    watch: LoadWatch,
    engine: Engine,
}

fn bench(engine: Engine) -> Bench {
    Bench { judge: Judge::default(), start: Instant::now(), watch: LoadWatch::default(), engine }
}

impl Bench {
    fn at(&mut self, seconds: f64, reading: Reading) -> Load {
        let at = At { now: self.start + Duration::from_secs(1).mul_f64(seconds), wall_ms: 7 };
        self.judge.take(at, reading, self.engine, &self.watch, MODEL)
    }
}

fn queue(running: u32, waiting: u32) -> Reading {
    Reading { running: Some(running), waiting: Some(waiting), ..Reading::default() }
}

fn steps(running: u32, progress: u64) -> Reading {
    Reading { running: Some(running), progress: Some(progress), ..Reading::default() }
}

fn kinds(load: &Load) -> Vec<LoadFault> {
    load.findings.iter().map(|f| f.kind).collect()
}

#[test]
fn a_queue_saturates_on_the_second_reading_and_is_over_on_the_second_without() {
    let mut bench = bench(Engine::Vllm);
    assert_eq!(kinds(&bench.at(0.0, queue(8, 3))), []);
    assert_eq!(kinds(&bench.at(5.0, queue(8, 4))), []);
    let load = bench.at(10.0, queue(8, 6));
    assert_eq!(load.findings[0].what, "saturated: 6 requests wait in its queue");
    assert_eq!(kinds(&bench.at(15.0, queue(8, 0))), [LoadFault::Saturated]);
    assert_eq!(kinds(&bench.at(20.0, queue(8, 9))), [LoadFault::Saturated]);
    assert_eq!(kinds(&bench.at(25.0, queue(8, 0))), [LoadFault::Saturated]);
    assert_eq!(kinds(&bench.at(30.0, queue(8, 0))), []);
}

#[test]
fn one_burst_is_no_finding() {
    let mut bench = bench(Engine::Vllm);
    for round in 0..10 {
        let waiting = if round % 2 == 0 { 50 } else { 0 };
        assert_eq!(kinds(&bench.at(f64::from(round) * 5.0, queue(8, waiting))), [], "round {round}");
    }
}

#[test]
fn a_full_cache_saturates() {
    let mut bench = bench(Engine::Vllm);
    let cache = |share| Reading { cache: Some(share), ..queue(1, 0) };
    bench.at(0.0, cache(0.95));
    assert_eq!(kinds(&bench.at(5.0, cache(0.95))), []);
    bench.at(10.0, cache(0.96));
    assert_eq!(kinds(&bench.at(15.0, cache(0.99))), [LoadFault::Saturated]);
}

#[test]
fn busy_slots_saturate_unless_there_is_only_one_and_nobody_waits() {
    let slots = |slots, running, waiting| Reading { slots: Some(slots), ..queue(running, waiting) };
    for (reading, want) in [
        (slots(1, 1, 0), vec![]),
        (slots(1, 1, 1), vec![LoadFault::Saturated]),
        (slots(2, 1, 0), vec![]),
        (slots(2, 2, 0), vec![LoadFault::Saturated]),
    ] {
        let mut bench = bench(Engine::LlamaCpp);
        bench.at(0.0, reading.clone());
        assert_eq!(kinds(&bench.at(5.0, reading.clone())), want, "{reading:?}");
    }
}

#[test]
fn work_without_a_step_stands_still_exactly_when_its_time_is_over() {
    let mut bench = bench(Engine::LlamaCpp);
    bench.at(0.0, steps(1, 1));
    bench.at(5.0, steps(1, 2));
    assert_eq!(kinds(&bench.at(34.999, steps(1, 2))), []);
    let load = bench.at(35.0, steps(1, 2));
    assert_eq!(load.findings[0].what, "it has worked on 1 request for 30 s and brought no token");
    assert_eq!(kinds(&bench.at(40.0, steps(1, 3))), []);
}

#[test]
fn idle_time_is_no_standing_still_and_a_token_ends_it() {
    let mut bench = bench(Engine::Vllm);
    bench.at(0.0, steps(0, 1));
    assert_eq!(kinds(&bench.at(3600.0, steps(0, 1))), []);
    assert_eq!(kinds(&bench.at(3601.0, steps(3, 1))), []);
    assert_eq!(kinds(&bench.at(3631.0, steps(3, 1))), [LoadFault::StandsStill]);
    bench.judge.proved();
    assert_eq!(kinds(&bench.at(3632.0, steps(3, 1))), []);
    bench.watch.stuck_after = Duration::ZERO;
    assert_eq!(kinds(&bench.at(9999.0, steps(3, 1))), [], "zero switches it off");
}

#[test]
fn an_engine_that_does_not_tell_its_steps_never_stands_still() {
    let mut bench = bench(Engine::Tgi);
    bench.at(0.0, queue(1, 0));
    assert_eq!(kinds(&bench.at(3600.0, queue(1, 0))), []);
}

#[test]
fn tokens_per_second_are_a_difference_and_a_restart_is_none() {
    let mut bench = bench(Engine::Vllm);
    let tokens = |n| Reading { tokens: Some(n), ..queue(1, 0) };
    assert_eq!(bench.at(0.0, tokens(100.0)).tokens_per_second, None);
    assert_eq!(bench.at(5.0, tokens(600.0)).tokens_per_second, Some(100.0));
    assert_eq!(bench.at(10.0, tokens(3.0)).tokens_per_second, None);
    assert_eq!(bench.at(10.0, tokens(3.0)).tokens_per_second, None, "no time passed");
}

#[test]
fn the_model_that_is_asked_for_and_runs_on_the_cpu_is_a_finding() {
    let loaded = |name: &str, in_gpu| Reading {
        models: vec![LoadedModel { name: name.into(), size: 1000, in_gpu }],
        ..Reading::default()
    };
    let mut bench = bench(Engine::Ollama);
    assert_eq!(kinds(&bench.at(0.0, loaded(MODEL, 1000))), []);
    assert_eq!(kinds(&bench.at(1.0, loaded("another", 0))), []);
    let load = bench.at(2.0, loaded(MODEL, 370));
    assert_eq!(load.findings[0].what, "llama3.1:8b runs partly on the CPU: 37 % of it fits into GPU memory");
    assert_eq!(bench.at(3.0, loaded(MODEL, 0)).findings[0].what, "llama3.1:8b runs on the CPU alone");
    bench.watch.on_cpu = true;
    assert_eq!(kinds(&bench.at(4.0, loaded(MODEL, 0))), []);
}

#[test]
fn figures_that_cannot_be_read_are_told_and_degrade_nothing() {
    let mut bench = bench(Engine::LlamaCpp);
    bench.at(0.0, queue(1, 9));
    let at = At { now: bench.start + Duration::from_secs(5), wall_ms: 8 };
    let failure = Failure::new(domain::FailureClass::Unsupported, "/slots answered 501");
    let load = bench.judge.missed(at, Engine::LlamaCpp, &failure);
    assert_eq!((load.at_ms, load.running), (8, None));
    assert!(load.findings[0].what.contains("/slots answered 501") && !load.findings[0].kind.degrades());
    assert_eq!(kinds(&bench.at(10.0, queue(1, 9))), [], "two in a row are counted anew");
}

#[test]
fn the_worst_comes_first() {
    let mut bench = bench(Engine::Vllm);
    let all = || Reading { asleep: true, progress: Some(1), ..queue(1, 9) };
    bench.at(0.0, all());
    let load = bench.at(60.0, all());
    assert_eq!(kinds(&load), [LoadFault::StandsStill, LoadFault::Asleep, LoadFault::Saturated]);
}
