#!/bin/bash
# Builds the packages: target/release/bundle/deb and rpm. PROFILE=debug packs the debug build, to try packing itself.
set -euo pipefail
cd "$(dirname "$0")/.."

cli=@tauri-apps/cli@2.12.5
profile=${PROFILE:-release}
options=()
if [ "$profile" = release ]; then
  build=(--release)
else
  profile=debug build=()
  files='{"/usr/bin/changeoverd": "../target/debug/changeoverd", "/usr/share/icons/hicolor/scalable/apps/changeover.svg": "../icons/changeover.svg"}'
  options=(--debug --config "{\"bundle\": {\"linux\": {\"deb\": {\"files\": $files}, \"rpm\": {\"files\": $files}}}}")
fi

scripts/screens.sh
cargo build --locked "${build[@]}" --package changeover --package changeover-headless
cd src-tauri
npx --yes "$cli" bundle --ci --bundles deb,rpm "${options[@]}"
cd ..
find "target/$profile/bundle" -name '*.deb' -o -name '*.rpm' | while read -r package; do
  printf '%s  %s\n' "$(du -h "$package" | cut -f 1)" "$package"
done
