#!/usr/bin/env bash
# Builds and installs what the tests in test/deploy check deploy/ and the Compose files with: helm, kubeconform with the
# schemas of Kubernetes, a loader of Compose files, and systemd-analyze.
#
#   scripts/deploy-tools.sh [helm] [kubeconform] [compose] [systemd]     (all when none is named)
#
# helm, kubeconform and the loader are built by Go, which takes some minutes, once, into $STREAKD_CACHE or else .cache in
# this checkout. systemd-analyze comes from the system's packages, which takes root. What is there already is left as it
# is. Ends with status 75 when something can't be downloaded.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
mkdir -p "${STREAKD_CACHE:-$root/.cache}/deploy"
cache=$(cd "${STREAKD_CACHE:-$root/.cache}/deploy" && pwd)

helm_version=v4.3.1
kubeconform_version=v0.8.0
# A package for Python that has the JSON schemas of each version of Kubernetes, which kubeconform would download.
schemas_package=kubernetes-validate==1.37.0
# The oldest version that deploy/helm/streakd/Chart.yaml names, and the newest that there is.
kubernetes_versions=(1.27.0 1.37.0)

prepare_helm() {
  prepare helm build helm.sh/helm/v4/cmd/helm@$helm_version
}

prepare_kubeconform() {
  prepare kubeconform build github.com/yannh/kubeconform/cmd/kubeconform@$kubeconform_version
  prepare kubernetes-schemas extract_schemas "$schemas_package" "${kubernetes_versions[@]}"
}

prepare_compose() {
  prepare compose build_compose "$(cat "$root"/test/deploy/compose/* | cksum)"
}

prepare_systemd() {
  if command -v systemd-analyze >/dev/null; then
    return
  fi
  if ! command -v apt-get >/dev/null || [[ $(id -u) != 0 ]]; then
    echo "deploy-tools: systemd-analyze is missing, and only root can install it: sudo apt-get install systemd" >&2
    exit 75
  fi
  download "$root/scripts/apt-install.sh" systemd
}

build() {
  GOBIN=$PWD GOFLAGS= GOWORK=off download go install -ldflags="-s -w" "$1"
}

build_compose() {
  cp "$root"/test/deploy/compose/* .
  GOFLAGS= GOWORK=off download go mod download
  GOFLAGS= GOWORK=off go build -o compose .
}

extract_schemas() {
  download python3 -m pip download --quiet --no-deps --only-binary :all: --dest . "$1"
  python3 - *.whl "${@:2}" <<'END'
import json, os, re, sys, zipfile

wheel, *versions = sys.argv[1:]
archive = zipfile.ZipFile(wheel)
for name in archive.namelist():
    found = re.search(r"/v([\d.]+)-local-strict/(.+\.json)$", name)
    if found and found[1] in versions:
        # They name each other by where they lie on a site; here they lie in one folder.
        text = archive.read(name).decode().replace('"/api/_definitions.json#', '"_definitions.json#')
        schema = json.loads(text)
        schema.pop("$id", None)
        os.makedirs(f"v{found[1]}", exist_ok=True)
        with open(f"v{found[1]}/{found[2]}", "w") as file:
            json.dump(schema, file)
END
  rm ./*.whl
}

# prepare NAME COMMAND...: has the command fill the folder $cache/NAME, unless the same command has done so before.
prepare() (
  folder=$cache/$1
  shift
  if command -v flock >/dev/null; then # without it, two runs at the same time may get into each other's way
    exec 9>"$folder.lock"
    flock 9
  fi
  if [[ $(cat "$folder.made-by" 2>/dev/null) == "$*" ]]; then
    exit
  fi
  echo "deploy-tools: preparing ${folder##*/}" >&2
  rm -rf "$folder" "$folder.made-by"
  mkdir "$folder"
  cd "$folder"
  "$@"
  echo "$*" >"$folder.made-by"
)

# download COMMAND...: runs what needs the network, and ends all with status 75 when it fails. In CI it is tried three
# times, since Go tries only once.
download() {
  local pause
  for pause in ${CI:+5 20}; do
    "$@" && return
    echo "deploy-tools: trying again in $pause s: $*" >&2
    sleep "$pause"
  done
  "$@" || exit 75
}

if [[ $# == 0 ]]; then
  set -- helm kubeconform compose systemd
fi
for part in "$@"; do
  "prepare_$part"
done
