#!/bin/bash
# CPU per request and per streamed frame beside nginx and HAProxy, as ratios of one run. Always the release build.
set -euo pipefail
cd "$(dirname "$0")/.."

cargo build --locked --release --package changeover-headless --package changeover-bench --package nvml-sim --package changeover-year
exec target/release/changeover-bench target/release/changeoverd
