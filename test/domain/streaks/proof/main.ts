import { parseArgs } from "node:util";
import fc from "fast-check";
import { checkAll } from "./claims.ts";
import { anyGiven } from "./histories.ts";

// `npm run proof -- --count 1000000 --seed 1`: checks all claims about streaks by rules on that many histories.

/** How many histories are checked between two lines of progress. */
const BATCH = 1000;

const { values } = parseArgs({
  options: { count: { type: "string", default: "1000000" }, seed: { type: "string" }, minutes: { type: "string" } },
});
const count = wholeNumber("count", values.count);
const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : wholeNumber("seed", values.seed);
const minutes = values.minutes === undefined ? Number.POSITIVE_INFINITY : wholeNumber("minutes", values.minutes);
const end = Date.now() + minutes * 60_000;

let checked = 0;
let failures = 0;
for (let batch = 0; checked < count && failures === 0 && Date.now() < end; batch++) {
  const numRuns = Math.min(BATCH, count - checked);
  const result = fc.check(fc.property(anyGiven, checkAll), { numRuns, seed: seed + batch });
  checked += result.numRuns;
  if (result.failed) {
    failures++;
    console.error(result.errorInstance instanceof Error ? result.errorInstance.message : result.errorInstance);
  }
  console.log(`${checked} histories, seed ${seed + batch}, shrunk ${result.numShrinks} times`);
}
console.log(`${checked} histories, ${failures} failures`);
// Nothing checked is nothing shown.
process.exitCode = checked > 0 && failures === 0 ? 0 : 1;

function wholeNumber(option: string, text: string): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(number)) {
    console.error(`--${option} must be a whole number, not ${JSON.stringify(text)}`);
    process.exit(2);
  }
  return number;
}
