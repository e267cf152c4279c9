#!/bin/sh
# Puts a real llama.cpp server under FOLDER (first argument) without touching the system: Debian's newer packages are fetched with
# apt, which checks their signatures, and unpacked there with their own libraries. FOLDER/llama-server starts it.
# Needs Debian's apt, dpkg-deb and the network; fails with a word otherwise.
set -eu
[ $# -eq 1 ] || { echo "usage: install.sh FOLDER" >&2; exit 2; }
mkdir -p "$1"
folder=$(cd "$1" && pwd)
suite=${LLAMA_SUITE:-forky}
root=$folder/root
[ -x "$folder/llama-server" ] && exit 0
for tool in apt-get dpkg-deb; do
  command -v "$tool" >/dev/null || { echo "llama: $tool is not here: this is no Debian" >&2; exit 1; }
done
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
[ -r "$keyring" ] || { echo "llama: $keyring is missing" >&2; exit 1; }

# The mirror that this machine uses already.
mirror=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' 2>/dev/null | grep -v -i security | head -n 1)
[ -n "$mirror" ] || { echo "llama: apt knows no mirror; run apt-get update" >&2; exit 1; }

work=$folder/work
rm -rf "$work"
mkdir -p "$work/lists/partial" "$work/cache/archives/partial" "$root"
chmod -R a+rx "$folder"
: > "$work/status"
echo "deb [signed-by=$keyring] $mirror $suite main" > "$work/sources.list"
alone() {
  apt-get -qq -o Dir::State::Lists="$work/lists" -o Dir::State::status="$work/status" -o Dir::Cache="$work/cache" \
    -o Dir::Etc::sourcelist="$work/sources.list" -o Dir::Etc::sourceparts=/dev/null -o Acquire::Languages=none \
    -o Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false -o Debug::NoLocking=1 "$@"
}
alone update || { sleep 3; alone update; }
alone -y --download-only --no-install-recommends install llama.cpp-tools
for package in "$work"/cache/archives/*.deb; do
  dpkg-deb -x "$package" "$root"
done
rm -rf "$work"

triplet=$(dpkg-architecture -qDEB_HOST_MULTIARCH 2>/dev/null || echo "$(uname -m)-linux-gnu")
lib=$root/usr/lib/$triplet
loader=$(find "$lib" "$root/usr/lib64" -name 'ld-linux*' 2>/dev/null | head -n 1)
backends=$(find "$lib/ggml" -maxdepth 1 -type d -name 'backends*' 2>/dev/null | head -n 1)
cpu=libggml-cpu-x64.so
grep -qw avx2 /proc/cpuinfo && cpu=libggml-cpu-haswell.so
[ -n "$loader" ] && [ -n "$backends" ] || { echo "llama: the packages look other than expected" >&2; exit 1; }
cat > "$folder/llama-server" <<START
#!/bin/sh
GGML_BACKEND_PATH=$backends/$cpu
export GGML_BACKEND_PATH
exec "$loader" --argv0 llama-server --library-path "$lib:$lib/llama" "$root/usr/bin/llama-server" "\$@"
START
chmod +x "$folder/llama-server"
"$folder/llama-server" --version >/dev/null 2>&1 || { rm -f "$folder/llama-server"; echo "llama: it does not start here" >&2; exit 1; }
