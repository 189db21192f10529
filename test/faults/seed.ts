import { onTestFailed } from "vitest";
import { createRandom, type Random } from "../support/random.ts";
import { SOAK } from "../support/soak.ts";

/**
 * What every choice of the fault tests grows from: the same in each run of the gate, another one in each longer run.
 * `FAULTS_SEED=7 npx vitest run test/faults` makes the choices of that one.
 */
const SEED = Number(process.env.FAULTS_SEED || (SOAK > 1 ? Date.now() % 2 ** 31 : 20_240_115));

/** Starts the choices of a test, which says on failure how to have them made again. */
export function startChoices(): Random {
  onTestFailed(() => console.error(`FAULTS_SEED=${SEED}`));
  return createRandom(SEED);
}
