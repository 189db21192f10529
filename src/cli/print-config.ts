import { effectiveSettings } from "../config/effective.ts";
import type { SettingsReader } from "../config/settings-reader.ts";

/** Prints the settings in force as lines of a `.env` file, each with where it comes from. Secrets are hidden. */
export function printConfig(settings: SettingsReader): void {
  const lines = effectiveSettings(settings).map(({ name, value, from }) =>
    value === undefined ? [`# ${name} is unset`, ""] : [`${name}=${value}`, `  # ${from}`],
  );
  const width = Math.max(...lines.map(([text = ""]) => text.length));
  // A reader that has seen enough, such as `head`.
  process.stdout.on("error", () => process.exit());
  process.stdout.write(`${lines.map(([text = "", from = ""]) => text.padEnd(from ? width : 0) + from).join("\n")}\n`);
}
