import type { State } from "@streakd/web";
import { bare, store } from "../../../web/src/environment.ts";
import { announce } from "../announce.ts";
import { leftOf } from "../day.ts";
import { DEFAULT_EVENT, optionsOf, type Streak, streakOf } from "../streak.ts";
import { warn } from "../warn.ts";
import { adoptStyles } from "./sheets.ts";
import { THEMES } from "./themes.ts";
import { createView } from "./view.ts";
import { chooseLocale, wordsOf } from "./words.ts";

const DEFAULT_THEME = "beige";
const OPEN = "open";
/** How often what depends on the time is shown anew. */
const MINUTE_MS = 60_000;
/** How much of the widget must be in sight for an impression. */
const SEEN = 0.5;

/**
 * Shows in an element the streak that its attributes name, as long as it is in the page. Nothing that fails reaches the page.
 *
 * @param defaultBase where streakd is, for elements that do not say
 * @returns what to call when an attribute has changed, and when the element has come into the page or left it
 */
export function createWidget(element: HTMLElement, defaultBase: string | undefined): () => void {
  const { root, toggle, ...view } = createView();
  const shadow = element.attachShadow(bare({ mode: "open" as const }));
  let streak: Streak | undefined;
  let state: State | undefined;
  let unsubscribe = () => {};
  let isScheduled = false;
  let isSeen = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** What the reader has chosen in this page, which counts where nothing can be kept. */
  let chosen: string | undefined;

  const get = (name: string) => element.getAttribute(name) || undefined;
  const key = () => `streakd:widget:${get("project")}:${get("event") ?? DEFAULT_EVENT}`;

  function isOpen(): boolean {
    const known = chosen ?? store((storage) => storage.getItem(key()));
    return known ? known === OPEN : element.hasAttribute(OPEN);
  }

  function guard(act: () => void): void {
    try {
      act();
    } catch (error) {
      leave();
      warn(error);
    }
  }

  /** Forgets the streak, and shows nothing. */
  function leave(): void {
    unsubscribe();
    clearTimeout(timer);
    streak = state = chosen = undefined;
    root.hidden = true;
  }

  function update(): void {
    isScheduled = false;
    if (element.isConnected) {
      document.addEventListener("visibilitychange", tick);
      observer.observe(root);
      guard(follow);
    } else {
      document.removeEventListener("visibilitychange", tick);
      observer.disconnect();
      isSeen = false;
      leave();
    }
  }

  /** Shows the streak that the attributes name now. */
  function follow(): void {
    const named = streakOf(optionsOf(get, defaultBase));
    adoptStyles(shadow, get("csp-nonce") ?? "");
    if (named === streak) {
      show();
      return;
    }
    leave();
    streak = named;
    show();
    unsubscribe = named.subscribe((current, previous) => guard(() => change(current, previous)));
    // Nobody may have read it since the page last showed it.
    refresh();
  }

  function refresh(): void {
    streak?.refresh().catch((error) => {
      // What was read before stays; without it there is nothing to show.
      root.hidden ||= !state;
      warn(error);
    });
  }

  function change(current: State, previous: State | undefined): void {
    const before = state && previous;
    state = current;
    show();
    for (const { msg } of announce(element, current, before)) {
      view.celebrate(msg);
    }
  }

  function show(): void {
    const settings = state?.settings;
    const [name = "", look = ""] = (get("theme") ?? settings?.theme.name ?? "").split(" ");
    const wanted = get("position") ?? "inline";
    const { lang } = element.closest<HTMLElement>("[lang]") ?? document.documentElement;
    view.show(state, {
      words: wordsOf(chooseLocale([lang, navigator.language]), state?.streak.unit),
      colours: (THEMES[name] ?? THEMES[DEFAULT_THEME]) as string,
      look,
      corner: (wanted === "settings" && settings?.position) || wanted,
      isOpen: isOpen(),
    });
    tick();
  }

  /** Shows how much of today is left, each minute while the page is visible, and reports the impression. */
  function tick(): void {
    clearTimeout(timer);
    guard(() => {
      if (document.hidden || !state || !streak) {
        return;
      }
      const left = leftOf(state, get("tz"));
      view.tick(Math.max(left, 1));
      if (isSeen && !streak.wasSeen) {
        streak.wasSeen = true;
        streak.report("impression");
      }
      timer = setTimeout(minute, left > 0 && left < MINUTE_MS ? left : MINUTE_MS);
    });
  }

  /** Reads a new day's state, until it is that day's: a read may fail, or come too early by the server's clock. */
  function minute(): void {
    if (leftOf(state, get("tz")) <= 0) {
      refresh();
    }
    tick();
  }

  function toggleOpen(): void {
    const [action, choice] = isOpen() ? ["collapse", "closed"] : ["expand", OPEN];
    chosen = choice;
    store((storage) => storage.setItem(key(), choice));
    show();
    streak?.report("interaction", bare({ action }));
  }

  const observer = new IntersectionObserver(
    (entries) => {
      isSeen = (entries.at(-1) as IntersectionObserverEntry).intersectionRatio >= SEEN;
      tick();
    },
    bare({ threshold: SEEN }),
  );
  shadow.append(root);
  toggle.onclick = () => guard(toggleOpen);
  root.onkeydown = (event) => {
    if (event.key === "Escape" && isOpen()) {
      event.stopPropagation();
      toggle.click();
      toggle.focus();
    }
  };

  return () => {
    // Attributes are often set one after another, and what is moved leaves and comes: that is looked at together.
    if (!isScheduled) {
      isScheduled = true;
      queueMicrotask(update);
    }
  };
}
