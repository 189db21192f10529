import type { SettingStore } from "../settings.ts";
import type { Connection } from "./connection.ts";
import { isDuplicateKey } from "./errors.ts";

/** The values of the installation. */
export function createSettings(connection: Connection): SettingStore {
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

    replaceSetting: (name, value) =>
      connection.run(async () => {
        await settings.replaceOne({ _id: name }, { value }, { upsert: true });
      }),
  };
}
