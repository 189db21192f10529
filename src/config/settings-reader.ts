/**
 * Reads settings from environment variables and collects what is wrong with them. A variable that is empty counts as
 * unset, because that is what compose files make of one that is not given.
 */
export class SettingsReader {
  /** What is wrong so far, each a sentence that names the setting and says how to mend it. */
  readonly problems: string[] = [];
  readonly #environment: Readonly<Record<string, string | undefined>>;

  constructor(environment: Readonly<Record<string, string | undefined>>) {
    this.#environment = environment;
  }

  /** Returns what a setting is set to; undefined when it is unset. */
  text(name: string): string | undefined {
    return this.#environment[name] || undefined;
  }

  /** Returns a setting that is a whole number within a range, or `fallback` when it is unset. */
  integer(name: string, fallback: number, minimum: number, maximum: number): number {
    const given = this.text(name);
    if (given === undefined) {
      return fallback;
    }
    const value = Number(given);
    if (!/^\d+$/.test(given) || value < minimum || value > maximum) {
      this.problems.push(
        `${name} must be a whole number from ${minimum} to ${maximum}, not "${given}"; unset it to use ${fallback}`,
      );
    }
    return value;
  }

  /** Returns whether a setting is on, as it is when it is unset. */
  isOn(name: string): boolean {
    const given = this.text(name) ?? "on";
    if (given !== "on" && given !== "off") {
      this.problems.push(`${name} must be on or off, not "${given}"; unset it to use on`);
    }
    return given === "on";
  }
}
