#!/bin/bash
# Runs a command on a desktop of its own: a virtual screen with a window manager, a session bus, an unlocked keyring
# and a notification daemon, all real, and a tray that shows no pictures. All of it is gone afterwards. Nothing of the user's own session is touched.
#
#   scripts/with-desktop.sh cargo test -p changeover-tests
set -euo pipefail

if [ "${1:-}" != --inside ]; then
  [ $# -gt 0 ] || { echo "usage: with-desktop.sh COMMAND [ARGUMENT...]" >&2; exit 2; }
  for tool in xvfb-run dbus-run-session gnome-keyring-daemon dunst openbox; do
    command -v "$tool" >/dev/null || { echo "with-desktop.sh: $tool is missing; run: scripts/install.sh test" >&2; exit 1; }
  done
  home=$(mktemp -d "${TMPDIR:-/tmp}/changeover-desktop.XXXXXX")
  trap 'rm -rf "$home"' EXIT
  mkdir -m 700 "$home/data" "$home/config" "$home/cache" "$home/run"
  export XDG_DATA_HOME="$home/data" XDG_CONFIG_HOME="$home/config" XDG_CACHE_HOME="$home/cache"
  export XDG_RUNTIME_DIR="$home/run"
  # Not a session of the user's: no accessibility bus, no Wayland, no variables that point outside.
  export NO_AT_BRIDGE=1 GTK_A11Y=none
  unset WAYLAND_DISPLAY DBUS_SESSION_BUS_ADDRESS GNOME_KEYRING_CONTROL
  code=0
  xvfb-run --auto-servernum --server-args='-screen 0 1440x960x24' dbus-run-session -- "$0" --inside "$@" || code=$?
  exit "$code"
fi
shift

# The daemon reads its password to the end of its input and stays in the background of this bus.
eval "$(printf %s only-for-tests | gnome-keyring-daemon --daemonize --unlock --components=secrets 2>/dev/null | sed 's/^/export /')"
helpers=()
dunst -config /dev/null >/dev/null 2>&1 &
helpers+=($!)
openbox >/dev/null 2>&1 &
helpers+=($!)
"$(dirname "$0")/tray-host.py" &
helpers+=($!)

owner() {
  dbus-send --session --print-reply=literal --dest=org.freedesktop.DBus / \
    org.freedesktop.DBus.GetConnectionUnixProcessID "string:$1" 2>/dev/null | awk '{print $2}'
}
stop() {
  local keyring
  keyring=$(owner org.freedesktop.secrets || true)
  kill "${helpers[@]}" ${keyring:+"$keyring"} 2>/dev/null || true
}
trap stop EXIT

# All must own their names before the command starts, or its first call finds nobody.
services=(org.freedesktop.secrets org.freedesktop.Notifications org.kde.StatusNotifierWatcher)
owned() {
  local name
  for name in "${services[@]}"; do [ -n "$(owner "$name")" ] || return 1; done
}
for _ in $(seq 100); do
  owned && break
  sleep 0.1
done
for name in "${services[@]}"; do
  [ -n "$(owner "$name")" ] || { echo "with-desktop.sh: nobody answers for $name on the session bus" >&2; exit 1; }
done
"$@"
