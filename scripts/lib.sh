# Shared by the scripts beside it: where things are, and how to say something.
# shellcheck shell=bash
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
tools="$root/.tools"
target="${CARGO_TARGET_DIR:-$root/target}"
export PATH="$tools/bin:$tools/venv/bin:$PATH"

say() { printf '%s\n' "onstage: $*" >&2; }
die() { say "$*"; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }

# True when the stamp is missing or anything under the paths is newer than it.
changed_since() {
  local stamp=$1; shift
  [ -e "$stamp" ] || return 0
  local path existing=()
  for path in "$@"; do [ -e "$path" ] && existing+=("$path"); done
  [ ${#existing[@]} -gt 0 ] || return 1
  [ -n "$(find "${existing[@]}" -name node_modules -prune -o -newer "$stamp" -print -quit)" ]
}

# Builds web/dist when its sources are newer than the last build.
build_web() {
  [ -f "$root/web/package.json" ] || { say "no web/ yet: the server answers without an app"; return 0; }
  local stamp="$root/web/dist/.built"
  if changed_since "$stamp" "$root/web/src" "$root/web/public" "$root/web/index.html" "$root/web/package-lock.json" \
    "$root"/web/*.config.* "$root"/web/tsconfig*.json; then
    say "building the web app"
    (cd "$root/web" && npm run --silent build)
    [ -f "$root/web/dist/index.html" ] || die "web/dist/index.html is missing after the build"
    touch "$stamp"
  fi
}
