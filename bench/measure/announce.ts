import { once } from "node:events";
import type { AddressInfo, Server } from "node:net";

/** Takes a free port of this machine and says which, as streakd's log does, for {@link startProgram}; ends at SIGTERM. */
export async function announce(server: Server): Promise<void> {
  await once(server.listen(0, "127.0.0.1"), "listening");
  announcePort((server.address() as AddressInfo).port);
}

/** Says which port is served; ends at SIGTERM. */
export function announcePort(port: number): void {
  process.on("SIGTERM", () => process.exit());
  console.log(JSON.stringify({ level: 30, msg: "listening", port }));
}
