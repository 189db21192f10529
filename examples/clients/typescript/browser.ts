// Records an event and reads the streak, in a page that the project allows (`allowedOrigins`).

import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-web";
import { ErrorInfoSchema } from "./stubs/google/rpc/error_details_pb.ts";
import { StreakService } from "./stubs/streak/v1/streak_service_pb.ts";

/** `show` gets each line, such as `(line) => document.body.append(line)`. */
export async function visit(baseUrl: string, show: (line: string) => void): Promise<void> {
  // Every call gets a deadline.
  const transport = createConnectTransport({ baseUrl, defaultTimeoutMs: 10_000 });
  const streaks = createClient(StreakService, transport);
  const user = { siteKey: "proj_demo", userHash: "user_browser" };

  try {
    const recorded = await streaks.recordEvent({ ...user, event: "visit" });
    show(`recorded: ${recorded.ok}`);
  } catch (reason) {
    if (ConnectError.from(reason).code !== Code.DeadlineExceeded) {
      throw reason;
    }
    // The event may have been recorded. To send it again is always safe.
    show("deadline exceeded");
    return;
  }

  const state = await streaks.getState({ ...user, event: "visit" });
  show(`current streak: ${state.streak?.current}`);

  // An error has a code of Connect, and a reason of streakd that programs can compare.
  try {
    await streaks.recordEvent({ ...user, event: "no_such_widget" });
  } catch (reason) {
    const error = ConnectError.from(reason);
    for (const info of error.findDetails(ErrorInfoSchema)) {
      show(`error: ${Code[error.code]} ${info.reason}`);
    }
  }
}
