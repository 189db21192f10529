go build -o tools/ tool
PATH=$PWD/tools:$PATH buf generate streakd --path streakd/proto/streak
go build -o client .
