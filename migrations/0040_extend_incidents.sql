-- What people did with an incident, and what each change-over was, so that both can be searched.
ALTER TABLE incidents ADD COLUMN severity_by_hand INTEGER NOT NULL DEFAULT 0 CHECK (severity_by_hand IN (0, 1));
ALTER TABLE incidents ADD COLUMN phase TEXT NOT NULL DEFAULT 'detect';
ALTER TABLE incidents ADD COLUMN runbook TEXT;
ALTER TABLE incidents ADD COLUMN merged_into INTEGER;
ALTER TABLE incidents ADD COLUMN acknowledged_ms INTEGER;
ALTER TABLE incidents ADD COLUMN answered_by TEXT;
ALTER TABLE incidents ADD COLUMN post_mortem TEXT; -- Markdown, as it was last written; each version is in the journal

-- The event of the note that this line is another wording of.
ALTER TABLE timeline ADD COLUMN edits INTEGER;

-- A corrected time with the one that was recorded first.
CREATE TABLE corrections (
    id        INTEGER NOT NULL PRIMARY KEY,
    incident  INTEGER NOT NULL REFERENCES incidents (id),
    seq       INTEGER NOT NULL UNIQUE, -- of its event, so that a replay writes it once
    at_ms     INTEGER NOT NULL,
    actor     TEXT    NOT NULL,
    milestone TEXT    NOT NULL CHECK (milestone IN ('began', 'detected', 'assessed', 'failed_over', 'restored')),
    was_ms    INTEGER,
    now_ms    INTEGER NOT NULL,
    reason    TEXT    NOT NULL
) STRICT;

CREATE INDEX corrections_by_incident ON corrections (incident, id);

-- The steps of runbooks as they were last ticked.
CREATE TABLE runbook_steps (
    incident INTEGER NOT NULL REFERENCES incidents (id),
    runbook  TEXT    NOT NULL,
    step     INTEGER NOT NULL,
    done     INTEGER NOT NULL CHECK (done IN (0, 1)),
    at_ms    INTEGER NOT NULL,
    actor    TEXT    NOT NULL,
    PRIMARY KEY (incident, runbook, step)
) STRICT, WITHOUT ROWID;

CREATE INDEX runbook_steps_by_runbook ON runbook_steps (runbook, at_ms);

CREATE TABLE changeovers (
    seq       INTEGER NOT NULL PRIMARY KEY, -- of its event
    at_ms     INTEGER NOT NULL,
    chain     TEXT    NOT NULL,
    simulated INTEGER NOT NULL CHECK (simulated IN (0, 1)),
    direction TEXT    NOT NULL CHECK (direction IN ('over', 'back')),
    from_tier TEXT    NOT NULL, -- '' for none
    to_tier   TEXT    NOT NULL, -- '' for none
    cause     TEXT    NOT NULL,
    error     TEXT    NOT NULL,
    advice    TEXT    NOT NULL,
    waited_ms INTEGER,
    incident  INTEGER
) STRICT;

CREATE INDEX changeovers_by_time ON changeovers (at_ms);
CREATE INDEX changeovers_by_cause ON changeovers (simulated, direction, at_ms, cause);

INSERT INTO changeovers
SELECT seq, at_ms, coalesce(chain, ''), simulated, json_extract(body, '$.direction'),
       coalesce(json_extract(body, '$.from'), ''), coalesce(json_extract(body, '$.to'), ''),
       json_extract(body, '$.trigger'), json_extract(body, '$.error'), json_extract(body, '$.advice'),
       json_extract(body, '$.waited_ms'),
       (SELECT t.incident FROM timeline t WHERE t.seq = e.seq ORDER BY t.id LIMIT 1)
FROM events e WHERE kind = 'changed_over';

CREATE INDEX incidents_by_chain ON incidents (chain, id);
