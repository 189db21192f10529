#!/usr/bin/env bash
# Installs the packages of the services that `npm run bench` compares streakd with, at the versions that
# bench/peers/package-lock.json holds. Does nothing when they are installed already. Ends with status 75 when they can't
# be downloaded.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../bench/peers"
installed_lock=node_modules/.installed-lock.json

if command -v flock >/dev/null; then # without it, two runs at the same time may get into each other's way
  exec 9<package.json
  flock 9
fi
if [[ -f $installed_lock && $(<"$installed_lock") == "$(<package-lock.json)" ]]; then
  exit
fi
echo "bench-packages: installing the packages of bench/peers" >&2
# No script has to run: better-sqlite3 brings its compiled files along. Errors only, as an older Node warns about packages
# that Node 24 will run.
if ! npm ci --ignore-scripts --no-audit --no-fund --prefer-offline --loglevel=error >&2; then
  echo "bench-packages: the packages can't be installed: connect to the network and run scripts/bench-packages.sh" >&2
  exit 75
fi
cp package-lock.json "$installed_lock"
