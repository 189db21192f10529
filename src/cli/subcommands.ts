import { backup } from "./backup.ts";
import { health } from "./health.ts";
import { migrate } from "./migrate.ts";
import { restore } from "./restore.ts";
import { serve } from "./serve.ts";
import type { Subcommand } from "./subcommand.ts";
import { token } from "./token.ts";

/** Every subcommand, as the help lists them. The first is the default. */
export const SUBCOMMANDS: readonly [Subcommand, ...Subcommand[]] = [serve, migrate, backup, restore, token, health];
