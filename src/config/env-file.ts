import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parseEnv } from "node:util";
import { StartError } from "../errors.ts";
import { nearest } from "../nearest.ts";
import { SETTINGS } from "./settings.ts";

/** The file of settings that is read from the working directory if it is there. */
const DEFAULT_FILE = ".env";

/** A file of settings. */
export interface EnvFile {
  /** The path by which it was named. */
  readonly path: string;
  readonly values: Readonly<Record<string, string>>;
}

/** Variables of other programs that name a database, with the settings that they are easily taken for. */
const OTHER_DATABASES: Readonly<Record<string, string>> = {
  MONGODB_URL: "MONGODB_URI",
  MONGO_URI: "MONGODB_URI",
  MONGO_URL: "MONGODB_URI",
  REDIS_URI: "REDIS_URL",
};

/** Variables of other programs that are like our settings: no misspellings. */
const OTHER_PROGRAMS = new Set([
  ...Object.keys(OTHER_DATABASES),
  "DATADIR",
  "LOGLEVEL",
  "SSL_CERT_FILE",
  "SSL_KEY_FILE",
]);

/** What Node reads in such a file: `NAME=value`, with a value in quotes perhaps over several lines; comments. */
const UNDERSTOOD = /^[ \t]*(?:export[ \t]+)?[\w.-]+[ \t]*=[ \t]*(?:"[^"]*"|'[^']*'|`[^`]*`)?.*$|^[ \t]*#.*$/gm;

/**
 * Reads a file of settings, in the syntax of Node's own `--env-file`.
 *
 * @param path undefined for `.env` in the working directory, which need not be there
 * @throws StartError when the file can't be read, or has a line that Node would pass over in silence
 */
export function readEnvFile(path: string | undefined): EnvFile | undefined {
  const file = path ?? DEFAULT_FILE;
  const text = readText(path);
  if (text === undefined) {
    return undefined;
  }
  const [stray] = text
    .replace(UNDERSTOOD, "")
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  if (stray !== undefined) {
    throw new StartError(
      `${file}: the line ${JSON.stringify(stray)} sets nothing. Write it as NAME=value, or remove it.`,
    );
  }
  return { path: file, values: parseEnv(text) as Record<string, string> };
}

/** Returns what the file holds; undefined when it need not be there and is not. */
function readText(path: string | undefined): string | undefined {
  const file = path ?? DEFAULT_FILE;
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (path === undefined && code === "ENOENT") {
      return undefined;
    }
    const problem =
      code === "ENOENT" ? "is not there" : code === "EISDIR" ? "is a folder" : `can't be read (${message})`;
    const mend = path === undefined ? "Make it readable, or remove it." : "Name a file that can be read.";
    throw new StartError(`The file of settings ${resolve(file)} ${problem}. ${mend}`, { cause: error });
  }
}

/**
 * Returns a sentence for each variable of the environment that is very likely a misspelt setting. The environment is
 * shared with other programs, whose variables must never stop the server. So it is one only if it differs by a
 * letter from a name of several words, and that setting itself is not set. A single word can be anybody's: HOME, POST,
 * WORKER.
 */
export function misspeltInEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
  file: EnvFile | undefined,
): string[] {
  const names = Object.keys(SETTINGS).filter((name) => name.includes("_") && !environment[name]);
  const foreign = Object.keys(environment).filter(
    (name) =>
      environment[name] &&
      SETTINGS[name] === undefined &&
      !OTHER_PROGRAMS.has(name) &&
      // What is wrong in the file is said of the file.
      file?.values[name] === undefined,
  );
  return foreign.flatMap((name) => {
    const meant = nearest(name, names, () => 1);
    return meant === undefined ? [] : [`${name} is no setting. Did you mean ${meant}? Rename it, or unset it`];
  });
}

/**
 * Returns a sentence for each database in the environment that is not used, since its variable is no setting. It may be
 * for another program; but whoever meant streakd would find the events in another place.
 */
export function unusedDatabases(
  environment: Readonly<Record<string, string | undefined>>,
  isSet: (setting: string) => boolean,
): string[] {
  return Object.entries(OTHER_DATABASES)
    .filter(([name, setting]) => environment[name] && !isSet(setting))
    .map(([name, setting]) => `${name} is set, and streakd does not read it: its setting is ${setting}`);
}

/** Returns a sentence for each name in a file of settings that is close to a setting and is none. */
export function misspeltInFile({ path, values }: EnvFile): string[] {
  const foreign = Object.keys(values).filter((name) => SETTINGS[name] === undefined);
  return foreign.flatMap((name) => {
    const meant = nearest(name, Object.keys(SETTINGS));
    return meant === undefined
      ? []
      : [`${path}: ${name} is no setting. Did you mean ${meant}? Rename it, or remove it`];
  });
}
