#!/bin/bash
# Takes a picture of every screen, light and dark, empty and full, into target/screenshots.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/require.sh
scripts/install.sh build test
scripts/screens.sh
cargo build --locked --package changeover-headless --package changeover-tests --package changeover-year --bins
cargo build --locked --package nvml-sim
(cd ui && npx --no-install playwright test --config browser/shots/config.ts)
echo "The pictures are in target/screenshots."
