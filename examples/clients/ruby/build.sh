mkdir -p stubs
grpc_tools_ruby_protoc -I streakd/proto --ruby_out=stubs --grpc_out=stubs \
  streakd/proto/streak/v1/*.proto streakd/proto/streak/options/v1/*.proto
