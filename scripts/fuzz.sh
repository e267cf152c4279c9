#!/bin/sh
# Runs the fuzz targets one after the other: scripts/fuzz.sh [SECONDS [TARGET...]]
# Needs the nightly toolchain and cargo-fuzz (`cargo install cargo-fuzz`). What fails is left in fuzz/artifacts.
set -eu
cd "$(dirname "$0")/../fuzz"
seconds=${1:-600}
[ $# -gt 0 ] && shift
[ $# -gt 0 ] || set -- sse ndjson event_stream retry_after error_bodies requests answers streams
failed=
for target; do
  mkdir -p "corpus/$target" "seeds/$target"
  RUSTUP_TOOLCHAIN=nightly cargo fuzz run "$target" "corpus/$target" "seeds/$target" -- \
    -max_total_time="$seconds" -rss_limit_mb=2000 -max_len=8192 -timeout=10 -dict=json.dict || failed="$failed $target"
done
[ -z "$failed" ] || { echo "failed:$failed"; exit 1; }
