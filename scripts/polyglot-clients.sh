#!/usr/bin/env bash
# Prepares what the clients in test/polyglot, test/conformance and test/http/h2 need: packages at their pinned versions,
# stubs generated from proto/, the Go client, Connect's conformance runner, grpcurl and h2spec built. `npm test` runs it by
# itself; run it before, so that the tests need not wait for downloads.
#
#   scripts/polyglot-clients.sh [python] [go] [connect] [conformance] [grpcurl] [h2spec]     (all when none is named)
#
# Everything goes into one folder outside the checkout, $STREAKD_CACHE or else the user's cache folder. A part is named
# after a checksum over what it is made from, so that checkouts share what is the same for them, and a fresh clone finds it
# made. .cache/polyglot in the checkout has a link to each part. What nobody has used for 30 days is removed. Ends with
# status 75 when something can't be downloaded.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
clients=$root/test/polyglot
cache=$root/.cache/polyglot
shared=${STREAKD_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/streakd}/polyglot
mkdir -p "$cache" "$shared"
shared=$(cd "$shared" && pwd)
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
  local stubs=$PWD
  cd "$root/proto"
  # The package googleapis-common-protos brings the stubs of google/.
  find streak -name '*.proto' -exec "$cache/python-packages/bin/python" -m grpc_tools.protoc --proto_path=. \
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
  PATH=$PWD/tools:$PATH buf generate "$root/proto" --path "$root/proto/streak" --template "$clients/go/buf.gen.yaml" --output .
  go build -o client .
}

keep_go_modules() {
  # Modules stay writable, so that the folder can be removed like any other.
  export GOMODCACHE=$shared/go-modules GOFLAGS="$(go env GOFLAGS) -modcacherw" GOWORK=off
}

prepare_connect() {
  prepare connect-stubs "with $root/node_modules" "$root/package-lock.json" "$clients/node/buf.gen.yaml" "$root/proto"
}

make_connect-stubs() {
  local stubs=$PWD
  (cd "$root" && buf generate --template "$clients/node/buf.gen.yaml" --output "$stubs")
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

# prepare NAME SOURCE...: has make_NAME fill an empty folder, unless there is one that was made from the same SOURCEs:
# files, folders, or words such as a version. Links $cache/NAME to it.
prepare() (
  name=$1
  shift
  folder=$shared/$name-$(fingerprint "$(declare -f "make_$name")" "$@")
  if command -v flock >/dev/null; then # without it, two runs at the same time may get into each other's way
    exec 9>"$shared/$name.lock"
    flock 9
  fi
  if [[ ! -e $folder/.made ]]; then
    echo "polyglot-clients: preparing $name" >&2
    rm -rf "$folder"
    mkdir "$folder"
    (cd "$folder" && "make_$name")
    find "$shared" -maxdepth 1 -name "$name-*" -mtime +30 -exec rm -rf {} +
  fi
  touch "$folder" "$folder/.made"
  rm -rf "${cache:?}/$name"
  ln -s "$folder" "$cache/$name"
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
  done | cksum | tr ' ' -
}

if [[ $# == 0 ]]; then
  set -- python go connect conformance grpcurl h2spec
fi
for part in "$@"; do
  "prepare_$part"
done
