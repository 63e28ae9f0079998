#!/usr/bin/env bash
# Made-up bytes for everything that reads bytes from outside; needs a nightly toolchain and cargo-fuzz.
#   fuzz.sh                     every target for ten minutes, one after the other
#   fuzz.sh rtp sctp            just these
#   SECONDS_EACH=60 fuzz.sh     for a minute each
#   fuzz.sh --keep rtp          afterwards keeps the few inputs that reach most, for `make test` to replay
# Found inputs gather in target/fuzz/corpus; what crashes lies in target/fuzz/artifacts. Each goes, once it is mended,
# into fuzz/corpus/<target>/.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$root"

seconds=${SECONDS_EACH:-600}
keep=no
if [ "${1:-}" = --keep ]; then keep=yes; shift; fi
mapfile -t every < <(cd fuzz/fuzz_targets && ls -- *.rs | sed 's/\.rs$//')
if [ $# -gt 0 ]; then targets=("$@"); else targets=("${every[@]}"); fi
# At most so many inputs, and none longer, are kept for each target: `make test` replays them all.
kept_max=60 length_max=4096

command -v cargo-fuzz >/dev/null || die "cargo-fuzz is missing: cargo install cargo-fuzz --locked"
fuzz_target=$target/fuzz
# No sanitizer: the code under test has no unsafe blocks, and half the inputs in the same time find less.
build=(--sanitizer none --target-dir "$fuzz_target/build")

for name in "${targets[@]}"; do
  [ -f "fuzz/fuzz_targets/$name.rs" ] || die "no target $name; there are: ${every[*]}"
  found=$fuzz_target/corpus/$name
  mkdir -p "$found" "$fuzz_target/artifacts/$name"
  cargo +nightly fuzz run "${build[@]}" "$name" "$found" "fuzz/corpus/$name" -- \
    -max_total_time="$seconds" -timeout=20 -rss_limit_mb=1500 -max_len=8192 -print_final_stats=1 \
    -artifact_prefix="$fuzz_target/artifacts/$name/"
  [ $keep = yes ] || continue
  small=$(mktemp -d)
  cargo +nightly fuzz run "${build[@]}" "$name" "$small" "fuzz/corpus/$name" "$found" -- -merge=1
  # The smallest first: they reach as much with less.
  find "$small" -type f -size "-${length_max}c" -printf '%s %p\n' | sort -n | head -n "$kept_max" | cut -d' ' -f2- |
    while read -r input; do cp "$input" "fuzz/corpus/$name/"; done
  rm -rf "$small"
done
