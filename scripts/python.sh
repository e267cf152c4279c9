#!/bin/bash
# Makes the environment in which a provider's own SDK is tried as a client: scripts/python.sh FOLDER
set -euo pipefail
cd "$(dirname "$0")/.."

wanted=tests/python/requirements.txt
# Debian's own interpreter: the one whose venv module scripts/install.sh installs.
python=/usr/bin/python3
[ -x "$python" ] || python=python3
if [ ! -e "$1/installed.txt" ] || ! cmp -s "$wanted" "$1/installed.txt"; then
  "$python" -m venv --clear "$1"
  "$1/bin/pip" install --quiet --disable-pip-version-check --requirement "$wanted"
  cp "$wanted" "$1/installed.txt"
fi
