import { parseArgs } from "node:util";
import { createFastPath } from "#src/http/fast/create-fast-path.ts";
import { describeDifference, describeReport } from "./describe.ts";
import { compareStreams } from "./run.ts";
import { differentialSeed } from "./stream.ts";

// `npm run soak:http -- --count 1000000`: compares the fast path with Node's server on that many streams.

const { values } = parseArgs({ options: { count: { type: "string", default: "1000000" } } });
const seed = differentialSeed();
console.log(`DIFFERENTIAL_SEED=${seed}, ${values.count} streams`);
const report = await compareStreams(seed, Number(values.count), createFastPath);
console.log(describeReport(report));
for (const difference of report.differences) {
  console.error(describeDifference(seed, difference));
  process.exitCode = 1;
}
