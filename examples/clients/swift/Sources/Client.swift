// Records an event, reads the streak, and lists the projects.

import Connect
import Foundation

@main
struct Client {
    static func main() async throws {
        let environment = ProcessInfo.processInfo.environment
        // Every call gets a deadline. An app on iOS needs https, unless its Info.plist allows http.
        let client = ProtocolClient(
            httpClient: URLSessionHTTPClient(),
            config: ProtocolClientConfig(
                host: "http://\(environment["STREAKD_ADDRESS"] ?? "localhost:8080")",
                networkProtocol: .connect,
                codec: ProtoCodec(),
                timeout: 10
            )
        )
        let streaks = StreakdStreakServiceClient(client: client)
        let admin = StreakdAdminServiceClient(client: client)

        let recorded = await streaks.recordEvent(request: event("visit"), headers: [:])
        if recorded.code == .deadlineExceeded {
            // The event may have been recorded. To send it again is always safe.
            print("deadline exceeded")
            exit(1)
        }
        print("recorded:", try recorded.result.get().ok)

        let request = StreakdGetStateRequest.with {
            $0.siteKey = "proj_demo"
            $0.userHash = "user_swift"
            $0.event = "visit"
        }
        let state = await streaks.getState(request: request, headers: [:])
        print("current streak:", try state.result.get().streak.current)

        // An error has a code of Connect, and a reason of streakd that programs can compare.
        let refused = await streaks.recordEvent(request: event("no_such_widget"), headers: [:])
        let details: [Google_Rpc_ErrorInfo] = refused.error?.unpackedDetails() ?? []
        for info in details {
            print("error:", refused.code.name, info.reason)
        }

        // Only for servers: the admin token must never reach a browser or an app.
        let token = environment["ADMIN_TOKEN"] ?? ""
        let all = StreakdListProjectsRequest()
        let page = await admin.listProjects(request: all, headers: ["x-admin-token": [token]])
        for project in try page.result.get().projects {
            print("project:", project.siteKey)
        }
        let wrong = await admin.listProjects(request: all, headers: ["x-admin-token": ["wrong"]])
        if wrong.code == .unauthenticated {
            print("a wrong token is refused")
        }
    }

    private static func event(_ event: String) -> StreakdRecordEventRequest {
        .with {
            $0.siteKey = "proj_demo"
            $0.userHash = "user_swift"
            $0.event = event
        }
    }
}
