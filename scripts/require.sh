#!/bin/bash
# Checks that Rust and Node are there and new enough.
set -euo pipefail

# require NAME COMMAND WANTED HOW-TO-GET-IT
require() {
  local have
  if ! command -v "$2" >/dev/null; then
    printf '%s is missing (wanted: %s or newer).\n  %s\n' "$1" "$3" "$4" >&2
    return 1
  fi
  have=$("$2" --version | grep -Eo '[0-9]+(\.[0-9]+)+' | head -n 1)
  if [ "$(printf '%s\n%s\n' "$3" "$have" | sort -V | head -n 1)" != "$3" ]; then
    printf '%s %s is too old (wanted: %s or newer).\n  %s\n' "$1" "$have" "$3" "$4" >&2
    return 1
  fi
}

code=0
require Rust cargo 1.94 "Get it from https://rustup.rs, or with: rustup update stable" || code=1
require Node.js node 20.19 "Get it from https://nodejs.org, or from NodeSource's packages for your system" || code=1
require npm npm 9 "It comes with Node.js" || code=1
exit "$code"
