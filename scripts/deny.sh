#!/usr/bin/env bash
# Runs cargo-deny on the lock file. Usage: deny.sh bans licenses sources | deny.sh advisories
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$root"
exec cargo deny --all-features --locked check --hide-inclusion-graph "$@"
