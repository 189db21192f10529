import type { SettingStore } from "../settings.ts";
import type { Connection } from "./connection.ts";

/** The values of the installation. */
export function createSettings(connection: Connection): SettingStore {
  const select = connection.prepare<{ value: string }>("SELECT value FROM settings WHERE name = ?");
  const insert = connection.prepare("INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT DO NOTHING");
  const replace = connection.prepare("INSERT OR REPLACE INTO settings (name, value) VALUES (?, ?)");
  return {
    readSetting: (name) => connection.read(() => select.get(name)?.value),
    claimSetting: (name, value) => connection.write(() => insert.run(name, value) === 1),
    replaceSetting: (name, value) => connection.write(() => void replace.run(name, value)),
  };
}
