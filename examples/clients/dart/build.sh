dart pub get
dart pub global activate protoc_plugin
mkdir -p lib/stubs
PATH=$PATH:$HOME/.pub-cache/bin protoc -I streakd/proto --dart_out=grpc:lib/stubs \
  streakd/proto/streak/v1/*.proto streakd/proto/streak/options/v1/*.proto streakd/proto/google/api/*.proto
