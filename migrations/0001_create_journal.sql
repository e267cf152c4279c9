-- What happened. The program numbers the events itself, without gaps in time; thinned ones are pruned by age.
CREATE TABLE events (
    seq       INTEGER NOT NULL PRIMARY KEY,
    at_ms     INTEGER NOT NULL,
    kind      TEXT    NOT NULL,
    chain     TEXT,
    tier      TEXT,
    simulated INTEGER NOT NULL CHECK (simulated IN (0, 1)),
    durable   INTEGER NOT NULL CHECK (durable IN (0, 1)),
    body      TEXT    NOT NULL
) STRICT;

CREATE INDEX events_by_kind ON events (kind, seq);
CREATE INDEX events_thin ON events (at_ms) WHERE durable = 0;

-- Small states that survive a restart. Never a secret.
CREATE TABLE states (
    name  TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
