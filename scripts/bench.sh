#!/bin/bash
# CPU per request and per streamed frame beside nginx and HAProxy, as ratios of one run; then what the screens cost.
# Always the release build.
set -euo pipefail
cd "$(dirname "$0")/.."

# A real server to stop and to kill, where one can be had.
timeout 240 tests/llama/install.sh .cache/llama || echo "Without a llama.cpp server: its rows are left out."
cargo build --locked --release --package changeover-headless --package changeover-bench --package nvml-sim --package changeover-year
target/release/changeover-bench target/release/changeoverd

# The screens in Chromium, and the window in WebKit, on a desktop of its own.
scripts/screens.sh >/dev/null
cargo build --locked --release --package changeover
echo
(cd ui && CHANGEOVER_PROGRAMS="$PWD/../target/release" ../scripts/with-desktop.sh \
  npx --no-install playwright test --config browser/bench.config.ts >/dev/null) || failed=1
cat target/screens-bench.txt
exit "${failed:-0}"
