import { Command, Option } from "commander";
import { readConfig } from "../config/config.ts";
import { type EnvFile, readEnvFile } from "../config/env-file.ts";
import { BOUND_SETTINGS, flagOf, SETTINGS, type Setting } from "../config/settings.ts";
import { type OtherSources, SettingsReader } from "../config/settings-reader.ts";
import { StartError } from "../errors.ts";
import { nearest } from "../nearest.ts";
import { VERSION } from "../version.ts";
import { printConfig } from "./print-config.ts";
import type { Subcommand } from "./subcommand.ts";
import { SUBCOMMANDS } from "./subcommands.ts";

/** What the help says at its end. */
const HELP_END = `
Each setting can be a flag, a variable of the environment, or a line of the file .env; a flag wins over the
environment, which wins over the file. A flag can be seen by every user of this machine: keep secrets to the other two.
`;

/** The options of the program that are no settings. */
interface OwnOptions {
  readonly envFile?: string;
  readonly printConfig?: boolean;
}

/**
 * Runs the command line, and sets the exit code.
 *
 * @param argv as `process.argv` has it
 */
export async function runCli(argv: readonly string[]): Promise<void> {
  const program = new Command("streakd")
    .description("A self-hosted streak service.")
    .version(VERSION, "-v, --version", "print the version")
    .helpOption("-h, --help", "print this help, or that of a command")
    .addHelpText("after", HELP_END)
    .configureHelp({ showGlobalOptions: true })
    .option("--env-file <file>", "a file of settings to read instead of .env")
    .option("--print-config", "print the settings in force, where each comes from, and nothing secret; then end");
  for (const [name, setting] of Object.entries(SETTINGS)) {
    program.addOption(optionOf(name, setting));
  }
  for (const subcommand of SUBCOMMANDS) {
    const isDefault = subcommand === SUBCOMMANDS[0];
    const command = program
      .command(subcommand.name, { isDefault })
      .description(subcommand.summary)
      .helpOption("-h, --help", "print this help")
      .allowExcessArguments(isDefault)
      .action(() => run(program, subcommand, command));
    subcommand.declare?.(command);
  }
  await program.parseAsync(argv);
}

/** Does what a subcommand does with the settings, and says in a line why it can't. */
async function run(program: Command, subcommand: Subcommand, command: Command): Promise<void> {
  if (subcommand === SUBCOMMANDS[0]) {
    refuseUnknownCommand(program, command.args);
  }
  try {
    const { envFile, printConfig: isPrinting, ...flags } = program.opts<OwnOptions & Record<string, string>>();
    const sources: OtherSources = { flags: byName(flags), file: readEnvFile(envFile) };
    exportOthers(sources.file);
    if (isPrinting) {
      printConfig(new SettingsReader(process.env, sources));
    }
    const config = readConfig(process.env, sources);
    if (!isPrinting) {
      await subcommand.run(config, command);
    }
  } catch (error) {
    const reason = error instanceof StartError ? error.message : error instanceof Error ? error.stack : error;
    console.error(`${subcommand.failure}: ${reason}`);
    process.exitCode = 1;
  }
}

/** The flag of a setting. */
function optionOf(name: string, setting: Setting): Option {
  const value = setting.kind === "text" ? setting.value : setting.kind === "choice" ? "word" : "number";
  const byDefault = setting.kind === "text" && setting.default === undefined ? "" : ` (default: ${setting.default})`;
  const isBound = BOUND_SETTINGS[name] !== undefined;
  return new Option(`${flagOf(name)} <${value}>`, `${setting.help}${byDefault}`).helpGroup(
    isBound ? "Settings that bound what clients can make the server spend:" : "Settings:",
  );
}

/** Values by the names of settings, which commander has by the names of its options. */
function byName(flags: Readonly<Record<string, string>>): Record<string, string | undefined> {
  const names = Object.keys(SETTINGS);
  return Object.fromEntries(names.map((name) => [name, flags[new Option(flagOf(name)).attributeName()]]));
}

/** Puts what a file sets for other programs, such as the libraries that streakd uses, into the environment. */
function exportOthers(file: EnvFile | undefined): void {
  for (const [name, value] of Object.entries(file?.values ?? {})) {
    if (SETTINGS[name] === undefined) {
      process.env[name] ??= value;
    }
  }
}

/** Ends with an error if a command is named that there is not. Commander takes it for an argument of the default one. */
function refuseUnknownCommand(program: Command, [name]: readonly string[]): void {
  if (name !== undefined) {
    const meant = nearest(name, [...SUBCOMMANDS.map((known) => known.name), "help"]);
    program.error(`error: unknown command '${name}'${meant === undefined ? "" : `\n(Did you mean ${meant}?)`}`);
  }
}
