//! Millions of rows, made inside the file by SQL alone.

use std::path::Path;

use sqlx::{
    ConnectOptions, Connection, SqliteConnection,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};

use crate::{DAY, DAYS};

/// Change-overs of each incident: over and back, time and again.
const EACH: i64 = 10;

/// The figures of every hour as those of its minutes, and the hours as the sum of these.
const MINUTES: [&str; 8] = [
    "CREATE TEMP TABLE clock AS
     WITH RECURSIVE n(x) AS (SELECT 0 UNION ALL SELECT x + 1 FROM n WHERE x < 59) SELECT x FROM n",
    "DELETE FROM request_minutes",
    "INSERT INTO request_minutes
     SELECT hour * 60 + x, chain, tier, simulated, result, 1 + count / 60,
            CASE first_tier_ok WHEN 0 THEN 0 ELSE 1 + count / 60 END
     FROM request_hours CROSS JOIN clock",
    "DELETE FROM attempt_minutes",
    "INSERT INTO attempt_minutes
     SELECT hour * 60 + x, chain, tier, simulated, result, 1 + count / 60, 1 + tokens_in / 60, 1 + tokens_out / 60
     FROM attempt_hours CROSS JOIN clock",
    // A third of the answers in each of three buckets.
    "INSERT INTO first_token_minutes
     SELECT minute, chain, tier, simulated, 200 << x, 1 + count / 3
     FROM request_minutes CROSS JOIN clock WHERE result = 'answered' AND x < 3",
    "REPLACE INTO request_hours
     SELECT minute / 60, chain, tier, simulated, result, SUM(count), SUM(first_tier_ok)
     FROM request_minutes GROUP BY 1, 2, 3, 4, 5",
    "REPLACE INTO attempt_hours
     SELECT minute / 60, chain, tier, simulated, result, SUM(count), SUM(tokens_in), SUM(tokens_out)
     FROM attempt_minutes GROUP BY 1, 2, 3, 4, 5",
];

/// Incident `id` began at `at`; its change-overs are the events `(id - 1) * EACH + 1` and following, 20 s apart.
/// Parameters: incidents, change-overs of each, start of the first, milliseconds from one to the next.
const NUMBERS: &str = "CREATE TEMP TABLE long AS
     WITH RECURSIVE n(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n WHERE id < ?1)
     SELECT id, ?3 + id * ?4 AS at, (id - 1) * ?2 AS seq, id % 3 AS class,
            CASE id % 2 WHEN 0 THEN 'gpu' ELSE 'laptop' END AS tier,
            CASE id % 2 WHEN 0 THEN 'laptop' ELSE 'cloud' END AS next
     FROM n";

/// What follows from the incidents of `long`.
const LONG: [&str; 5] = [
    "INSERT INTO incidents (id, chain, tier, simulated, kind, severity, state, title, cause, advice, began_ms,
         detected_ms, assessed_ms, failed_over_ms, restored_ms, closed_ms, saved, failed, relapses, phase, answered_by)
     SELECT id, 'chat', tier, 0, CASE class WHEN 2 THEN 'rate_limit' ELSE 'outage' END, 1 + id % 3, 'closed',
            'chat: ' || tier || ' is down, ' || next || ' answers', 'connection to 127.0.0.1:8000 refused',
            'Nothing listens there: start the server.', at, at + 120 + id % 9000, at + 120 + id % 9000, at + 150 + id % 9000,
            at + 200000, at + 200000, id % 400, id % 3, ?2 / 2 - 1, 'recover', next
     FROM long",
    "INSERT INTO changeovers
     SELECT seq + x + 1, at + x * 20000 + 125, 'chat', 0, iif(x % 2, 'back', 'over'), iif(x % 2, next, tier),
            iif(x % 2, tier, next), iif(x % 2, 'recovered', iif(class = 2, 'rate_limited', iif(class, 'refused', 'overloaded'))),
            iif(x % 2, '', 'connection to 127.0.0.1:8000 refused'), '', iif(x % 2, NULL, 20 + id % 1500), id
     FROM long CROSS JOIN clock WHERE x < ?2",
    "INSERT INTO events
     SELECT seq, at_ms, 'changed_over', chain, to_tier, 0, 1, json_object('type', 'changed_over', 'chain', chain,
            'simulated', json('false'), 'direction', direction, 'from', from_tier, 'to', to_tier, 'trigger', cause,
            'error', error, 'advice', '', 'incident', iif(direction = 'over', 'outage', NULL), 'evidence_ms', NULL,
            'waited_ms', waited_ms, 'answered', json('true'))
     FROM changeovers",
    "INSERT INTO timeline (incident, seq, at_ms, kind, text, actor)
     SELECT incident, seq, at_ms, 'changeover', from_tier || ' to ' || to_tier || ': ' || cause, NULL FROM changeovers
     ORDER BY seq",
    // Where the program's fold of the journal stands: it has seen all of this.
    "INSERT INTO states VALUES ('fold.incidents', json_object('count', ?1, 'applied_seq', ?1 * ?2,
         'open', json('[]'), 'recent', json('[]'), 'chains', json('[]')))",
];

/// Writes minutes and so many incidents of the year before `now` (milliseconds since 1970). In one transaction, and
/// without waiting for the disk: what a crash leaves of it is made anew.
pub(crate) async fn write(file: &Path, incidents: i64, now: i64) -> sqlx::Result<()> {
    let options = SqliteConnectOptions::new()
        .filename(file)
        .journal_mode(SqliteJournalMode::Memory)
        .synchronous(SqliteSynchronous::Off)
        .pragma("cache_size", "-200000");
    let mut db = options.connect().await?;
    let mut tx = db.begin().await?;
    for statement in MINUTES {
        sqlx::query(statement).execute(&mut *tx).await?;
    }
    if incidents > 0 {
        fill(&mut tx, incidents, now).await?;
    }
    tx.commit().await?;
    db.close().await
}

async fn fill(tx: &mut SqliteConnection, incidents: i64, now: i64) -> sqlx::Result<()> {
    let apart = DAYS * DAY / (incidents + 1);
    for statement in std::iter::once(NUMBERS).chain(LONG) {
        let query = sqlx::query(statement).bind(incidents).bind(EACH);
        query.bind(now - DAYS * DAY).bind(apart).execute(&mut *tx).await?;
    }
    Ok(())
}
