import { expect, test } from "vitest";
import { openApp } from "../support/app.ts";
import { createRandom } from "../support/random.ts";
import { requireTool } from "../support/tools.ts";
import { createProject, type LifeWidget, lifeWidgets, live, SITE_KEY, withRules } from "./life.ts";
import { expectRecounted, python } from "./recount.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

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

    await changeProject(app, lifeWidgets([2, 4], "visit"));
    await live(app, random, 20);
    await expectRecounted(app);
  },
);

test.for([4, 5, 6])(
  "every answer is what a program counts from the raw rows by the rules of the widgets, in random lives (%i)",
  {
    timeout: 300_000,
  },
  async (seed, context) => {
    requireTool(context, python);
    const random = createRandom(seed);
    const app = await openApp();
    await createProject(app, withRules(random, lifeWidgets([1, 2, 3, 5], "none")));

    await live(app, random, 150);
    await expectRecounted(app);

    // Streaks end by themselves, some tonight and some in weeks.
    for (const days of [1, 1, 5, 20]) {
      app.now += days * DAY_MS - HOUR_MS;
      await expectRecounted(app);
    }

    // From tomorrow on there are other rules.
    await changeProject(app, withRules(random, lifeWidgets([2, 4], "like")));
    await live(app, random, 60);
    await expectRecounted(app);
    app.now += 3 * DAY_MS;
    await live(app, random, 60);
    await expectRecounted(app);
  },
);

async function changeProject(app: Awaited<ReturnType<typeof openApp>>, widgets: readonly LifeWidget[]): Promise<void> {
  const { status, text } = await app.admin("PATCH", `/admin/projects/${SITE_KEY}`, { timeZone: "Asia/Tokyo", widgets });
  expect([status, text]).toEqual([200, expect.anything()]);
}
