#!/bin/sh
# Writes .sqlx, the query data that lets the compiler check the store's SQL without a database.
# Run it after every change to a migration or to a query in src-tauri/crates/store, and commit what it writes.
set -eu
cd "$(dirname "$0")/.."
command -v python3 >/dev/null || { echo "prepare-sqlx: python3 is needed to build the schema" >&2; exit 1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 - "$work/schema.sqlite" migrations/*.sql <<'PY'
import sqlite3, sys
database = sqlite3.connect(sys.argv[1])
for path in sys.argv[2:]:
    database.executescript(open(path, encoding="utf-8").read())
database.close()
PY
mkdir "$work/queries"
# The macros write one file per query while the crate is compiled, so it must really be compiled.
touch src-tauri/crates/store/src/lib.rs
DATABASE_URL="sqlite://$work/schema.sqlite" SQLX_OFFLINE_DIR="$work/queries" cargo check -p changeover-store --all-targets
rm -rf .sqlx
mv "$work/queries" .sqlx
echo "prepare-sqlx: $(ls .sqlx | wc -l) queries"
