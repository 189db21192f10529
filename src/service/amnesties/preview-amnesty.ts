import type { AmnestyService, PreviewAmnestyRequest, UserStreakChanges } from "#gen/streak/v1/amnesty_service_pb.ts";
import type { Handler } from "../../call/method.ts";
import type { Amnesty } from "../../domain/amnesties.ts";
import type { History } from "../../domain/check-ins.ts";
import type { Project } from "../../domain/project.ts";
import type { StreakRules } from "../../domain/streaks/rules-for.ts";
import { refusal } from "../../errors.ts";
import type { ListedUser, UserStore } from "../../store/users.ts";
import { streakChanges } from "../ledger/streak-changes.ts";
import { pageTokenAfter, readPageToken } from "../page-token.ts";
import { type Projects, widgetOf } from "../projects/projects.ts";
import { createRulesOf } from "../projects/ready-rules.ts";
import { historyOf, zoneOf } from "../streaks/history.ts";
import { momentOf } from "../streaks/moment.ts";
import { Turns } from "../turns.ts";
import { slicesOfPage } from "../users/page-of-users.ts";
import { readAmnestyDays } from "./amnesty-days.ts";
import { noAmnesty } from "./refusals.ts";

/** How many users a page looks at when the request does not say. */
const DEFAULT_PAGE_SIZE = 1000;

/** How the amnesties of a project would change. */
interface PreviewedChange {
  /** The event whose streaks alone can change; undefined when any streak can. */
  readonly event: string | undefined;
  readonly amnesties: readonly Amnesty[];
}

/**
 * Creates the handler that tells whose streaks an amnesty would change.
 *
 * @param clock the server's time in epoch milliseconds
 */
export function previewAmnestyHandler(
  projects: Projects,
  users: UserStore,
  clock: () => number,
): Handler<typeof AmnestyService.method.previewAmnesty> {
  return async (request, call) => {
    const { siteKey, pageSize, pageToken } = request;
    const changeOf = readAsked(request);
    const list = [siteKey, request.event, request.from, request.to, request.takenBackId].map((field = "") => field);
    const after = readPageToken(pageToken, list);
    const project = await projects.require(siteKey, call);
    const { event, amnesties } = changeOf(project);

    const rulesBefore = createRulesOf(project);
    const rulesAfter = createRulesOf({ ...project, amnesties });
    const now = clock();
    const turns = new Turns(call);
    const range = { projectId: project.id, prefix: "", after, limit: pageSize || DEFAULT_PAGE_SIZE };
    const changed: UserStreakChanges[] = [];
    let lookedAt = 0;
    let last: string | undefined;
    for await (const slice of slicesOfPage(users, range, call)) {
      for (const user of slice.users) {
        await turns.giveWay();
        const { userHash, ledger } = user;
        const days = historiesOf(user, event, project);
        const changes = streakChanges(
          {
            days,
            momentOf: (each: string, rules: StreakRules) =>
              momentOf(days.get(each) as History, rules, now, zoneOf(user, project)),
          },
          (each) => rulesBefore(each, ledger),
          (each) => rulesAfter(each, ledger),
        );
        if (changes.length > 0) {
          changed.push({ $typeName: "streak.v1.UserStreakChanges", userHash, changes });
        }
      }
      lookedAt += slice.users.length;
      last = slice.last;
    }
    return { users: changed, lookedAt, nextPageToken: last === undefined ? "" : pageTokenAfter(last, list) };
  };
}

/** The fields of a request that say what to preview. */
type Asked = Pick<PreviewAmnestyRequest, "event" | "from" | "to" | "takenBackId">;

/**
 * Reads what to preview, and returns how the amnesties of a project would change.
 *
 * @throws StreakdError INVALID_BODY
 */
function readAsked({ event, from, to, takenBackId }: Asked): (project: Project) => PreviewedChange {
  if (takenBackId !== undefined) {
    const [other] = Object.entries({ event, from, to }).find(([, value]) => value !== undefined) ?? [];
    if (other !== undefined) {
      throw refusal("takenBackId", `can't be given with ${other}: preview either a new amnesty or taking one back`);
    }
    return (project) => withoutAmnesty(project, takenBackId);
  }
  if (from === undefined || to === undefined) {
    throw from === undefined && to === undefined
      ? refusal("from", "must be given, with to, for a new amnesty; give takenBackId alone for taking one back")
      : refusal(from === undefined ? "from" : "to", "must be given: an amnesty has a first and a last day");
  }
  const days = readAmnestyDays({ from, to });
  return (project) => withNewAmnesty(project, days, event);
}

function withNewAmnesty(
  project: Project,
  days: Pick<Amnesty, "from" | "to">,
  event: string | undefined,
): PreviewedChange {
  if (event !== undefined) {
    widgetOf(project, event);
  }
  const declared = { reason: "", actor: "", at: 0 };
  const amnesty: Amnesty = { id: "", ...(event !== undefined && { event }), ...days, declared };
  return { event, amnesties: [...project.amnesties, amnesty] };
}

function withoutAmnesty({ siteKey, amnesties }: Project, id: string): PreviewedChange {
  const amnesty = amnesties.find((each) => each.id === id);
  if (amnesty === undefined) {
    throw noAmnesty(siteKey, id);
  }
  return { event: amnesty.event, amnesties: amnesties.filter((each) => each !== amnesty) };
}

/** Returns what a user has done for an event, or for all if `event` is undefined; only events with days. */
function historiesOf(user: ListedUser, event: string | undefined, project: Project): ReadonlyMap<string, History> {
  const asked = [...user.days].filter(([each]) => event === undefined || each === event);
  return new Map(asked.map(([each, checkIns]) => [each, historyOf(checkIns, user, project)]));
}
