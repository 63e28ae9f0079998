#!/usr/bin/env bash
# Leaves one file, the release binary with the web app inside, and proves that the app is in it.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$root"
"$root/scripts/setup.sh" build
[ -f web/package.json ] || die "no web/: a release has the web app inside"
build_web
[ -f web/dist/index.html ] || die "web/dist is missing: a release has the web app inside"
cargo build --release --locked --package onstage

# The name of the app's main script is new with each change of the app, so it tells which app a binary holds.
script=$(grep -o 'assets/[A-Za-z0-9._-]*\.js' web/dist/index.html | head -n 1)
[ -n "$script" ] || die "web/dist/index.html names no script"
inside() { grep -aqF "$script" "$target/release/onstage"; }
if ! inside; then
  # The embedding macro does not see a folder that was missing when it last ran.
  touch crates/onstage/src/main.rs
  cargo build --release --locked --package onstage
  inside || die "the web app is not inside the release binary"
fi
say "built ${target#"$root"/}/release/onstage"
