#!/bin/sh
# Draws the PNG files of icons/ from their SVG sources. Run it after changing one; the results are committed, so
# that building the program needs no drawing tool.
set -eu
cd "$(dirname "$0")/../icons"
command -v rsvg-convert >/dev/null || { echo "icons.sh: rsvg-convert is missing: apt-get install librsvg2-bin" >&2; exit 1; }
for size in 16 24 32 48 64 128 256 512; do
  rsvg-convert -w "$size" -h "$size" changeover.svg -o "png/${size}x${size}.png"
done
rsvg-convert -w 256 -h 256 changeover.svg -o "png/128x128@2x.png"
for state in well fallback exhausted off; do
  # 44 pixels: panels are 22 high, or twice that on dense screens, and scale down well.
  rsvg-convert -w 44 -h 44 "tray/$state.svg" -o "tray/$state.png"
done
