import { getVisitorId } from "@streakd/web";
import { bare } from "../../web/src/environment.ts";
import { nameOf } from "../../web/src/watch.ts";
import { DEFAULT_EVENT, type StreakOptions, streakOf } from "./streak.ts";
import type { Tag } from "./tag.ts";
import { recordVisits } from "./visit.ts";
import { warn } from "./warn.ts";

/** `window.streak`. */
interface PageFunction {
  /** Records an event: the first tag's when none is named. It never rejects: what fails is told in the console. */
  (event?: string): Promise<void>;
  /** Takes up another tag, of this or another copy of the script. The same tag again may bring a newer token. */
  addTag(tag: Tag): Promise<void>;
}

/** What a page has put in place of the function until this script is there: calls that wait. */
interface Stub {
  readonly q?: readonly (readonly [event: string | undefined, done: () => void])[];
}

const NO_PROJECT = "the script tag needs data-project, the id of your project";

/** Takes up tags: in the copy of the script that came first, so that a page has one function. */
export function addTags(tags: readonly Tag[]): void {
  const present: unknown = Reflect.get(window, "streak");
  // Otherwise an element with this id.
  const isFunction = typeof present === "function";
  const isOurs = isFunction && Object.hasOwn(present, "addTag");
  const streak = isOurs ? (present as PageFunction) : install();
  for (const tag of tags) {
    // A tag that is wrong leaves the others as they are.
    streak.addTag(tag).catch(warn);
  }
  for (const [event, done] of (isFunction && !isOurs && (present as Stub).q) || []) {
    streak(event).then(done);
  }
}

function install(): PageFunction {
  /** What the tags name, by key, in the order of the tags. */
  const known = new Map<string, StreakOptions>();

  async function streak(event?: string): Promise<void> {
    try {
      const all = [...known.values()];
      const options = all.find((tag) => tag.event === event) ?? all[0];
      if (options === undefined) {
        throw new Error(NO_PROJECT);
      }
      // As a listener it is called with what happened in the page.
      const name = event && typeof event === "string" ? event : options.event;
      const named = streakOf(bare({ ...options, event: name }));
      named.tellPage();
      await named.record();
    } catch (error) {
      warn(error);
    }
  }

  async function addTag({ script, given }: Tag): Promise<void> {
    const isManual = script.hasAttribute("data-manual");
    const project = given.get("project");
    if (project === undefined) {
      // Manual tags may only bring the element.
      if (!isManual) {
        warn(NO_PROJECT);
      }
      return;
    }
    const [base = "", tz, token] = ["base", "tz", "token"].map((name) => given.get(name));
    const event = given.get("event") ?? DEFAULT_EVENT;
    const user = given.get("user") ?? getVisitorId();
    const key = nameOf(base, project, event, user, "");
    const before = known.get(key);
    const options = bare({ base, project, event, user, tz, token });
    known.set(key, options);
    const taken = streakOf(options);
    taken.tellPage();
    if (before !== undefined) {
      return;
    }
    if (isManual) {
      taken.refresh().catch(warn);
      return;
    }
    whenThereIsABody(() => {
      place(script, given);
      if (event === DEFAULT_EVENT) {
        recordVisits(taken, tz);
      }
    });
  }

  const installed = Object.assign(streak, { addTag });
  Reflect.set(window, "streak", installed);
  return installed;
}

function whenThereIsABody(act: () => void): void {
  if (document.body === null) {
    document.addEventListener("DOMContentLoaded", act, bare({ once: true }));
  } else {
    act();
  }
}

function place(script: HTMLScriptElement, given: Tag["given"]): void {
  const { body } = document;
  const widget = document.createElement("streak-widget");
  for (const [name, value] of given) {
    widget.setAttribute(name, value);
  }
  // A widget in the text is where its tag is.
  if (given.get("position") === "inline" && body.contains(script)) {
    script.after(widget);
  } else {
    body.append(widget);
  }
}
