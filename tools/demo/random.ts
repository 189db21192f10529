import { hash } from "node:crypto";

/** Choices that look random and are the same for the same seed. */
export interface Random {
  /** A number from 0 to below 1. */
  next(): number;
  /** True with this probability. */
  chance(probability: number): boolean;
  /** A number around `mean`: two of three are at most `spread` away. */
  around(mean: number, spread: number): number;
  /** A number of at least 0 with this mean: most are smaller, a few are many times as large. */
  lifetime(mean: number): number;
  /** One of the choices, each as often as its weight says. */
  weighted<T>(choices: readonly (readonly [T, weight: number])[]): T;
}

/** Creates a source of choices. Seeds that differ give choices that have nothing in common. */
export function createRandom(seed: string): Random {
  let state = Number.parseInt(hash("sha256", seed).slice(0, 8), 16);

  // Mulberry32.
  function next(): number {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  return {
    next,
    chance: (probability) => next() < probability,
    // The sum of three is close to a normal distribution, and never far out.
    around: (mean, spread) => mean + spread * 2 * (next() + next() + next() - 1.5),
    lifetime: (mean) => -mean * Math.log(1 - next()),
    weighted(choices) {
      let left = next() * choices.reduce((sum, [, weight]) => sum + weight, 0);
      for (const [choice, weight] of choices) {
        left -= weight;
        if (left < 0) {
          return choice;
        }
      }
      return (choices.at(-1) as (typeof choices)[number])[0];
    },
  };
}
