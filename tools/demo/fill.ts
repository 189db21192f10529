import { type Answer, Api, CALLS_AT_ONCE, DemoError } from "./api.ts";
import { localNowAt } from "./calendar.ts";
import { type DemoEvent, type History, historyOf } from "./history.ts";
import { makePauses } from "./pauses.ts";
import { createPerson } from "./people.ts";
import { PROJECT_NAME, projectOf } from "./project.ts";
import { createRandom } from "./random.ts";
import { makeRefusedCalls } from "./refused.ts";

/** What to fill, and where. */
export interface DemoOptions {
  readonly url: URL;
  readonly adminToken: string;
  readonly siteKey: string;
  /** How many people there are. */
  readonly users: number;
  /** Whether a project that an earlier run has made is deleted first. */
  readonly replace: boolean;
  /** Until when the histories go, in epoch milliseconds: the present of the server. */
  readonly now: number;
}

/** How far the filling has come. */
export interface Progress {
  readonly people: number;
  readonly events: number;
}

/**
 * Creates a project and fills it with two years of histories, through the public API. The same people do the same in
 * every run with the same `siteKey`, up to the present.
 *
 * @returns what was recorded; undefined when the project is there already, which is then left as it is
 * @throws DemoError when it can't be filled
 */
export async function fillDemo(
  options: DemoOptions,
  onProgress: (progress: Progress) => void,
): Promise<Progress | undefined> {
  const api = new Api(options.url, options.adminToken);
  try {
    if (!(await makeProject(api, options))) {
      return undefined;
    }
    const filled = await recordHistories(api, options, onProgress);
    for (const answer of await makePauses(api, options)) {
      expectStatus(answer, 200);
    }
    await makeRefusedCalls(api, options);
    return filled;
  } finally {
    api.close();
  }
}

/** Returns false when the project is there, and is not to be replaced. */
async function makeProject(api: Api, { siteKey, replace }: DemoOptions): Promise<boolean> {
  const path = `/admin/projects/${encodeURIComponent(siteKey)}`;
  const found = await api.admin("GET", path);
  if (found.status === 200) {
    if (!replace) {
      return false;
    }
    if (found.json.name !== PROJECT_NAME) {
      throw new DemoError(`The project ${siteKey} was not made by the demo. Name another one with --project.`);
    }
    expectStatus(await api.admin("DELETE", path), 204);
  } else if (found.status !== 404) {
    throw refusal(found);
  }
  expectStatus(await api.admin("POST", "/admin/projects", projectOf(siteKey)), 201);
  return true;
}

async function recordHistories(
  api: Api,
  { siteKey, users, now }: DemoOptions,
  onProgress: (progress: Progress) => void,
): Promise<Progress> {
  const progress = { people: 0, events: 0 };
  // All workers take from the same list, so that nobody waits for a person who has done a lot.
  const left = eventsOf(siteKey, users, now);

  async function work(): Promise<void> {
    for (const { event, person } of left) {
      if (event !== undefined) {
        expectStatus(await api.call("POST", "/v1/e", { siteKey, ...event }), 202);
        progress.events += 1;
        person.unrecorded -= 1;
      }
      if (person.unrecorded === 0) {
        const { visitor, userHash } = person;
        if (visitor !== undefined) {
          expectStatus(await api.admin("POST", "/admin/alias", { siteKey, anonymousId: visitor, userHash }), 204);
        }
        progress.people += 1;
      }
      onProgress(progress);
    }
  }

  await Promise.all(Array.from({ length: CALLS_AT_ONCE }, work));
  return progress;
}

/** A person whose events are being recorded. */
interface Recording extends Pick<History, "visitor"> {
  readonly userHash: string;
  /** How many of the person's events are not recorded yet. */
  unrecorded: number;
}

/** Yields each event with its person; a person who has done nothing comes without an event. */
function* eventsOf(
  siteKey: string,
  users: number,
  now: number,
): Generator<{ event: DemoEvent | undefined; person: Recording }> {
  const nowIn = localNowAt(now);
  for (let index = 0; index < users; index++) {
    // Each person has choices of their own, so that one more user changes nothing for the others.
    const random = createRandom(`${siteKey} ${index}`);
    const person = createPerson(index, random);
    const { events, visitor } = historyOf(person, nowIn(person.zone), random);
    const recording = { userHash: person.userHash, visitor, unrecorded: events.length };
    for (const event of events.length === 0 ? [undefined] : events) {
      yield { event, person: recording };
    }
  }
}

function expectStatus(answer: Answer, status: number): void {
  if (answer.status !== status) {
    throw refusal(answer);
  }
}

function refusal({ status, json }: Answer): DemoError {
  return new DemoError(
    json?.error === "UNAUTHORIZED"
      ? "The server refuses the admin token. Set ADMIN_TOKEN to the server's, or run this where its folder data/ is."
      : `The server answers ${status}: ${json?.message ?? "nothing that is JSON"}`,
  );
}
