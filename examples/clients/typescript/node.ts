// Records an event, reads the streak, and lists the projects. Node 22.18 and later run this file as it is.

import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { ErrorInfoSchema } from "./stubs/google/rpc/error_details_pb.ts";
import { AdminService } from "./stubs/streak/v1/admin_service_pb.ts";
import { StreakService } from "./stubs/streak/v1/streak_service_pb.ts";

// Or createConnectTransport. Every call gets a deadline.
const transport = createGrpcTransport({
  baseUrl: `http://${process.env.STREAKD_ADDRESS}`,
  defaultTimeoutMs: 10_000,
});
const streaks = createClient(StreakService, transport);
const admin = createClient(AdminService, transport);

const user = { siteKey: "proj_demo", userHash: "user_node" };

try {
  const recorded = await streaks.recordEvent({ ...user, event: "visit" });
  console.log("recorded:", recorded.ok);
} catch (reason) {
  if (ConnectError.from(reason).code !== Code.DeadlineExceeded) {
    throw reason;
  }
  // The event may have been recorded. To send it again is always safe.
  console.log("deadline exceeded");
  process.exit(1);
}

const state = await streaks.getState({ ...user, event: "visit" });
console.log("current streak:", state.streak?.current);

// An error has a code of Connect, and a reason of streakd that programs can compare.
try {
  await streaks.recordEvent({ ...user, event: "no_such_widget" });
} catch (reason) {
  const error = ConnectError.from(reason);
  for (const info of error.findDetails(ErrorInfoSchema)) {
    console.log("error:", Code[error.code], info.reason);
  }
}

// Only for servers: the admin token must never reach a browser or an app.
const token = process.env.ADMIN_TOKEN ?? "";
const page = await admin.listProjects({}, { headers: { "x-admin-token": token } });
for (const project of page.projects) {
  console.log("project:", project.siteKey);
}
try {
  await admin.listProjects({}, { headers: { "x-admin-token": "wrong" } });
} catch (reason) {
  if (ConnectError.from(reason).code === Code.Unauthenticated) {
    console.log("a wrong token is refused");
  }
}
