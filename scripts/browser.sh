#!/usr/bin/env bash
# Installs the browser that tests drive: Chromium, from the system's packages, which takes root. One that is on PATH
# already is left as it is, so that a second run takes no time.
set -euo pipefail

if command -v chromium >/dev/null; then
  exit
fi
if ! command -v apt-get >/dev/null || [[ $(id -u) != 0 ]]; then
  echo "browser: chromium is missing, and only root can install it, for example with: sudo apt-get install chromium" >&2
  exit 1
fi
echo "browser: installing chromium" >&2
apt-get install --yes --no-install-recommends chromium >&2 || {
  apt-get update >&2
  apt-get install --yes --no-install-recommends chromium >&2
}
