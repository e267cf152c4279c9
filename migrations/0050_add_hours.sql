-- The same figures per hour, so that a report over a year reads thousands of rows and not millions. An hour is
-- milliseconds / 3,600,000 since 1970; it holds the sum of its sixty minutes.
CREATE TABLE attempt_hours (
    hour       INTEGER NOT NULL,
    chain      TEXT    NOT NULL,
    tier       TEXT    NOT NULL,
    simulated  INTEGER NOT NULL CHECK (simulated IN (0, 1)),
    result     TEXT    NOT NULL,
    count      INTEGER NOT NULL,
    tokens_in  INTEGER NOT NULL,
    tokens_out INTEGER NOT NULL,
    PRIMARY KEY (hour, chain, tier, simulated, result)
) STRICT, WITHOUT ROWID;

CREATE TABLE request_hours (
    hour          INTEGER NOT NULL,
    chain         TEXT    NOT NULL,
    tier          TEXT    NOT NULL,
    simulated     INTEGER NOT NULL CHECK (simulated IN (0, 1)),
    result        TEXT    NOT NULL,
    count         INTEGER NOT NULL,
    first_tier_ok INTEGER NOT NULL,
    PRIMARY KEY (hour, chain, tier, simulated, result)
) STRICT, WITHOUT ROWID;

INSERT INTO attempt_hours
SELECT minute / 60, chain, tier, simulated, result, SUM(count), SUM(tokens_in), SUM(tokens_out)
FROM attempt_minutes GROUP BY 1, 2, 3, 4, 5;

INSERT INTO request_hours
SELECT minute / 60, chain, tier, simulated, result, SUM(count), SUM(first_tier_ok)
FROM request_minutes GROUP BY 1, 2, 3, 4, 5;

-- The newest change-over of a chain; of all of them only the newest is asked for.
CREATE INDEX changeovers_by_chain ON changeovers (chain, simulated, direction, at_ms);
