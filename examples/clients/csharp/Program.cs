// Records an event, reads the streak, and lists the projects.

using Google.Rpc;
using Grpc.Core;
using Grpc.Net.Client;
using Streakd.V1;

var address = Environment.GetEnvironmentVariable("STREAKD_ADDRESS");
using var channel = GrpcChannel.ForAddress($"http://{address}");
var streaks = new StreakService.StreakServiceClient(channel);
var admin = new AdminService.AdminServiceClient(channel);

// Every call gets a deadline.
DateTime Soon() => DateTime.UtcNow.AddSeconds(10);

RecordEventRequest Event(string name) => new() { SiteKey = "proj_demo", UserHash = "user_csharp", Event = name };

try
{
    var recorded = await streaks.RecordEventAsync(Event("visit"), deadline: Soon());
    Console.WriteLine($"recorded: {(recorded.Ok ? "true" : "false")}");
}
catch (RpcException error) when (error.StatusCode == StatusCode.DeadlineExceeded)
{
    // The event may have been recorded. To send it again is always safe.
    Console.WriteLine("deadline exceeded");
    return 1;
}

var request = new GetStateRequest { SiteKey = "proj_demo", UserHash = "user_csharp", Event = "visit" };
var state = await streaks.GetStateAsync(request, deadline: Soon());
Console.WriteLine($"current streak: {state.Streak.Current}");

// An error has a code of gRPC, and a reason of streakd that programs can compare.
try
{
    await streaks.RecordEventAsync(Event("no_such_widget"), deadline: Soon());
}
catch (RpcException error)
{
    var info = error.GetRpcStatus()?.GetDetail<ErrorInfo>();
    Console.WriteLine($"error: {error.StatusCode} {info?.Reason}");
}

// Only for servers: the admin token must never reach a browser or an app.
Metadata Token(string token) => new() { { "x-admin-token", token } };

var adminToken = Environment.GetEnvironmentVariable("ADMIN_TOKEN") ?? "";
var page = await admin.ListProjectsAsync(new ListProjectsRequest(), Token(adminToken), Soon());
foreach (var project in page.Projects)
{
    Console.WriteLine($"project: {project.SiteKey}");
}
try
{
    await admin.ListProjectsAsync(new ListProjectsRequest(), Token("wrong"), Soon());
}
catch (RpcException error) when (error.StatusCode == StatusCode.Unauthenticated)
{
    Console.WriteLine("a wrong token is refused");
}
return 0;
