python3 -m venv venv
venv/bin/pip install --quiet --requirement requirements.txt
mkdir -p stubs
venv/bin/python -m grpc_tools.protoc -I streakd/proto --python_out=stubs --pyi_out=stubs --grpc_python_out=stubs \
  streakd/proto/streak/v1/*.proto streakd/proto/streak/options/v1/*.proto
