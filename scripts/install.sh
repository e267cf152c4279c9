#!/bin/bash
# Installs the system's packages that are missing, for: build (the desktop program), test, bench, package.
# Says what, and asks first where a person sits in front of it. Does nothing when all is there.
#
#   scripts/install.sh build test
set -euo pipefail

build=(build-essential pkg-config libwebkit2gtk-4.1-dev libayatana-appindicator3-dev)
test=(xvfb xauth dbus gnome-keyring dunst openbox wmctrl webkit2gtk-driver xdotool imagemagick x11-utils
  fonts-dejavu-core libgl1-mesa-dri python3-dbus python3-gi python3-venv systemd curl chromium openssl)
bench=(haproxy nginx-light)
package=(dpkg-dev rpm)

missing=()
for purpose in "$@"; do
  declare -n packages=$purpose
  for package in "${packages[@]}"; do
    # Ubuntu's chromium is a snap; any Chromium will do.
    if [ "$package" = chromium ] && command -v chromium chromium-browser google-chrome >/dev/null; then continue; fi
    # Debian splits nginx; any of its builds will do.
    if [ "$package" = nginx-light ] && command -v nginx >/dev/null; then continue; fi
    dpkg-query -W -f='${db:Status-Abbrev}' "$package" 2>/dev/null | grep -q '^ii' || missing+=("$package")
  done
  unset -n packages
done
[ ${#missing[@]} -gt 0 ] || exit 0

echo "Missing packages: ${missing[*]}"
if ! command -v apt-get >/dev/null; then
  echo "This system has no apt-get. Install what these packages hold with its own tool, then try again." >&2
  exit 1
fi
as_root=()
if [ "$(id -u)" -ne 0 ]; then
  command="sudo apt-get install --no-install-recommends ${missing[*]}"
  if [ ! -t 0 ] || ! command -v sudo >/dev/null; then
    echo "They have to be installed by an administrator: $command" >&2
    exit 1
  fi
  read -r -p "Install them now with sudo apt-get? [Y/n] " answer
  case "$answer" in
    "" | [Yy]*) as_root=(sudo) ;;
    *) echo "Nothing was installed. To do it yourself: $command" >&2; exit 1 ;;
  esac
fi
apt() {
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -y -o DPkg::Lock::Timeout=300 "$@" </dev/null
}
install() { apt install --no-install-recommends "${missing[@]}"; }
apt update || echo "The package lists could not be updated; trying with those at hand." >&2
install || { echo "Trying once more, after mending what is half installed." >&2; apt -f install && install; }
