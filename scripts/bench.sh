#!/bin/bash
# CPU per request and per streamed frame beside nginx and HAProxy, as ratios of one run; then what the screens cost.
# Always the release build.
set -euo pipefail
cd "$(dirname "$0")/.."

# A real server to stop and to kill, where one can be had.
timeout 240 tests/llama/install.sh .cache/llama || echo "Without a llama.cpp server: its rows are left out."
scripts/screens.sh >/dev/null
# All of it at once: a package built by itself has other features, and would build everything below it again.
cargo build --locked --release --package changeover --package changeover-headless --package changeover-bench \
  --package nvml-sim --package changeover-year
target/release/changeover-bench target/release/changeoverd

# The screens in Chromium, and the window in WebKit, on a desktop of its own.
echo
(cd ui && CHANGEOVER_PROGRAMS="$PWD/../target/release" ../scripts/with-desktop.sh \
  npx --no-install playwright test --config browser/bench.config.ts >/dev/null) || failed=1
cat target/screens-bench.txt
exit "${failed:-0}"
