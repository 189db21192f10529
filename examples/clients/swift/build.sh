buf generate streakd
swift build
