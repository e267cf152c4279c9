#!/bin/bash
# Builds the screens into ui/dist, from which both programs take them.
set -euo pipefail
cd "$(dirname "$0")/../ui"

# npm writes this file last; it is older than the lock file when that has changed.
if [ ! -e node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
  echo "Fetching the screens' packages."
  npm ci
  touch node_modules/.package-lock.json
fi
npm run --silent build
