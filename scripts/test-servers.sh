#!/usr/bin/env bash
# Installs the servers that tests start for themselves: Redis, and one that is compatible with MongoDB. A part that is on
# PATH or in the cache folder already is left as it is, so that a second run takes no time.
#
#   scripts/test-servers.sh [redis] [mongo]     (both when none is named)
#
# Redis comes from the system's packages, which takes root. The MongoDB-compatible server is built by cargo, which takes
# some minutes, into $STREAKD_CACHE or else the user's cache folder; test/support/mongo.ts looks for it there. With a
# `mongod` on PATH, or a TEST_MONGODB_URI, it isn't needed.
set -euo pipefail

cache=${STREAKD_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/streakd}
mongo_crate=secantus-mdb
mongo_version=0.5.3-beta.196

install_redis() {
  if has redis-server; then
    return
  fi
  if ! has apt-get || [[ $(id -u) != 0 ]]; then
    fail "redis-server is missing, and only root can install it: install Redis 7 or later, for example with: sudo apt-get install redis-server"
  fi
  echo "test-servers: installing redis-server" >&2
  # Its package would start it, on the port that everybody expects it on; tests start their own.
  local policy=/usr/sbin/policy-rc.d
  if [[ ! -e $policy ]]; then
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod +x "$policy"
    trap 'rm -f /usr/sbin/policy-rc.d' EXIT
  fi
  "${BASH_SOURCE[0]%/*}/apt-install.sh" redis-server
}

install_mongo() {
  local folder=$cache/$mongo_crate-$mongo_version
  if has mongod || has secantusd-rs || [[ -x $folder/bin/secantusd-rs ]]; then
    return
  fi
  if ! has cargo; then
    fail "cargo is missing: install Rust 1.90 or later to build the MongoDB-compatible server, or put a mongod on PATH, or set TEST_MONGODB_URI"
  fi
  mkdir -p "$cache"
  if has flock; then # without it, two runs at the same time build it twice
    exec 9>"$folder.lock"
    flock 9
  fi
  if [[ -x $folder/bin/secantusd-rs ]]; then
    return
  fi
  echo "test-servers: building $mongo_crate $mongo_version, once; this takes some minutes" >&2
  # The crate asks for a newer Rust than it needs.
  cargo install "$mongo_crate" --version "$mongo_version" --locked --ignore-rust-version --root "$folder" >&2
}

has() {
  command -v "$1" >/dev/null
}

fail() {
  echo "test-servers: $1" >&2
  exit 1
}

if [[ $# == 0 ]]; then
  set -- redis mongo
fi
for part in "$@"; do
  "install_$part"
done
