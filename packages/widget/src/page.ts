import { bare } from "../../web/src/environment.ts";
import { nameOf } from "../../web/src/watch.ts";
import { DEFAULT_EVENT, NO_PROJECT, optionsOf, type StreakOptions, streakOf } from "./streak.ts";
import { attributesOf, SHARED_ATTRIBUTES } from "./tag.ts";
import { recordVisits } from "./visit.ts";
import { warn } from "./warn.ts";

/** The function `window.streak`, by which a page records events. */
interface PageFunction {
  /** Records an event: the first tag's when none is named. It never rejects: what fails is told in the console. */
  (event?: string): Promise<void>;
  /** Takes up another tag, of this or another copy of the script. The same tag again may bring a newer token. */
  addTag(tag: HTMLScriptElement): Promise<void>;
}

/** What a page has put in place of the function until this script is there: calls that wait. */
interface Stub {
  readonly q?: readonly (readonly [event: string | undefined, done: () => void])[];
}

/** What may be there when this script comes. */
type Present = Partial<PageFunction & Stub>;

/** The window, as far as this file is concerned. */
type Page = { streak?: Present };

/** Takes up tags: in the copy of the script that came first, so that a page has one function. */
export function addTags(tags: readonly HTMLScriptElement[]): void {
  const { streak: before } = window as Page;
  // Otherwise it is an element with this id.
  const present = typeof before === "function" ? before : bare<Present>({});
  const streak = present.addTag ? (present as PageFunction) : install();
  for (const tag of tags) {
    // A tag that is wrong leaves the others as they are.
    streak.addTag(tag).catch(warn);
  }
  for (const [event, done] of present.q ?? []) {
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
      if (!options) {
        throw new Error(NO_PROJECT);
      }
      // As a listener it is called with what happened in the page.
      const name = event && typeof event === "string" ? event : options.event;
      const named = streakOf({ ...options, event: name });
      named.tellPage();
      await named.record();
    } catch (error) {
      warn(error);
    }
  }

  async function addTag(script: HTMLScriptElement): Promise<void> {
    const get = attributesOf(script);
    const isManual = script.hasAttribute("data-manual");
    // Manual tags may only bring the element.
    if (isManual && !get("project")) {
      return;
    }
    const options = optionsOf(get);
    const { base, project, event, user, tz } = options;
    const key = nameOf(base, project, event, user, "");
    const before = known.get(key);
    known.set(key, options);
    const taken = streakOf(options);
    taken.tellPage();
    if (before) {
      return;
    }
    if (isManual) {
      taken.refresh().catch(warn);
      return;
    }
    const start = () => {
      place(script, get);
      if (event === DEFAULT_EVENT) {
        recordVisits(taken, tz);
      }
    };
    if (document.body) {
      start();
    } else {
      document.addEventListener("DOMContentLoaded", start);
    }
  }

  streak.addTag = addTag;
  (window as Page).streak = streak;
  return streak;
}

function place(script: HTMLScriptElement, get: (name: string) => string | undefined): void {
  const { body } = document;
  const widget = document.createElement("streak-widget");
  for (const name of SHARED_ATTRIBUTES) {
    const value = get(name);
    if (value) {
      widget.setAttribute(name, value);
    }
  }
  // A widget in the text is where its tag is.
  if (get("position") === "inline" && body.contains(script)) {
    script.after(widget);
  } else {
    body.append(widget);
  }
}
