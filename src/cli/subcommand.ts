import type { Command } from "commander";
import type { Config } from "../config/config.ts";

/** A subcommand of `streakd`. Each has a file in this folder and a line in `subcommands.ts`. */
export interface Subcommand {
  readonly name: string;
  /** What it does, as the help says it: a line that begins with a verb. */
  readonly summary: string;
  /** How the line begins that says why it failed, such as "streakd can't start". */
  readonly failure: string;
  /** Declares arguments and options of its own. Those for the settings are there already. */
  declare?(command: Command): void;
  /**
   * Does it. Import what only this subcommand needs in here, so that no other has to load it.
   *
   * @param config the settings, checked
   * @param command has the arguments (`processedArgs`) and the options of its own (`opts()`)
   * @throws StartError when the operator can mend what is wrong; its message is shown. Any other error is shown with its
   *   stack
   */
  run(config: Config, command: Command): Promise<void>;
}
