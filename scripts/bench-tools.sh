#!/usr/bin/env bash
# Installs, from the system's packages, which takes root, what the bench loads servers with: wrk, and h2load of nghttp2; and
# what the tests of TLS need: openssl and curl. What is on PATH already is left as it is. The servers that the bench starts are those of scripts/test-servers.sh.
set -euo pipefail

missing=()
command -v wrk >/dev/null || missing+=(wrk)
command -v h2load >/dev/null || missing+=(nghttp2-client)
command -v openssl >/dev/null || missing+=(openssl)
command -v curl >/dev/null || missing+=(curl)
if [[ ${#missing[@]} == 0 ]]; then
  exit
fi
if ! command -v apt-get >/dev/null || [[ $(id -u) != 0 ]]; then
  echo "bench-tools: ${missing[*]} is missing, and only root can install it, for example with: sudo apt-get install ${missing[*]}" >&2
  exit 1
fi
echo "bench-tools: installing ${missing[*]}" >&2
"${BASH_SOURCE[0]%/*}/apt-install.sh" "${missing[@]}"
