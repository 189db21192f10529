// swift-tools-version: 5.9

import PackageDescription

let package = Package(
    name: "streaks",
    platforms: [.macOS(.v12), .iOS(.v15)],
    dependencies: [
        .package(url: "https://github.com/connectrpc/connect-swift.git", from: "1.2.3"),
    ],
    targets: [
        .executableTarget(
            name: "client",
            dependencies: [.product(name: "Connect", package: "connect-swift")],
            path: "Sources"
        ),
    ]
)
