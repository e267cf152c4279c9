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

# What is newer than its sources is not built again: programs that take it in would be built again, too. Without this folder there is at
# most the page that a build of the programs alone leaves.
sources=(src index.html package.json package-lock.json tsconfig.json vite.config.ts ../icons)
if [ ! -d dist/assets ] || [ -n "$(find "${sources[@]}" -newer dist/index.html -print -quit)" ]; then
  npm run --silent build
fi
