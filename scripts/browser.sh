#!/usr/bin/env bash
# Installs the browser that tests drive and the fonts that it draws with, so that pictures look the same on every machine:
# Latin, Cyrillic, Greek, Hebrew and Arabic (DejaVu, Liberation), Devanagari (Lohit), Chinese, Japanese and Korean (WenQuanYi)
# and emoji (Noto). All are the system's packages, which takes root. What is there already is left as it is, so that a
# second run takes no time.
set -euo pipefail

packages=(
  chromium-headless-shell fontconfig fonts-dejavu-core fonts-liberation fonts-lohit-deva fonts-noto-color-emoji
  fonts-wqy-microhei
)

if command -v dpkg-query >/dev/null; then
  installed=$(dpkg-query --show --showformat '${db:Status-Status} ${Package}\n' | sed -n 's/^installed //p')
  mapfile -t packages < <(printf '%s\n' "${packages[@]}" | grep --line-regexp --fixed-strings --invert-match "$installed" || true)
elif command -v chromium-headless-shell >/dev/null || command -v chromium >/dev/null; then
  exit
fi
if [[ ${#packages[@]} == 0 ]]; then
  exit
fi
if ! command -v apt-get >/dev/null || [[ $(id -u) != 0 ]]; then
  echo "browser: missing: ${packages[*]}. Only root can install them: sudo apt-get install ${packages[*]}" >&2
  exit 1
fi
echo "browser: installing ${packages[*]}" >&2
"${BASH_SOURCE[0]%/*}/apt-install.sh" "${packages[@]}"
