#!/bin/bash
# CPU per request and per streamed frame beside nginx and HAProxy, as ratios of one run. Always the release build.
set -euo pipefail
cd "$(dirname "$0")/.."

# A real server to stop and to kill, where one can be had.
timeout 240 tests/llama/install.sh .cache/llama || echo "Without a llama.cpp server: its rows are left out."
cargo build --locked --release --package changeover-headless --package changeover-bench --package nvml-sim --package changeover-year
exec target/release/changeover-bench target/release/changeoverd
