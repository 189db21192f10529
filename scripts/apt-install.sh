#!/usr/bin/env bash
# Installs packages of the system, which takes root: scripts/apt-install.sh PACKAGE... While something else installs
# packages, such as another gate on this machine, it waits: apt-get alone gives up at once.
set -euo pipefail

if command -v flock >/dev/null; then # apt-get can wait for its other locks, but not for that of the lists
  exec 9</var/lib/apt
  flock 9
fi

install() {
  # Without descriptor 9: a service that a package starts would keep the lock.
  apt-get install --yes --no-install-recommends -o DPkg::Lock::Timeout=600 -o Acquire::Retries=5 "$@" >&2 9>&-
}

install "$@" || {
  apt-get update -o Acquire::Retries=5 >&2 9>&-
  install "$@"
}
