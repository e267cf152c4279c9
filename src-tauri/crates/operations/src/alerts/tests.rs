use std::{collections::VecDeque, sync::Mutex};

use domain::{
    Stamped,
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
    refusals: Mutex<VecDeque<&'static str>>,
}

impl Notifier for Fake {
    fn channel(&self) -> &'static str {
        "desktop"
    }

    fn send<'a>(&'a self, notice: &'a Notice) -> Sending<'a> {
        self.notices.send((Instant::now(), notice.clone())).unwrap();
        let refusal = self.refusals.lock().unwrap().pop_front();
        Box::pin(async move { refusal.map_or(Ok(()), |why| Err(NotifyError(why.to_owned()))) })
    }
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
    sender: Sender,
    tasks: TaskTracker,
    fake: Arc<Fake>,
}

impl Bench {
    fn new() -> Self {
        Self::with(IncidentBook::default())
    }

    fn with(book: IncidentBook) -> Self {
        let (notices_tx, notices) = mpsc::unbounded_channel();
        let fake = Arc::new(Fake { notices: notices_tx, refusals: Mutex::default() });
        let (journal, records) = journal();
        let sender = Sender { notifier: fake.clone(), journal, enabled: watch::Sender::new(true) };
        let (commits, commits_rx) = broadcast::channel(64);
        let (books, books_rx) = watch::channel(Arc::new(book.clone()));
        let tasks = TaskTracker::new();
        tasks.spawn(desk::Desk::new(sender.clone(), commits_rx, books_rx).run());
        Self {
            seq: book.applied_seq(),
            now_ms: 0,
            book,
            commits,
            books,
            notices,
            records,
            sender,
            tasks,
            fake,
        }
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
    let (at, notice) = bench.notices.recv().await.unwrap();
    assert_eq!((notice.title.as_str(), at - start), ("chat: gpu -> cpu", Duration::from_millis(50)));
    bench.record().await;
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
    let mut again = Bench::with(bench.book.clone());
    again.silence().await;

    // One opened and another ended just before the program was killed.
    let mut book = again.book.clone();
    let seq = book.applied_seq();
    book.apply(&at(seq + 1, 5_000, up("gpu")));
    book.apply(&at(seq + 2, 5_000, over("cpu", Some("cloud"), 4_900, Some(5))));
    let mut again = Bench::with(book);
    let mut titles = [again.notice().await.title, again.notice().await.title];
    titles.sort();
    assert_eq!(titles, ["chat: cpu -> cloud", "chat: gpu is back"]);
}

#[tokio::test(start_paused = true)]
async fn a_refused_notice_is_tried_three_times_and_recorded() {
    let mut bench = Bench::new();
    bench.fake.refusals.lock().unwrap().extend(["no bus", "no bus", "no daemon: install dunst"]);
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
    bench.fake.refusals.lock().unwrap().push_back("busy");
    bench.tell(1_000, over("gpu", Some("cpu"), 900, Some(50)));
    assert_eq!(bench.record().await.outcome, AlertOutcome::Sent);
}

#[tokio::test(start_paused = true)]
async fn switched_off_alerts_are_recorded_as_held_back_but_a_test_is_sent() {
    let mut bench = Bench::new();
    bench.sender.enabled.send_replace(false);
    bench.tell(1_000, over("gpu", Some("cpu"), 900, Some(50)));
    let record = bench.record().await;
    assert_eq!(record.outcome, AlertOutcome::HeldBack);
    assert!(record.reason.unwrap().contains("switched off"));
    bench.silence().await;
    let tested = bench.sender.test().await;
    assert_eq!((tested.outcome, tested.incident), (AlertOutcome::Sent, None));
    assert_eq!(bench.notice().await.title, "Changeover: test");
    assert_eq!(bench.record().await, tested);
}
