#!/usr/bin/env bash
# Gets promtool, with which the tests check the alert rules and the dashboard, from Debian's package of Prometheus. It is
# only unpacked, into $STREAKD_CACHE or else .cache in this checkout: nothing is installed, and no service is started. A
# promtool on PATH is used instead. Ends with status 75 when the package can't be downloaded.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
folder=${STREAKD_CACHE:-$root/.cache}/promtool
if command -v promtool >/dev/null || [[ -x $folder/promtool ]]; then
  exit
fi
if ! command -v apt-get >/dev/null || ! command -v dpkg-deb >/dev/null; then
  echo "promtool: promtool is missing, and there is no apt-get: put a promtool of Prometheus 2.42 or later on PATH" >&2
  exit 75
fi
echo "promtool: getting promtool from Debian's package of Prometheus" >&2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download prometheus >&2 || { apt-get update >&2 && apt-get download prometheus >&2; } || exit 75
dpkg-deb --extract prometheus_*.deb .
mkdir -p "$folder"
# In one step, so that a run that is cut short leaves nothing that looks whole.
mv usr/bin/promtool "$folder/promtool.$$" && mv "$folder/promtool.$$" "$folder/promtool"
