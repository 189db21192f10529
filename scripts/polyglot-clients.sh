#!/usr/bin/env bash
# Prepares what the clients in test/polyglot, test/conformance and test/http/h2 need: packages at their pinned versions,
# stubs generated from proto/, the Go client, Connect's conformance runner, grpcurl and h2spec built. `npm test` runs it by
# itself; run it before, so that the tests need not wait for downloads.
#
#   scripts/polyglot-clients.sh [python] [go] [connect] [conformance] [grpcurl] [h2spec]     (all when none is named)
#
# Everything goes into one folder, $STREAKD_CACHE or else .cache in this checkout. A part is made again only when
# something that it is made from has changed; to start over, remove the folder. Ends with status 75 when something can't
# be downloaded.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
clients=$root/test/polyglot
mkdir -p "${STREAKD_CACHE:-$root/.cache}/polyglot"
cache=$(cd "${STREAKD_CACHE:-$root/.cache}/polyglot" && pwd)
export PATH=$root/node_modules/.bin:$PATH

prepare_python() {
  prepare python-packages "$(python3 --version)" "$clients/python/requirements.txt"
  prepare python-stubs "$clients/python/requirements.txt" "$root/proto"
}

make_python-packages() {
  python3 -m venv .
  # Wheels only: compiling gRPC would take longer than anybody waits for a test.
  download bin/python -m pip install --quiet --only-binary :all: --requirement "$clients/python/requirements.txt"
}

make_python-stubs() {
  local python=$cache/python-packages/bin/python stubs=$PWD packages
  # The package googleapis-common-protos brings google/api, as .proto files and as stubs.
  packages=$("$python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
  cd "$root/proto"
  find . -name '*.proto' -exec "$python" -m grpc_tools.protoc --proto_path=. --proto_path="$packages" \
    --python_out="$stubs" --grpc_python_out="$stubs" {} +
}

prepare_go() {
  prepare go-client "$(go version)" "$clients/go" "$root/proto"
}

make_go-client() {
  keep_go_modules
  cp "$clients"/go/{go.mod,go.sum,main.go} .
  download go mod download
  go build -o tools/ tool
  PATH=$PWD/tools:$PATH buf generate "$root/proto" --template "$clients/go/buf.gen.yaml" --output .
  go build -o client .
}

keep_go_modules() {
  # Modules stay writable, so that the folder can be removed like any other.
  export GOMODCACHE=$cache/go-modules GOFLAGS="$(go env GOFLAGS) -modcacherw" GOWORK=off
}

prepare_connect() {
  prepare connect-stubs "with $root/node_modules" "$root/package-lock.json" "$clients/node/buf.gen.yaml" "$root/proto"
}

make_connect-stubs() {
  (cd "$root" && buf generate --template "$clients/node/buf.gen.yaml" --output "$cache/connect-stubs")
  # So that the stubs find their runtime wherever this folder is.
  ln -s "$root/node_modules" node_modules
}

prepare_conformance() {
  prepare conformance "$(go version)" "with $root/node_modules" "$root/package-lock.json" \
    "$root/test/conformance/buf.gen.yaml"
}

make_conformance() {
  local module=connectrpc.com/conformance version=v1.0.5 folder
  keep_go_modules
  GOBIN=$PWD download go install "$module/cmd/connectconformance@$version"
  folder=$(download go mod download -json "$module@$version" | node --print 'JSON.parse(fs.readFileSync(0)).Dir')
  buf generate "$folder/proto" --template "$root/test/conformance/buf.gen.yaml" --output stubs
  ln -s "$root/node_modules" node_modules
}

prepare_grpcurl() {
  prepare grpcurl "$(go version)"
}

make_grpcurl() {
  keep_go_modules
  GOBIN=$PWD download go install github.com/fullstorydev/grpcurl/cmd/grpcurl@v1.9.3
}

prepare_h2spec() {
  prepare h2spec "$(go version)" "$root/test/http/h2/h2spec"
}

make_h2spec() {
  keep_go_modules
  cp "$root"/test/http/h2/h2spec/{go.mod,go.sum} .
  download go mod download
  go build -o . tool
}

# prepare NAME SOURCE...: has make_NAME fill the empty folder $cache/NAME, unless what is there was made from the same
# SOURCEs: files, folders, or words such as a version.
prepare() (
  name=$1 folder=$cache/$1
  shift
  if command -v flock >/dev/null; then # without it, two runs at the same time may get into each other's way
    exec 9>"$folder.lock"
    flock 9
  fi
  made_from=$(fingerprint "in $folder" "$root/scripts/polyglot-clients.sh" "$@")
  if [[ $(cat "$folder.made-from" 2>/dev/null) == "$made_from" ]]; then
    exit
  fi
  echo "polyglot-clients: preparing $name" >&2
  rm -rf "$folder" "$folder.made-from"
  mkdir "$folder"
  cd "$folder"
  "make_$name"
  echo "$made_from" >"$folder.made-from"
)

# download COMMAND...: runs what needs the network, and ends all with status 75 when it fails.
download() {
  "$@" || exit 75
}

# fingerprint SOURCE...: a checksum over the words, and over what is in the files and folders.
fingerprint() {
  local source
  for source in "$@"; do
    if [[ -e $source ]]; then
      find "$source" -type f -print0 | sort -z | xargs -0 cat
    else
      echo "$source"
    fi
  done | cksum
}

if [[ $# == 0 ]]; then
  set -- python go connect conformance grpcurl h2spec
fi
for part in "$@"; do
  "prepare_$part"
done
