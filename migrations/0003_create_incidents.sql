-- A fold over the journal: the program rewrites a row while its incident goes on.
CREATE TABLE incidents (
    id             INTEGER NOT NULL PRIMARY KEY,
    chain          TEXT    NOT NULL,
    tier           TEXT    NOT NULL,
    simulated      INTEGER NOT NULL CHECK (simulated IN (0, 1)),
    kind           TEXT    NOT NULL,
    severity       INTEGER NOT NULL CHECK (severity BETWEEN 0 AND 3),
    state          TEXT    NOT NULL CHECK (state IN ('open', 'acknowledged', 'closed')),
    title          TEXT    NOT NULL,
    cause          TEXT    NOT NULL,
    advice         TEXT    NOT NULL,
    began_ms       INTEGER NOT NULL,
    detected_ms    INTEGER NOT NULL,
    assessed_ms    INTEGER,
    failed_over_ms INTEGER,
    restored_ms    INTEGER,
    closed_ms      INTEGER,
    saved          INTEGER NOT NULL,
    failed         INTEGER NOT NULL,
    relapses       INTEGER NOT NULL
) STRICT;

CREATE INDEX incidents_by_began ON incidents (began_ms);
CREATE INDEX incidents_going_on ON incidents (id) WHERE state <> 'closed';

CREATE TABLE timeline (
    id       INTEGER NOT NULL PRIMARY KEY,
    incident INTEGER NOT NULL REFERENCES incidents (id),
    seq      INTEGER NOT NULL,
    at_ms    INTEGER NOT NULL,
    kind     TEXT    NOT NULL,
    text     TEXT    NOT NULL,
    actor    TEXT
) STRICT;

CREATE INDEX timeline_by_incident ON timeline (incident, id);
CREATE INDEX timeline_by_seq ON timeline (seq);

CREATE TRIGGER timeline_is_append_only BEFORE UPDATE ON timeline
BEGIN
    SELECT RAISE(ABORT, 'the timeline is append-only');
END;

CREATE TRIGGER timeline_is_kept BEFORE DELETE ON timeline
BEGIN
    SELECT RAISE(ABORT, 'the timeline is append-only');
END;
