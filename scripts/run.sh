#!/usr/bin/env bash
# Installs what is missing, builds what changed, starts Onstage with ./data. Usage: run.sh serve|demo [flags]
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$root"
"$root/scripts/setup.sh" run
build_web
cargo build --quiet --locked --package onstage
exec "$target/debug/onstage" "$@"
