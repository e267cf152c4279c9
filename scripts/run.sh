#!/bin/bash
# From a fresh clone to a running program. With a display it opens the window, without one it serves the screens.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/require.sh
if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
  program=changeover package=changeover arguments=()
  scripts/install.sh build
else
  echo "There is no display: building changeoverd, which serves the screens to a browser."
  program=changeoverd package=changeover-headless arguments=(serve --practice)
  command -v cc >/dev/null || scripts/install.sh build
fi
scripts/screens.sh
echo "Building $program. The first build takes some minutes; later ones take seconds."
cargo build -p "$package"
exec "target/debug/$program" "${arguments[@]}" "$@"
