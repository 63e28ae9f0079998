#!/usr/bin/env bash
# Everything the gate runs, stage by stage, each with its time; the last line sums up what the runners reported.
#   test.sh             all stages
#   test.sh fmt tidy    just these
set -uo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$root" || exit 1

all_stages=(setup fmt tidy typos web clippy deny build rust api contract metrics e2e)
if [ $# -gt 0 ]; then stages=("$@"); else stages=("${all_stages[@]}"); fi

export CARGO_TERM_COLOR=never NO_COLOR=1
[ -z "${CI:-}" ] || export CARGO_INCREMENTAL=0
unset FORCE_COLOR
log=$(mktemp -d "${TMPDIR:-/tmp}/onstage-test.XXXXXX")
postgres="$log/postgres"
passed=0 failed=0 broken=()

cleanup() {
  [ ! -d "$postgres" ] || scripts/postgres.sh stop "$postgres"
  rm -rf "$log"
}
trap cleanup EXIT
trap 'exit 130' INT TERM

stage_setup() { scripts/setup.sh all; }
stage_fmt() { cargo fmt --all --check -- --color never; }
stage_tidy() { cargo xtask tidy; }
stage_typos() { typos --config typos.toml; }
stage_deny() { scripts/deny.sh bans licenses sources; }
stage_clippy() { cargo clippy --locked --workspace --all-targets --keep-going --quiet -- -D warnings; }

stage_web() {
  [ -f web/package.json ] || { echo "there is no web/ yet"; return 0; }
  (cd web && npm run --silent check && npm test --silent) && build_web && (cd web && npm run --silent size)
}

# Binaries and tests together, so that both have the same features and nothing is compiled twice.
stage_build() { cargo build --locked --quiet --workspace --bins --tests; }
stage_api() { cargo xtask api --check --binary "$target/debug/onstage"; }

# Schemathesis against the running server.
stage_contract() { scripts/contract.py "$target/debug/onstage" "$tools/contract/bin/schemathesis"; }

# A Prometheus beside a running show: every panel of the dashboard has something to plot.
stage_metrics() { scripts/metrics.py "$target/debug/onstage"; }

stage_rust() {
  mkdir -m 755 -p "$postgres" && chmod 755 "$log" || return 1
  ONSTAGE_TEST_POSTGRES_URL=$(scripts/postgres.sh start "$postgres") || return 1
  export ONSTAGE_TEST_POSTGRES_URL
  cargo test --locked --workspace --no-fail-fast
  local result=$?
  scripts/postgres.sh stop "$postgres"
  return $result
}

stage_e2e() {
  [ -f e2e/package.json ] || { echo "there is no e2e/ yet"; return 0; }
  build_web || return 1
  (cd e2e && npm run --silent check && ONSTAGE_BIN="$target/debug/onstage" npm test --silent)
}

# Adds what the runners wrote in a stage's log: cargo test, vitest and Playwright each have their closing line.
count() {
  local file=$1 good bad
  read -r good bad < <(sed 's/\x1b\[[0-9;]*m//g' "$file" | awk '
    /^test result: / { for (i = 1; i < NF; i++) { if ($(i+1) == "passed;") good += $i; if ($(i+1) == "failed;") bad += $i } next }
    /^ *Tests +[0-9]/ { for (i = 1; i < NF; i++) { if ($(i+1) ~ /^passed/) good += $i; if ($(i+1) ~ /^failed/) bad += $i } next }
    /^ +[0-9]+ passed( \([0-9.]+(ms|s|m|h)\))?$/ { good += $1; next }
    /^ +[0-9]+ failed$/ { bad += $1; next }
    /^# pass [0-9]+$/ { good += $3; next }
    /^# fail [0-9]+$/ { bad += $3; next }
    END { print good + 0, bad + 0 }')
  passed=$((passed + good))
  failed=$((failed + bad))
  [ "$bad" -gt 0 ]
}

begun=$SECONDS
for stage in "${stages[@]}"; do
  declare -F "stage_$stage" >/dev/null || die "no stage $stage; there are: ${all_stages[*]}"
  printf '\n── %s\n' "$stage"
  from=$SECONDS
  "stage_$stage" 2>&1 | tee "$log/$stage.log"
  result=${PIPESTATUS[0]}
  counted_failures=no
  if count "$log/$stage.log"; then counted_failures=yes; fi
  if [ "$result" -ne 0 ]; then
    broken+=("$stage")
    # A stage that broke before its runner could count is one failure.
    [ $counted_failures = yes ] || failed=$((failed + 1))
    printf '── %s FAILED after %d s\n' "$stage" $((SECONDS - from))
    [ "$stage" != setup ] || break
  else
    printf '── %s ok, %d s\n' "$stage" $((SECONDS - from))
  fi
done

printf '\n%d s in all' $((SECONDS - begun))
[ ${#broken[@]} -eq 0 ] || printf '; failed: %s' "${broken[*]}"
printf '\n%d passed, %d failed\n' "$passed" "$failed"
[ ${#broken[@]} -eq 0 ] && [ "$failed" -eq 0 ]
