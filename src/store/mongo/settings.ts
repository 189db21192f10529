import type { StreakStore } from "../streak-store.ts";
import type { Connection } from "./connection.ts";
import { isDuplicateKey } from "./errors.ts";

/** The installation's own values, each written once. */
export function createSettings(connection: Connection): Pick<StreakStore, "readSetting" | "claimSetting"> {
  const { settings } = connection;
  return {
    readSetting: (name) => connection.run(async () => (await settings.findOne({ _id: name }))?.value),

    claimSetting: (name, value) =>
      connection.run(async () => {
        try {
          await settings.insertOne({ _id: name, value });
          return true;
        } catch (error) {
          if (isDuplicateKey(error)) {
            return false;
          }
          throw error;
        }
      }),
  };
}
