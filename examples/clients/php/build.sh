mkdir -p stubs
protoc -I streakd/proto --php_out=stubs streakd/proto/streak/v1/*.proto streakd/proto/streak/options/v1/*.proto \
  streakd/proto/google/*/*.proto
