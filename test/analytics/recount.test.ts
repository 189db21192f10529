import { expect, test } from "vitest";
import { openApp } from "../support/app.ts";
import { createRandom } from "../support/random.ts";
import { requireTool } from "../support/tools.ts";
import { createProject, EVENTS, live, SITE_KEY } from "./life.ts";
import { expectRecounted, python } from "./recount.ts";

const HOUR_MS = 3_600_000;

test.for([1, 2, 3])(
  "every answer is what a program counts from the raw rows, in random lives (%i)",
  {
    timeout: 300_000,
  },
  async (seed, context) => {
    requireTool(context, python);
    const random = createRandom(seed);
    const app = await openApp();
    await createProject(app);

    await live(app, random, 150);
    expect(await expectRecounted(app)).toBeGreaterThan(5);

    // What comes late and what is linked late changes numbers of days that were counted already.
    await live(app, random, 60);
    await expectRecounted(app);

    // Streaks end by themselves.
    app.now += 31 * HOUR_MS;
    await expectRecounted(app);

    await changeProject(app);
    await live(app, random, 20);
    await expectRecounted(app);
  },
);

async function changeProject(app: Awaited<ReturnType<typeof openApp>>): Promise<void> {
  const { status } = await app.admin("PATCH", `/admin/projects/${SITE_KEY}`, {
    timeZone: "Asia/Tokyo",
    widgets: EVENTS.map((event) => ({
      ...{ event, mode: event === "visit" ? "cumulative" : "continuous" },
      milestones: [2, 4].map((target) => ({ id: `m${target}`, target, msg: "Well done" })),
    })),
  });
  expect(status).toBe(200);
}
