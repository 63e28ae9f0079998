#!/usr/bin/env bash
# Installs what is missing and nothing else. Usage: setup.sh run|build|check|all
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
purpose="${1:-all}"
deny_version=0.20.2
typos_version=1.52.0

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif have sudo; then sudo "$@"
  else die "missing Debian packages (${packages[*]}), and neither root nor sudo to install them"; fi
}

# package:command pairs; a package is wanted when its command is not there.
packages=()
want() { have "$2" || packages+=("$1"); }

want build-essential gcc
want pkg-config pkg-config
want cmake cmake
if [ "$purpose" = all ]; then
  # A page without a font has no text to find.
  have chromium || packages+=(chromium chromium-sandbox fonts-liberation fonts-noto-color-emoji)
  want firefox-esr firefox-esr
  want redis-server redis-server
  want prometheus prometheus
  compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || have initdb || packages+=(postgresql)
fi
if [ "$purpose" = all ] || [ "$purpose" = check ]; then
  have python3 && python3 -c 'import ensurepip, venv' 2>/dev/null || packages+=(python3 python3-venv)
fi
if [ ${#packages[@]} -gt 0 ]; then
  have apt-get || die "please install: ${packages[*]}"
  say "installing ${packages[*]}"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get update -q >/dev/null
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${packages[@]}" >/dev/null
fi

have cargo || die "Rust is missing: install rustup, then run this again (rust-toolchain.toml picks the version)"

node_packages() {
  local folder=$1 marker="$1/node_modules/.onstage-lock" sum
  [ -f "$folder/package-lock.json" ] || return 0
  sum=$(sha256sum <"$folder/package-lock.json")
  [ "$(cat "$marker" 2>/dev/null)" = "$sum" ] && return 0
  have npm || die "Node.js 20 or newer with npm is missing"
  say "npm ci in ${folder#"$root"/}"
  (cd "$folder" && npm ci --no-audit --no-fund --loglevel=error)
  printf '%s\n' "$sum" >"$marker"
}

node_packages "$root/web"
if [ "$purpose" = all ]; then node_packages "$root/e2e"; fi

if [ "$purpose" = all ] || [ "$purpose" = check ]; then
  if ! have typos; then
    say "installing typos"
    python3 -m venv "$tools/venv"
    "$tools/venv/bin/pip" install --quiet --disable-pip-version-check "typos==$typos_version"
  fi
  if [ "$(cargo-deny --version 2>/dev/null)" != "cargo-deny $deny_version" ]; then
    say "installing cargo-deny $deny_version (compiled once)"
    env -u CARGO_TARGET_DIR cargo install --quiet --locked --debug cargo-deny --version "$deny_version" --root "$tools"
  fi
fi

# Schemathesis has a folder of its own: it brings a dozen packages along, all of them pinned.
if [ "$purpose" = all ]; then
  wanted=$(sha256sum <"$root/scripts/contract-requirements.txt")
  if [ "$(cat "$tools/contract/.onstage-requirements" 2>/dev/null)" != "$wanted" ]; then
    say "installing Schemathesis"
    rm -rf "$tools/contract"
    python3 -m venv "$tools/contract"
    "$tools/contract/bin/pip" install --quiet --disable-pip-version-check --requirement "$root/scripts/contract-requirements.txt"
    printf '%s\n' "$wanted" >"$tools/contract/.onstage-requirements"
  fi
fi
