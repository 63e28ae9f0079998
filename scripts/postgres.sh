#!/usr/bin/env bash
# A throw-away PostgreSQL on a private port, for tests.
#   postgres.sh start DIR   makes DIR, starts a server in it, prints its URL
#   postgres.sh stop DIR    stops the server of DIR by its pid and removes DIR
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
start_tries_max=10
command=${1:?start or stop}
dir=${2:?a folder}

bin=$(compgen -G '/usr/lib/postgresql/*/bin' | sort -V | tail -n 1 || true)
[ -n "$bin" ] || bin=$(dirname "$(command -v initdb)")

# PostgreSQL refuses to run as root.
as_owner() { if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi; }

start() {
  mkdir -p "$dir"
  [ "$(id -u)" != 0 ] || chown postgres "$dir"
  as_owner "$bin/initdb" --pgdata="$dir/data" --auth=trust --username=onstage --encoding=UTF8 --locale=C.UTF-8 \
    --no-sync >"$dir/initdb.log"
  local try port
  for ((try = 1; try <= start_tries_max; try++)); do
    port=$((20000 + RANDOM % 12000))
    if as_owner "$bin/pg_ctl" --pgdata="$dir/data" --log="$dir/data/server.log" --wait --timeout=30 --silent \
      --options="-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off \
        -c synchronous_commit=off -c full_page_writes=off -c max_connections=300 -c shared_buffers=64MB" \
      start >"$dir/start.log" 2>&1; then
      printf 'postgres://onstage@127.0.0.1:%s/postgres\n' "$port"
      return 0
    fi
  done
  cat "$dir/data/server.log" >&2 || true
  die "PostgreSQL did not start"
}

stop() {
  [ -f "$dir/data/postmaster.pid" ] && as_owner "$bin/pg_ctl" --pgdata="$dir/data" --mode=immediate --silent stop || true
  rm -rf "$dir"
}

case "$command" in
start) start ;;
stop) stop ;;
*) die "start or stop, not $command" ;;
esac
