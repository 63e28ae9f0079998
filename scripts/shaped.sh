#!/usr/bin/env bash
# A real browser behind a narrow or lossy way: a network namespace with a pair of devices whose server end is shaped by
# tbf, and a rule of nft that drops by chance on the other (delay needs netem, which many small kernels lack; the
# simulator of `make bench` has it). Tables and plots go to a folder.
# Needs root. Builds nothing: ONSTAGE_BIN or target/debug/onstage has to be there, and e2e/node_modules.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

[ "$(id -u)" = 0 ] || die "network namespaces need root here"
space="onstage-$$"
near="ons$$"; near="${near:0:12}a"
far="${near%a}b"
net="10.203.$(( $$ % 250 ))"
wrapper="$(mktemp -d)"
folder="${SHAPED_FOLDER:-$target/reports/media/shaped}"
mkdir -p "$folder"

cleanup() {
  ip netns del "$space" 2>/dev/null || true
  ip link del "$near" 2>/dev/null || true
  rm -rf "$wrapper"
}
trap cleanup EXIT

ip netns add "$space"
ip link add "$near" type veth peer name "$far" netns "$space"
ip addr add "$net.1/24" dev "$near"
ip link set "$near" up
ip -n "$space" addr add "$net.2/24" dev "$far"
ip -n "$space" link set "$far" up
ip -n "$space" link set lo up
tc qdisc add dev "$near" root tbf rate 1mbit burst 4kb latency 400ms || die "this kernel has no tbf"
tc qdisc del dev "$near" root
lossy=no
if have nft && ip netns exec "$space" nft 'add table inet way; add chain inet way in { type filter hook input priority 0; }; add rule inet way in numgen random mod 100 < 1 accept'; then
  lossy=yes
fi
printf '#!/bin/sh\nexec ip netns exec %s %s "$@"\n' "$space" "${CHROMIUM:-/usr/bin/chromium}" > "$wrapper/browser"
chmod +x "$wrapper/browser"

say "shaped by tbf on $(uname -r); loss: $lossy; figures go to $folder"
cd "$root/e2e"
SHAPED_SERVER_IP="$net.1" SHAPED_DEVICE="$near" SHAPED_BROWSER="$wrapper/browser" SHAPED_FOLDER="$folder" \
  SHAPED_SPACE="$space" SHAPED_CAN_LOSE="$lossy" \
  node node_modules/@playwright/test/cli.js test -c shaped.config.ts "$@"
