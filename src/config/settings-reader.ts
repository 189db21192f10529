import { type EnvFile, misspeltInEnvironment, misspeltInFile } from "./env-file.ts";
import { flagOf, type IntegerSetting, MAIN_SETTINGS, SETTINGS } from "./settings.ts";

/** Values of settings by name. An empty one counts as unset, which compose files make of a variable that is not given. */
export type Values = Readonly<Record<string, string | undefined>>;

/** Where settings come from, besides the environment. */
export interface OtherSources {
  /** What the command line says. It wins over the environment, which wins over the file. */
  readonly flags?: Values;
  readonly file?: EnvFile | undefined;
}

type NameOf<Kind> = {
  [Name in keyof typeof MAIN_SETTINGS]: (typeof MAIN_SETTINGS)[Name]["kind"] extends Kind ? Name : never;
}[keyof typeof MAIN_SETTINGS];

type Choice<Name extends NameOf<"choice">> = (typeof MAIN_SETTINGS)[Name]["choices"][number];

/** Reads settings and collects what is wrong with them. */
export class SettingsReader {
  readonly #problems: string[] = [];
  readonly #environment: Values;
  readonly #other: OtherSources;

  /** Variables that look like misspelt settings are problems from the beginning. */
  constructor(environment: Values, other: OtherSources = {}) {
    this.#environment = environment;
    this.#other = other;
    this.#problems.push(...misspeltInEnvironment(environment, other.file));
    if (other.file !== undefined) {
      this.#problems.push(...misspeltInFile(other.file));
    }
  }

  /** What is wrong so far, each a sentence that names the setting and says how to mend it. */
  get problems(): readonly string[] {
    return this.#problems;
  }

  /** Adds what is wrong with a setting. The sentence begins with its name. */
  refuse(name: string, sentence: string): void {
    const from = this.origin(name);
    const place = from === "default" || from === "environment" ? "" : `${from}: `;
    this.#problems.push(place + sentence);
  }

  /** Returns where the value of a setting comes from: its flag, `environment`, the path of a file, or `default`. */
  origin(name: string): string {
    const { flags, file } = this.#other;
    if (flags?.[name]) {
      return flagOf(name);
    }
    const inFile = file?.values[name] || undefined;
    // Node puts the variables of --env-file into the environment, even though the flag is meant for this program.
    if (this.#environment[name] && this.#environment[name] !== inFile) {
      return "environment";
    }
    return inFile === undefined ? "default" : (file as EnvFile).path;
  }

  /** Returns what a setting is set to, or its default; undefined when it has none. */
  text(name: string): string | undefined {
    const byDefault = this.#defaultOf(name);
    return this.given(name) ?? (byDefault === undefined ? undefined : String(byDefault));
  }

  /** Returns what a setting is set to; undefined when it is not, whatever its default. */
  given(name: string): string | undefined {
    const { flags, file } = this.#other;
    return flags?.[name] || this.#environment[name] || file?.values[name] || undefined;
  }

  /** Returns a variable of the environment that a library reads by itself; undefined when it is unset. */
  variable(name: string): string | undefined {
    return this.#environment[name] || undefined;
  }

  /** Returns a setting that is a whole number. */
  integer(name: string): number {
    const setting = SETTINGS[name] as IntegerSetting;
    const given = this.text(name) as string;
    const value = Number(given);
    if (!/^\d+$/.test(given) || value < setting.min || value > setting.max) {
      this.refuse(
        name,
        `${name} must be a whole number from ${setting.min} to ${setting.max}, not "${given}"; unset it to use ${this.#defaultOf(name)}`,
      );
    }
    return value;
  }

  /** Returns a setting that is one of a few words. */
  choice<Name extends NameOf<"choice">>(name: Name): Choice<Name> {
    const { choices, default: byDefault } = MAIN_SETTINGS[name];
    const given = this.text(name);
    const chosen = (choices as readonly Choice<Name>[]).find((one) => one === given);
    if (chosen === undefined) {
      const listed = choices.length === 2 ? choices.join(" or ") : `one of ${choices.join(", ")}`;
      this.refuse(name, `${name} must be ${listed}, not "${given}"; unset it to use ${byDefault}`);
    }
    return chosen ?? byDefault;
  }

  /** Returns the default of a setting, which may depend on whether there is TLS; undefined when there is none. */
  #defaultOf(name: string): string | number | undefined {
    const setting = SETTINGS[name];
    const overTls = setting?.kind === "integer" ? setting.defaultOverTls : undefined;
    return overTls !== undefined && this.given("TLS_CERT_FILE") !== undefined ? overTls : setting?.default;
  }
}
