dotnet build --output out
