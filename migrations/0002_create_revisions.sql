-- Every revision of the configuration, whole.
CREATE TABLE revisions (
    revision INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    at_ms    INTEGER NOT NULL,
    author   TEXT    NOT NULL,
    note     TEXT    NOT NULL,
    document TEXT    NOT NULL
) STRICT;
