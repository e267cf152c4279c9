-- Figures per minute, which outlive the events that they count. A minute is milliseconds / 60,000 since 1970.
CREATE TABLE attempt_minutes (
    minute     INTEGER NOT NULL,
    chain      TEXT    NOT NULL,
    tier       TEXT    NOT NULL,
    simulated  INTEGER NOT NULL CHECK (simulated IN (0, 1)),
    result     TEXT    NOT NULL, -- 'ok' or the class of failure
    count      INTEGER NOT NULL,
    tokens_in  INTEGER NOT NULL,
    tokens_out INTEGER NOT NULL,
    PRIMARY KEY (minute, chain, tier, simulated, result)
) STRICT, WITHOUT ROWID;

CREATE TABLE request_minutes (
    minute        INTEGER NOT NULL,
    chain         TEXT    NOT NULL,
    tier          TEXT    NOT NULL, -- '' when none answered
    simulated     INTEGER NOT NULL CHECK (simulated IN (0, 1)),
    result        TEXT    NOT NULL,
    count         INTEGER NOT NULL,
    first_tier_ok INTEGER NOT NULL,
    PRIMARY KEY (minute, chain, tier, simulated, result)
) STRICT, WITHOUT ROWID;

CREATE TABLE first_token_minutes (
    minute    INTEGER NOT NULL,
    chain     TEXT    NOT NULL,
    tier      TEXT    NOT NULL,
    simulated INTEGER NOT NULL CHECK (simulated IN (0, 1)),
    bucket_ms INTEGER NOT NULL, -- upper bound
    count     INTEGER NOT NULL,
    PRIMARY KEY (minute, chain, tier, simulated, bucket_ms)
) STRICT, WITHOUT ROWID;
