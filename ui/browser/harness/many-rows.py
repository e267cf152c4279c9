#!/usr/bin/python3
"""Puts incidents and change-overs of two years into a data folder that changeoverd has made: many-rows.py FOLDER INCIDENTS CHANGEOVERS.

Written by SQLite alone, as a program would need minutes for a million. Number 1 is the oldest.
"""
import json
import sqlite3
import sys
import time

folder, incidents, changes = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
YEARS = 2 * 365 * 86_400_000
now = int(time.time() * 1000)
base = sqlite3.connect(f"{folder}/changeover.sqlite")
# The program's own events come after these.
first = base.execute("SELECT coalesce(max(seq), 0) FROM events").fetchone()[0]
base.execute(
    """WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :count)
    INSERT INTO incidents (id, chain, tier, simulated, kind, severity, state, title, cause, advice, began_ms, detected_ms,
      assessed_ms, failed_over_ms, restored_ms, closed_ms, saved, failed, relapses, answered_by)
    SELECT i, 'chat', 'gpu', 0, 'outage', 1 + i % 3, 'closed', 'gpu is down: incident ' || i || ' of ' || :count,
      'connection to 127.0.0.1:8000 refused', 'Nothing listens there: start the server.', at, at + 300, at + 310, at + 420,
      at + 60000 + i % 900000, at + 61000 + i % 900000, i % 50, i % 7 = 0, 0, 'cloud'
    FROM (SELECT i, :now - :years + i * (:years / (:count + 1)) AS at FROM n)""",
    {"count": incidents, "now": now, "years": YEARS},
)
base.execute(
    """WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :count)
    INSERT INTO changeovers
    SELECT :first + i, :now - :years + i * (:years / (:count + 1)), 'chat', 0, iif(i % 2, 'over', 'back'),
      iif(i % 2, 'gpu', 'cloud'), iif(i % 2, 'cloud', 'gpu'), iif(i % 2, 'refused', 'recovered'),
      'change-over ' || i || ' of ' || :count, '', iif(i % 2, 20 + i % 900, NULL),
      1 + (i - 1) * :incidents / :count
    FROM n""",
    {"count": changes, "now": now, "years": YEARS, "first": first, "incidents": incidents},
)
book = json.loads(base.execute("SELECT value FROM states WHERE name = 'fold.incidents'").fetchone()[0])
book |= {"count": incidents, "applied_seq": first + changes}
base.execute("UPDATE states SET value = ? WHERE name = 'fold.incidents'", [json.dumps(book)])
base.commit()
base.execute("ANALYZE")
base.commit()
