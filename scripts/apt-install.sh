#!/usr/bin/env bash
# Installs packages of the system, which takes root: scripts/apt-install.sh PACKAGE... Waits for whoever else installs
# packages, such as another gate on this machine: apt-get alone gives up at once.
set -euo pipefail

if command -v flock >/dev/null; then # apt-get waits for its other locks, but not for that of the lists
  exec 9</var/lib/apt
  flock 9
fi

install() {
  # Not for the services that a package may start, which would keep the lock.
  apt-get install --yes --no-install-recommends -o DPkg::Lock::Timeout=600 -o Acquire::Retries=5 "$@" >&2 9>&-
}

install "$@" || {
  apt-get update -o Acquire::Retries=5 >&2 9>&-
  install "$@"
}
