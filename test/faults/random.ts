import { onTestFailed } from "vitest";

/** What every choice of the fault tests grows from. `FAULTS_SEED=7 npx vitest run test/faults` makes other ones. */
const SEED = Number(process.env.FAULTS_SEED || 20_240_115);

/** Numbers that look random and are the same for the same seed. */
export interface Random {
  /** A whole number from 0 to below the limit. */
  below(limit: number): number;
  /** True with this probability. */
  chance(probability: number): boolean;
  pick<T>(list: readonly T[]): T;
}

/** Starts the choices of a test, which says on failure how to have them made again. */
export function createRandom(): Random {
  onTestFailed(() => console.error(`FAULTS_SEED=${SEED}`));
  let state = SEED;

  // Mulberry32.
  function next(): number {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  const below = (limit: number) => Math.floor(next() * limit);
  return {
    below,
    chance: (probability) => next() < probability,
    pick: <T>(list: readonly T[]) => list[below(list.length)] as T,
  };
}
