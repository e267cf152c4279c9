-- Figures per replica: per minute, and rolled up into hours and days. `step` is the length in seconds, `start_s` when it began,
-- seconds since 1970. Histograms are pairs of microseconds and count; `errors` is a JSON object from class to count.
CREATE TABLE replica_figures (
    step          INTEGER NOT NULL CHECK (step IN (60, 3600, 86400)),
    start_s       INTEGER NOT NULL,
    replica       TEXT    NOT NULL,
    simulated     INTEGER NOT NULL CHECK (simulated IN (0, 1)),
    requests      INTEGER NOT NULL,
    failed        INTEGER NOT NULL,
    rate_limited  INTEGER NOT NULL,
    partial       INTEGER NOT NULL,
    tokens_out    INTEGER NOT NULL,
    generating_ms INTEGER NOT NULL,
    errors        TEXT    NOT NULL,
    first_token   BLOB    NOT NULL,
    total         BLOB    NOT NULL,
    inter_token   BLOB    NOT NULL,
    PRIMARY KEY (step, start_s, replica)
) STRICT, WITHOUT ROWID;

-- What each GPU measured, a mean per minute. Absent where it has no such sensor.
CREATE TABLE gpu_minutes (
    minute      INTEGER NOT NULL,
    gpu         TEXT    NOT NULL,
    name        TEXT    NOT NULL,
    utilisation REAL,
    memory_mib  REAL,
    temperature REAL,
    power       REAL,
    PRIMARY KEY (minute, gpu)
) STRICT, WITHOUT ROWID;
