#!/bin/bash
# Installs the packages of a folder that tests use, as its lock file says, without running their scripts:
# scripts/node.sh FOLDER
set -euo pipefail
cd "$(dirname "$0")/.."
cd "$1"

# npm writes this file last; it is older than the lock file when that has changed.
if [ ! -e node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
  npm ci --ignore-scripts
  touch node_modules/.package-lock.json
fi
