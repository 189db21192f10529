import { expect, test } from "vitest";
import { createFastPath } from "#src/http/fast/create-fast-path.ts";
import type { CreateFastPath } from "#src/http/fast-path.ts";
import type { Request } from "#src/http/message.ts";
import { describeDifference, describeReport } from "./describe.ts";
import { compareStreams } from "./run.ts";
import { differentialSeed } from "./stream.ts";

/**
 * How many streams a run has; each run has others. Run a million, `npm run soak:http`, if you change how requests are
 * read.
 */
const STREAMS = 25_000;

/** Some ten times what it takes where nothing else runs. */
const TIMEOUT_MS = 600_000;

test(
  "the fast path takes for a request what Node's server takes for one, and answers it alike",
  async () => {
    const seed = differentialSeed();
    console.log(`DIFFERENTIAL_SEED=${seed}`);
    const report = await compareStreams(seed, STREAMS, createFastPath);
    console.log(describeReport(report));
    expect(report.differences.map((difference) => describeDifference(seed, difference))).toEqual([]);
    expect(report.fastRequests).toBeGreaterThan(0.3 * report.requests);
  },
  TIMEOUT_MS,
);

test.each<[string, CreateFastPath]>([
  [
    "takes another target for the request's",
    (init) => createFastPath({ ...init, serve: (request) => init.serve(changed(request, { url: "/other" })) }),
  ],
  [
    "takes a header away",
    (init) => createFastPath({ ...init, serve: (request) => init.serve(changed(request, { headers: {} })) }),
  ],
  [
    "answers with another status",
    (init) => createFastPath({ ...init, serve: async (request) => ({ ...(await init.serve(request)), status: 201 }) }),
  ],
  [
    "answers a request twice",
    (init) =>
      createFastPath({
        ...init,
        serve: async (request) => {
          await init.serve(request);
          return init.serve(request);
        },
      }),
  ],
])("a fast path that %s is found out", async (_, createBroken) => {
  const { differences } = await compareStreams(1, 300, createBroken);
  expect(differences).not.toEqual([]);
});

function changed(request: Request, changes: Partial<Request>): Request {
  return Object.assign(Object.create(request), changes);
}
