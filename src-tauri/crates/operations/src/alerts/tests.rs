use std::{cell::Cell, collections::VecDeque, sync::Mutex};

use domain::{
    Stamped,
    event::{Act, IncidentAct},
    journal::{JournalReader, journal},
};
use tokio::{
    sync::mpsc,
    time::{Instant, advance},
};

use super::*;
use crate::{
    incidents::{IncidentBook, RELAPSE_WINDOW_MS},
    keeper::{
        Committed,
        fold::{Thinning, fold},
    },
    testing::*,
};

/// A channel that hands notices to the test, and refuses those that it is told to refuse.
#[derive(Debug)]
struct Fake {
    notices: mpsc::UnboundedSender<(Instant, Notice)>,
    refusals: Mutex<VecDeque<NotifyError>>,
    pauses: &'static [Duration],
}

impl Notifier for Fake {
    fn send<'a>(&'a self, notice: &'a Notice) -> Sending<'a> {
        self.notices.send((Instant::now(), notice.clone())).unwrap();
        let refusal = self.refusals.lock().unwrap().pop_front();
        Box::pin(async move { refusal.map_or(Ok(()), Err) })
    }

    fn pauses(&self) -> &'static [Duration] {
        self.pauses
    }
}

thread_local! {
    /// The wall clock of a test, which runs on one thread.
    static CLOCK: Cell<i64> = const { Cell::new(12 * 3_600_000) };
}

/// The alerting task between a hand-fed fold and a fake channel.
struct Bench {
    book: IncidentBook,
    seq: i64,
    /// The time of the last event: records are folded as if they came at once.
    now_ms: i64,
    commits: broadcast::Sender<Arc<Committed>>,
    books: watch::Sender<Arc<IncidentBook>>,
    notices: mpsc::UnboundedReceiver<(Instant, Notice)>,
    records: JournalReader,
    roster: watch::Sender<Arc<Roster>>,
    tasks: TaskTracker,
    fake: Arc<Fake>,
}

const QUICK: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(5)];

impl Bench {
    fn new() -> Self {
        Self::with(IncidentBook::default(), Settings::default())
    }

    fn with(book: IncidentBook, settings: Settings) -> Self {
        Self::patient(book, settings, &QUICK)
    }

    fn patient(book: IncidentBook, settings: Settings, pauses: &'static [Duration]) -> Self {
        let (notices_tx, notices) = mpsc::unbounded_channel();
        let fake = Arc::new(Fake { notices: notices_tx, refusals: Mutex::default(), pauses });
        let (journal, records) = journal();
        let (roster, in_force) = watch::channel(Arc::new(roster_of(settings, &fake)));
        let (commits, commits_rx) = broadcast::channel(64);
        let (books, books_rx) = watch::channel(Arc::new(book.clone()));
        let tasks = TaskTracker::new();
        let deps = desk::Deps {
            roster: in_force,
            journal,
            commits: commits_rx,
            book: books_rx,
            tasks: tasks.clone(),
            stop: CancellationToken::new(),
            clock: || CLOCK.get(),
        };
        tasks.spawn(desk::Desk::new(deps).run());
        let seq = book.applied_seq();
        Self { seq, now_ms: 0, book, commits, books, notices, records, roster, tasks, fake }
    }

    fn refuse(&self, errors: impl IntoIterator<Item = NotifyError>) {
        self.fake.refusals.lock().unwrap().extend(errors);
    }

    /// What the keeper does with an event.
    fn tell(&mut self, at_ms: i64, event: Event) {
        self.seq += 1;
        self.now_ms = at_ms;
        let events = vec![Stamped { seq: self.seq, at_ms, event }];
        let (_, incidents) = fold(&events, &mut self.book, &mut Thinning::default());
        let book = Arc::new(self.book.clone());
        self.books.send_replace(Arc::clone(&book));
        self.commits.send(Arc::new(Committed { events, incidents, book })).unwrap();
    }

    async fn notice(&mut self) -> Notice {
        self.notices.recv().await.unwrap().1
    }

    /// The next record of an alert, folded as the keeper folds it.
    async fn record(&mut self) -> AlertRecord {
        let stamped = self.records.batch(1).await.remove(0);
        let Event::Alert(record) = stamped.event.clone() else { panic!("{stamped:?}") };
        self.tell(self.now_ms, stamped.event);
        record
    }

    /// Nothing more is announced, however long one waits.
    async fn silence(&mut self) {
        advance(Duration::from_secs(3_600)).await;
        tokio::task::yield_now().await;
        let more: Vec<_> =
            std::iter::from_fn(|| self.notices.try_recv().ok()).map(|(_, n)| n.title).collect();
        assert_eq!(more, Vec::<String>::new());
    }
}

fn roster_of(settings: Settings, fake: &Arc<Fake>) -> Roster {
    let fake = Arc::clone(fake) as Arc<dyn Notifier>;
    let notifiers = settings.channels.iter().map(|c| (c.name.clone(), Arc::clone(&fake))).collect();
    Roster { settings, notifiers }
}

/// Settings of the desktop's channel alone, that tells these.
fn telling(tells: &[Tells]) -> Settings {
    Settings {
        channels: vec![Channel::desktop(true, tells.iter().copied().collect())],
        ..Settings::default()
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        self.tasks.close();
    }
}

#[tokio::test(start_paused = true)]
async fn an_opening_says_from_to_error_and_what_to_do() {
    let mut bench = Bench::new();
    bench.tell(1_000, over("gpu", Some("cpu"), 900, Some(50)));
    let notice = bench.notice().await;
    assert_eq!(notice.title, "chat: gpu -> cpu");
    assert_eq!(
        notice.body,
        "From: gpu\nTo: cpu\nError: gpu refused the connection\nWhat to do: Start the server."
    );
    assert_eq!((notice.incident, notice.urgent), (Some(1), true));
    let record = bench.record().await;
    assert_eq!((record.incident, record.outcome, record.reason), (Some(1), AlertOutcome::Sent, None));
    assert_eq!((record.channel.as_str(), record.title.as_str()), ("desktop", "chat: gpu -> cpu"));

    bench.tell(40_000, up("gpu"));
    let notice = bench.notice().await;
    assert_eq!(notice.title, "chat: gpu is back");
    assert_eq!(notice.body, "Restored after 39.1 s.\nRequests saved by another tier: 0; failed: 0.");
    assert!(!notice.urgent);
    bench.record().await;
    bench.silence().await;
}

#[tokio::test(start_paused = true)]
async fn a_failed_check_waits_a_moment_for_the_tier_that_takes_over() {
    let mut bench = Bench::new();
    let start = Instant::now();
    bench.tell(1_000, down("gpu", 900));
    tokio::time::sleep(Duration::from_millis(50)).await;
    bench.tell(1_050, over("gpu", Some("cpu"), 900, None));
    bench.tell(1_050, answered("cpu"));
    let (at, notice) = bench.notices.recv().await.unwrap();
    assert_eq!((notice.title.as_str(), at - start), ("chat: gpu -> cpu", Duration::from_millis(50)));
    bench.record().await;
    bench.silence().await;
}

#[tokio::test(start_paused = true)]
async fn a_tier_that_takes_over_and_fails_at_once_is_no_news() {
    let mut bench = Bench::new();
    bench.tell(1_000, over("gpu", Some("cpu"), 900, None));
    tokio::time::sleep(Duration::from_millis(20)).await;
    bench.tell(1_020, over("cpu", None, 1_010, Some(5)));
    assert_eq!(bench.notice().await.title, "chat: no tier answers");
    let mut held = [bench.record().await, bench.record().await, bench.record().await];
    held.sort_by_key(|r| r.incident);
    assert_eq!(held[0].reason.as_deref(), Some("part of incident 3: no tier answers"));
    assert_eq!(held[1].reason, held[0].reason);
    bench.silence().await;
}

#[tokio::test(start_paused = true)]
async fn a_tier_without_traffic_is_announced_as_such() {
    let mut bench = Bench::new();
    let start = Instant::now();
    bench.tell(1_000, down("cpu", 900));
    let (at, notice) = bench.notices.recv().await.unwrap();
    assert_eq!(at - start, Duration::from_millis(400));
    assert_eq!(notice.title, "chat: cpu is down, no traffic affected");
    assert!(notice.body.contains("Error: connection refused"), "{}", notice.body);
    assert!(!notice.urgent);
}

#[tokio::test(start_paused = true)]
async fn practice_is_labelled_and_never_urgent() {
    let mut bench = Bench::new();
    bench.tell(1_000, simulated(over("gpu", Some("cpu"), 900, Some(50))));
    let notice = bench.notice().await;
    assert_eq!((notice.title.as_str(), notice.urgent), ("[Practice] chat: gpu -> cpu", false));
}

#[tokio::test(start_paused = true)]
async fn flapping_is_one_alert_and_one_end() {
    let mut bench = Bench::new();
    bench.tell(1_000, over("gpu", Some("cpu"), 900, Some(50)));
    assert_eq!(bench.notice().await.title, "chat: gpu -> cpu");
    bench.record().await;
    bench.tell(2_000, up("gpu"));
    assert_eq!(bench.notice().await.title, "chat: gpu is back");
    bench.record().await;
    for n in 0..20 {
        bench.tell(3_000 + n * 100, down("gpu", 2_900));
        let held = bench.record().await;
        assert_eq!(held.outcome, AlertOutcome::HeldBack);
        assert!(held.reason.unwrap().contains("relapse"));
        bench.tell(3_050 + n * 100, up("gpu"));
        tokio::time::sleep(Duration::from_secs(60)).await;
    }
    let last = Instant::now() - Duration::from_secs(60);
    let (at, notice) = bench.notices.recv().await.unwrap();
    assert_eq!(notice.title, "chat: gpu is back");
    assert!(notice.body.contains("20 times"), "{}", notice.body);
    assert_eq!(at - last, Duration::from_millis(RELAPSE_WINDOW_MS as u64));
    bench.record().await;
    bench.silence().await;
}

#[tokio::test(start_paused = true)]
async fn when_no_tier_answers_that_is_the_news() {
    let mut bench = Bench::new();
    bench.tell(1_000, over("gpu", None, 900, Some(50)));
    let mut seen = [bench.record().await, bench.record().await];
    seen.sort_by_key(|r| r.incident);
    assert_eq!(seen[0].outcome, AlertOutcome::HeldBack);
    assert_eq!(seen[0].reason.as_deref(), Some("part of incident 2: no tier answers"));
    assert_eq!((seen[1].outcome, seen[1].title.as_str()), (AlertOutcome::Sent, "chat: no tier answers"));
    let notice = bench.notice().await;
    assert!(notice.urgent && notice.body.starts_with("Requests fail until a tier recovers."), "{notice:?}");
    bench.silence().await;
}

#[tokio::test(start_paused = true)]
async fn a_restart_announces_only_what_was_not_announced() {
    let mut bench = Bench::new();
    bench.tell(1_000, over("gpu", Some("cpu"), 900, Some(50)));
    bench.notice().await;
    bench.record().await;
    let mut again = Bench::with(bench.book.clone(), Settings::default());
    again.silence().await;

    // One opened and another ended just before the program was killed.
    let mut book = again.book.clone();
    let seq = book.applied_seq();
    book.apply(&at(seq + 1, 5_000, up("gpu")));
    book.apply(&at(seq + 2, 5_000, over("cpu", Some("cloud"), 4_900, Some(5))));
    let mut again = Bench::with(book, Settings::default());
    let mut titles = [again.notice().await.title, again.notice().await.title];
    titles.sort();
    assert_eq!(titles, ["chat: cpu -> cloud", "chat: gpu is back"]);
}

#[tokio::test(start_paused = true)]
async fn a_refused_notice_is_tried_three_times_and_recorded() {
    let mut bench = Bench::new();
    bench.refuse(["no bus", "no bus", "no daemon: install dunst"].map(NotifyError::passing));
    let start = Instant::now();
    bench.tell(1_000, over("gpu", Some("cpu"), 900, Some(50)));
    let record = bench.record().await;
    assert_eq!(record.outcome, AlertOutcome::Failed);
    assert_eq!(record.reason.as_deref(), Some("no daemon: install dunst"));
    let tries: Vec<_> =
        std::iter::from_fn(|| bench.notices.try_recv().ok()).map(|(at, _)| at - start).collect();
    assert_eq!(tries, [Duration::ZERO, Duration::from_secs(1), Duration::from_secs(6)]);
    bench.silence().await;
}

#[tokio::test(start_paused = true)]
async fn a_notice_that_is_taken_at_the_second_try_is_sent() {
    let mut bench = Bench::new();
    bench.refuse([NotifyError::passing("busy")]);
    bench.tell(1_000, over("gpu", Some("cpu"), 900, Some(50)));
    assert_eq!(bench.record().await.outcome, AlertOutcome::Sent);
}

#[tokio::test(start_paused = true)]
async fn switched_off_alerts_are_recorded_as_held_back() {
    let off = Settings { channels: vec![Channel::desktop(false, Tells::ALL.into())], ..Settings::default() };
    let mut bench = Bench::with(IncidentBook::default(), off);
    bench.tell(1_000, over("gpu", Some("cpu"), 900, Some(50)));
    let record = bench.record().await;
    assert_eq!(record.outcome, AlertOutcome::HeldBack);
    assert!(record.reason.unwrap().contains("switched off"));
    bench.silence().await;
}

#[tokio::test(start_paused = true)]
async fn a_channel_hears_of_its_events_alone_and_of_the_end_only_when_it_heard_of_the_beginning() {
    let mut bench = Bench::with(IncidentBook::default(), telling(&[Tells::P0, Tells::Over]));
    bench.tell(1_000, over("gpu", Some("cpu"), 900, Some(50)));
    let record = bench.record().await;
    assert_eq!(record.outcome, AlertOutcome::HeldBack);
    assert_eq!(record.reason.as_deref(), Some("P1 is not among the events of this channel"));
    bench.tell(2_000, up("gpu"));
    bench.silence().await;

    let mut bench = Bench::with(IncidentBook::default(), telling(&[Tells::P1]));
    bench.tell(1_000, over("gpu", Some("cpu"), 900, Some(50)));
    bench.notice().await;
    bench.record().await;
    bench.tell(2_000, up("gpu"));
    let held = bench.record().await;
    assert_eq!(held.reason.as_deref(), Some("a recovery is not among the events of this channel"));
    bench.silence().await;
}

#[tokio::test(start_paused = true)]
async fn what_gets_worse_is_told_again() {
    let mut bench = Bench::new();
    bench.tell(1_000, down("gpu", 900));
    assert_eq!(bench.notice().await.severity, Some(Severity::P3));
    bench.record().await;
    tokio::time::sleep(Duration::from_secs(60)).await;
    bench.tell(61_000, over("gpu", Some("cpu"), 900, Some(50)));
    let worse = bench.notice().await;
    assert_eq!(
        (worse.step, worse.title.as_str()),
        (AlertStep::Worse, "Worse, P1: chat: gpu is down, cpu answers")
    );
    bench.record().await;
    bench.silence().await;
}

#[tokio::test(start_paused = true)]
async fn an_incident_that_nobody_acknowledges_is_told_again_and_again() {
    let settings = Settings { remind: Some(Duration::from_secs(600)), ..Settings::default() };
    let mut bench = Bench::with(IncidentBook::default(), settings);
    let start = Instant::now();
    bench.tell(1_000, over("gpu", Some("cpu"), 900, Some(50)));
    bench.notice().await;
    bench.record().await;
    for n in 1..=3 {
        let (at, notice) = bench.notices.recv().await.unwrap();
        assert_eq!((notice.step, at - start), (AlertStep::Reminder, Duration::from_secs(600 * n)));
        bench.record().await;
    }
    let act = IncidentAct { incident: 1, actor: "ada".into(), act: Act::Acknowledge };
    bench.tell(2_000_000, Event::IncidentAct(act));
    bench.silence().await;
}

#[tokio::test(start_paused = true)]
async fn a_relapse_that_lasts_is_told() {
    let mut bench = Bench::new();
    bench.tell(1_000, over("gpu", Some("cpu"), 900, Some(50)));
    bench.notice().await;
    bench.record().await;
    bench.tell(2_000, up("gpu"));
    bench.notice().await;
    bench.record().await;
    let again = Instant::now();
    bench.tell(3_000, down("gpu", 2_900));
    assert_eq!(bench.record().await.step, Some(AlertStep::Relapse));
    let (at, notice) = bench.notices.recv().await.unwrap();
    assert_eq!((notice.title.as_str(), at - again), ("Again: chat: gpu -> cpu", Duration::from_secs(300)));
    bench.record().await;
    bench.silence().await;
}

#[tokio::test(start_paused = true)]
async fn a_wrong_password_is_not_tried_again_until_the_configuration_changes() {
    let mut bench = Bench::new();
    bench.refuse([NotifyError::lasting("store the right password")]);
    bench.tell(1_000, over("gpu", Some("cpu"), 900, Some(50)));
    bench.notice().await;
    assert_eq!(bench.record().await.outcome, AlertOutcome::Failed);
    bench.silence().await;
}

#[tokio::test(start_paused = true)]
async fn a_server_that_is_away_is_waited_for_over_a_restart_and_the_end_comes_after_the_beginning() {
    let mut bench = Bench::patient(IncidentBook::default(), Settings::default(), &PATIENT);
    bench.refuse((0..3).map(|_| NotifyError::passing("refused")));
    bench.tell(1_000, over("gpu", Some("cpu"), 900, Some(50)));
    for _ in 0..3 {
        bench.notice().await;
    }
    let record = bench.record().await;
    assert_eq!(record.outcome, AlertOutcome::Retrying);
    assert!(record.reason.unwrap().contains("tried again"));
    bench.tell(2_000, up("gpu"));
    // An hour passes in the journal before the program is killed: the incident is not forgotten.
    bench.tell(3_602_000, down("cpu", 3_602_000));
    let book: IncidentBook = serde_json::from_str(&serde_json::to_string(&bench.book).unwrap()).unwrap();
    let mut again = Bench::with(book, Settings::default());
    let mut titles = Vec::new();
    for _ in 0..3 {
        titles.push(again.notice().await.title);
        again.record().await;
    }
    let at = |title: &str| titles.iter().position(|t| t == title).unwrap_or_else(|| panic!("{titles:?}"));
    assert!(at("chat: gpu -> cpu") < at("chat: gpu is back"), "{titles:?}");
    assert!(titles.iter().any(|t| t.starts_with("chat: cpu is down")));
    again.silence().await;
}

#[tokio::test(start_paused = true)]
async fn a_changed_configuration_is_tried_at_once() {
    let mut bench = Bench::patient(IncidentBook::default(), Settings::default(), &PATIENT);
    bench.refuse((0..3).map(|_| NotifyError::passing("refused")));
    bench.tell(1_000, over("gpu", Some("cpu"), 900, Some(50)));
    for _ in 0..3 {
        bench.notice().await;
    }
    bench.record().await;
    let before = Instant::now();
    bench.roster.send_replace(Arc::new(roster_of(Settings::default(), &bench.fake)));
    bench.notice().await;
    assert_eq!(bench.record().await.outcome, AlertOutcome::Sent);
    assert!(before.elapsed() < Duration::from_secs(1));
    let none = Settings { channels: vec![], ..Settings::default() };
    bench.roster.send_replace(Arc::new(roster_of(none, &bench.fake)));
    bench.tell(2_000, up("gpu"));
    bench.silence().await;
}

#[tokio::test(start_paused = true)]
async fn more_than_the_most_within_an_hour_is_held_back() {
    let mut bench =
        Bench::with(IncidentBook::default(), Settings { most_per_hour: 2, ..Settings::default() });
    for (n, tier) in ["a", "b", "c"].into_iter().enumerate() {
        let at = 1_000 * (n as i64 + 1);
        bench.tell(at, over(tier, Some("cpu"), at, Some(50)));
        let record = bench.record().await;
        let expected = if n < 2 { AlertOutcome::Sent } else { AlertOutcome::HeldBack };
        assert_eq!(record.outcome, expected, "{record:?}");
    }
    tokio::time::sleep(Duration::from_secs(3_700)).await;
    bench.tell(5_000, over("d", Some("cpu"), 5_000, Some(50)));
    assert_eq!(bench.record().await.outcome, AlertOutcome::Sent);
}

#[tokio::test(start_paused = true)]
async fn the_end_names_the_tiers_that_are_still_out() {
    let mut bench = Bench::new();
    bench.tell(1_000, over("gpu", None, 900, Some(50)));
    bench.record().await;
    bench.record().await;
    assert_eq!(bench.notice().await.title, "chat: no tier answers");
    bench.tell(9_000, back(None, "cpu"));
    let over = bench.notice().await;
    assert_eq!(over.title, "chat: answers again");
    assert!(over.body.contains("Still out of service: gpu."), "{}", over.body);
    bench.record().await;
    bench.silence().await;
}

#[tokio::test(start_paused = true)]
async fn ten_thousand_failing_requests_are_one_alert_and_one_end() {
    let mut bench = Bench::new();
    bench.tell(1_000, over("gpu", Some("cpu"), 900, Some(50)));
    for n in 0..10_000 {
        bench.seq += 1;
        let event = request(None, domain::event::RequestResult::Failed, 5.0);
        bench.book.apply(&at(bench.seq, 1_001 + n, event));
        if n % 100 == 0 {
            bench.tell(1_001 + n, request(Some("cpu"), domain::event::RequestResult::Answered, 5.0));
            tokio::task::yield_now().await;
        }
    }
    assert_eq!(bench.notice().await.title, "chat: gpu -> cpu");
    bench.record().await;
    bench.tell(60_000, up("gpu"));
    assert_eq!(bench.notice().await.title, "chat: gpu is back");
    bench.record().await;
    bench.silence().await;
}

#[tokio::test(start_paused = true)]
async fn quiet_hours_hold_back_all_but_the_worst_and_tell_what_still_goes_on_afterwards() {
    let night = |settings: Settings| Settings {
        quiet: Some(Quiet::new("22:00", "07:00", "UTC", Severity::P0).unwrap()),
        ..settings
    };
    let hours = |h: i64| CLOCK.set(h * 3_600_000);
    hours(23);
    let mut bench = Bench::with(IncidentBook::default(), night(Settings::default()));
    bench.tell(1_000, over("gpu", Some("cpu"), 900, Some(50)));
    let record = bench.record().await;
    assert_eq!(
        (record.outcome, record.reason.as_deref()),
        (AlertOutcome::Waiting, Some("quiet hours until 07:00"))
    );
    tokio::time::sleep(Duration::from_secs(3_600)).await;
    assert!(bench.notices.try_recv().is_err());
    hours(7 + 24);
    assert_eq!(bench.notice().await.title, "chat: gpu -> cpu");
    assert_eq!(bench.record().await.outcome, AlertOutcome::Sent);

    hours(23);
    let mut bench = Bench::with(IncidentBook::default(), night(Settings::default()));
    bench.tell(1_000, over("gpu", Some("cpu"), 900, Some(50)));
    bench.record().await;
    bench.tell(2_000, up("gpu"));
    hours(12);
    let record = bench.record().await;
    assert_eq!(record.reason.as_deref(), Some("it was over before the quiet hours ended"));
    bench.silence().await;
}
