import type { Answer, Api } from "./api.ts";
import { type Day, isoDate } from "./calendar.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

/** Which person is paused, counted from 1: somebody who is active on nearly every day. */
const PERSON = 17;

/**
 * Pauses one person's streaks: all of them in a holiday some weeks ago, and one from a few days ago on for some days.
 *
 * @param options.users how many people there are; with too few of them, nobody is paused
 * @param options.now the present of the server, in epoch milliseconds
 * @returns what the server answers
 */
export async function makePauses(
  api: Api,
  { siteKey, users, now }: { readonly siteKey: string; readonly users: number; readonly now: number },
): Promise<Answer[]> {
  if (users < PERSON) {
    return [];
  }
  const today: Day = Math.floor(now / DAY_MS);
  const userHashes = [`user_${`${PERSON}`.padStart(5, "0")}`];
  const pauses = [
    { entryId: "ticket-4711", reason: "On holiday, ticket 4711", from: isoDate(today - 74), to: isoDate(today - 65) },
    {
      ...{ entryId: "ticket-4838", reason: "New job: no time for lessons, ticket 4838", event: "lesson_done" },
      ...{ from: isoDate(today - 2), to: isoDate(today + 9) },
    },
  ];
  const answers: Answer[] = [];
  for (const pause of pauses) {
    const path = `/admin/projects/${encodeURIComponent(siteKey)}/ledger:pause`;
    answers.push(await api.admin("POST", path, { userHashes, ...pause }));
  }
  return answers;
}
