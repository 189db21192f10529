#!/usr/bin/env bash
# Prepares what the clients in test/polyglot, test/conformance, test/http/h2 and test/packages/web need: packages at their
# pinned versions, stubs generated from proto/, the Go client, the recipes of docs/clients.md, Connect's conformance runner,
# grpcurl and h2spec built, Deno, Bun and an old Node. `npm test` runs it by itself, except for the part `tools`; run it
# before, so that the tests need not wait for downloads.
#
#   scripts/polyglot-clients.sh [PART...]     (all when none is named; they are at the end)
#
# The part `tools` installs what the recipes need from the system's packages, which takes root.
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
  install_python_packages "$clients/python/requirements.txt"
}

install_python_packages() {
  python3 -m venv .
  # Wheels only: compiling gRPC would take longer than anybody waits for a test.
  download bin/python -m pip install --quiet --only-binary :all: --requirement "$1"
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
  PATH=$PWD/tools:$PATH buf generate "$root/proto" --path "$root/proto/streak" \
    --template "$clients/go/buf.gen.yaml" --output .
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

prepare_tools() {
  local missing=()
  needs() { # COMMAND PACKAGE...: the packages are missing where the command fails
    bash -c "$1" &>/dev/null || missing+=("${@:2}")
  }
  needs "javac -version && mvn -version" openjdk-17-jdk-headless maven
  needs "ruby -e 'require \"grpc\"' && grpc_tools_ruby_protoc --version" ruby ruby-grpc ruby-grpc-tools
  needs "php -r 'curl_init(); require \"Google/Protobuf/Internal/Message.php\";'" php-cli php-curl php-google-protobuf
  # The options import google/protobuf, which Debian has in a package of its own.
  needs "protoc -I '$root/proto' -o /dev/null streak/options/v1/options.proto" protobuf-compiler libprotobuf-dev
  needs "c++ --version && cmake --version" g++ cmake
  needs "grpc_cpp_plugin </dev/null && pkg-config grpc++" protobuf-compiler-grpc libgrpc++-dev pkg-config
  needs "command -v chromium-headless-shell || command -v chromium" chromium-headless-shell
  if [[ ${#missing[@]} == 0 ]]; then
    return
  fi
  if ! command -v apt-get >/dev/null || [[ $(id -u) != 0 ]]; then
    echo "polyglot-clients: only root can install what is missing: sudo apt-get install ${missing[*]}" >&2
    exit 1
  fi
  echo "polyglot-clients: installing ${missing[*]}" >&2
  "$root/scripts/apt-install.sh" "${missing[@]}"
}

# prepare_recipe LANGUAGE: builds a folder of examples/clients as docs/clients.md says.
prepare_recipe() {
  local version
  case $1 in
    go) version=$(go version) ;;
    python*) version=$(python3 --version) ;;
    java | kotlin) version=$(javac -version) ;;
    rust) version=$(rustc --version) ;;
    typescript) version=$(node --version) ;;
    csharp) version=$(dotnet --version) ;;
    swift) version=$(swift --version) ;;
    dart) version=$(dart --version) ;;
    *) version=$(protoc --version) ;;
  esac
  prepare "recipe-$1" "$version" "$root/examples/clients/$1" "$root/proto" "$root/buf.yaml"
}

make_recipe() {
  local language=${PWD##*/recipe-}
  language=${language%-*-*}
  cp -R "$root/examples/clients/$language/." .
  # What a clone has that stubs are generated from. Nothing else of the checkout may be needed.
  mkdir streakd
  cp -R "$root/proto" "$root/buf.yaml" streakd
  # Kept for the next build of the recipe, since compiling the crates takes a minute.
  export CARGO_TARGET_DIR=$shared/cargo-target
  download bash -e build.sh >&2
  if [[ $language == rust ]]; then
    cp "$CARGO_TARGET_DIR/debug/streaks" .
  fi
}

prepare_openapi() {
  prepare openapi-python "$(python3 --version)" "$clients/openapi/requirements.txt"
  prepare openapi-npm "$clients/openapi/package-lock.json"
}

make_openapi-python() {
  install_python_packages "$clients/openapi/requirements.txt"
}

make_openapi-npm() {
  install_npm_packages "$clients/openapi"
}

install_npm_packages() {
  cp "$1"/package{,-lock}.json .
  download npm ci --ignore-scripts --no-audit --no-fund --prefer-offline --loglevel=error
}

prepare_runtimes() {
  prepare runtimes "$(uname -sm)" "$root/test/packages/web/runtimes/package-lock.json"
}

make_runtimes() {
  install_npm_packages "$root/test/packages/web/runtimes"
  # Of the packages for each platform, npm has installed this machine's.
  ln -s node_modules/@deno/*/deno node_modules/@oven/*/bin/bun .
  ln -s node_modules/node-*/bin/node node-20
}

# prepare NAME SOURCE...: has make_NAME, or make_recipe for a recipe, fill an empty folder, unless there is one that was
# made from the same SOURCEs: files, folders, or words such as a version. Links $cache/NAME to it.
prepare() (
  name=$1 make=make_$1
  shift
  if [[ $name == recipe-* ]]; then
    make=make_recipe
  fi
  folder=$shared/$name-$(fingerprint "$(declare -f "$make")" "$@")
  if command -v flock >/dev/null; then # without it, two runs at the same time may get into each other's way
    exec 9>"$shared/$name.lock"
    flock 9
  fi
  if [[ ! -e $folder/.made ]]; then
    echo "polyglot-clients: preparing $name" >&2
    rm -rf "$folder"
    mkdir "$folder"
    (cd "$folder" && "$make")
    find "$shared" -maxdepth 1 -name "$name-*" -mtime +30 -exec rm -rf {} +
  fi
  touch "$folder" "$folder/.made"
  if [[ $(readlink "$cache/$name") != "$folder" ]]; then
    rm -rf "${cache:?}/$name"
    ln -s "$folder" "$cache/$name"
  fi
)

# download COMMAND...: runs what needs the network, and ends all with status 75 when it fails. In CI it is tried three
# times, since Go tries only once.
download() {
  local pause
  for pause in ${CI:+5 20}; do
    "$@" && return
    echo "polyglot-clients: trying again in $pause s: $*" >&2
    sleep "$pause"
  done
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
  set -- tools python go connect conformance grpcurl h2spec openapi runtimes \
    recipe-{go,python,python-connect,java,kotlin,rust,ruby,php,cpp,typescript}
fi
for part in "$@"; do
  case $part in
    recipe-*) prepare_recipe "${part#recipe-}" ;;
    *) "prepare_$part" ;;
  esac
done
