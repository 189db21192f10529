import type { State } from "@streakd/web";
import { throwConfetti } from "./celebrate.ts";
import { CHECK, CHEVRON, CLOCK, flame, line } from "./drawings.ts";
import { fill, forScreenReaders, hiddenFromScreenReaders, make } from "./make.ts";
import { byTarget, mainMessage, nextMilestone, put, type Words } from "./words.ts";

/** How many badges are shown: the latest that are reached, and the next. */
const BADGES = 6;
/** Screen readers say "check mark" in their own language. */
const REACHED = " ✓";

/** How the widget is shown: all that does not come from the streak. */
export interface Appearance {
  readonly words: Words;
  /** Custom properties. */
  readonly theme: string;
  /** `light`, `dark`, or else as the reader's system has it. */
  readonly look: string;
  /** `inline`, or a corner such as `bottom-right`. */
  readonly position: string;
  readonly isOpen: boolean;
}

/** What one widget shows. */
export interface View {
  /** Everything; hidden at first. */
  readonly root: HTMLElement;
  /** Opens and closes the panel. */
  readonly toggle: HTMLElement;
  /** Shows a state; without one, it keeps the place of what is loading. */
  show(state: State | undefined, appearance: Appearance): void;
  /** Shows how long it is until midnight, in milliseconds. */
  tick(left: number): void;
  /** Celebrates that a milestone is reached. */
  celebrate(msg: string): void;
}

export function createView(): View {
  const icon = make("span", "icon", flame());
  const toggle = make("button", "toggle");
  const panel = make("div", "panel");
  const toast = make("p", { class: "toast", role: "status" });
  const root = make("section", { hidden: "" }, make("div", "card", toggle, panel), toast);
  let tick: View["tick"] = () => {};
  toast.onanimationend = () => toast.replaceChildren();
  return {
    root,
    toggle,
    show(state, { words, theme, look, position, isOpen }) {
      const isInline = position === "inline";
      root.hidden = state ? !state.meta.isLive : !isInline;
      const phase = state ? phaseOf(state.streak) : "loading";
      fill(root, {
        class: `widget ${look} ${phase} ${position.replace("-", " ")} ${isOpen ? "opened" : ""}`,
        lang: words.locale,
        dir: words.locale.startsWith("ar") ? "rtl" : "ltr",
        role: isInline ? "group" : "region",
        "aria-label": state ? words.label(state.streak) : "",
      });
      root.style.cssText = `${theme};--progress:${state ? progressOf(state) : 0}%`;
      toggle.setAttribute("aria-expanded", `${isOpen}`);
      panel.hidden = !isOpen;
      if (state) {
        toggle.replaceChildren(icon, figure(state, words), line("chevron", CHEVRON));
        tick = fillPanel(panel, state, words);
      } else {
        toast.textContent = "";
      }
    },
    tick: (left) => tick(left),
    celebrate(msg) {
      toast.textContent = msg;
      throwConfetti(icon);
    },
  };
}

/** How far the next milestone is reached, in percent; without one, a streak is whole. */
function progressOf(state: State): number {
  const { current } = state.streak;
  return (100 * current) / (nextMilestone(state)?.target ?? current) || 0;
}

/** Which of three looks a streak has. */
function phaseOf({ current, todayDone }: State["streak"]): string {
  return todayDone ? "is-done" : current > 0 ? "pending" : "idle";
}

function figure({ streak }: State, words: Words): HTMLElement {
  return make(
    "span",
    "figure",
    make("span", "number", words.number(streak.current)),
    " ",
    make("span", "label", words.label(streak)),
    forScreenReaders(streak.todayDone ? `, ${words.today}${REACHED}` : ""),
  );
}

/** Fills the panel; returns what shows how long it is until midnight. */
function fillPanel(panel: HTMLElement, state: State, words: Words): View["tick"] {
  const { mode, current, best, todayDone } = state.streak;
  const message = make("p", "message");
  const status = make("span", "status");
  const foot = make("p", "foot", status);
  foot.hidden = !current && !best;
  // A cumulative streak never falls: it is its own best.
  if (mode === "continuous" && best > 0) {
    foot.append(make("span", "best", put(words.best, words.number(best))));
  }
  panel.replaceChildren(message, week(state, words), ...milestones(state, words), foot);
  return (left) => {
    message.textContent = mainMessage(state, words, left);
    if (todayDone) {
      status.replaceChildren(line("check", CHECK), words.today);
    } else if (current > 0) {
      status.replaceChildren(line("clock", CLOCK), put(words.left, words.time(left)));
    }
  };
}

function week({ week }: State, words: Words): HTMLElement {
  let when = "past";
  const items = week.map(({ isoDate, dayNumber, isToday, isCheckedIn }) => {
    const name = when === "today" ? "future" : when;
    when = isToday ? "today" : name;
    return make(
      "li",
      { class: `day ${when} ${isCheckedIn ? "done" : ""}`, ...(isToday && { "aria-current": "date" }) },
      hiddenFromScreenReaders("day-name", words.weekday(isoDate)),
      hiddenFromScreenReaders("dot", isCheckedIn ? line("check", CHECK) : words.number(dayNumber)),
      forScreenReaders(words.date(isoDate) + (isCheckedIn ? REACHED : "")),
    );
  });
  return make("ol", { class: "week", role: "list" }, ...items);
}

/** How far it is to the next milestone, and the badges. */
function milestones(state: State, words: Words): HTMLElement[] {
  const { current } = state.streak;
  const sorted = byTarget(state);
  const next = nextMilestone(state);
  const parts: HTMLElement[] = [];
  if (next) {
    const { target, msg } = next;
    const name = msg || words.days(target);
    parts.push(
      make(
        "p",
        "goal",
        make("b", "goal-name", name),
        make("span", "goal-left", put(words.left, words.days(target - current))),
      ),
      make(
        "div",
        { class: "bar", role: "progressbar", "aria-label": name, "aria-valuenow": current, "aria-valuemax": target },
        make("div", "fill"),
      ),
    );
  }
  if (sorted.length > 0) {
    const reached = sorted.filter(({ achieved }) => achieved).length;
    const first = Math.max(0, reached + 1 - BADGES);
    const items = sorted
      .slice(first, first + BADGES)
      .map(({ target, msg, achieved }) =>
        make(
          "li",
          { class: `badge ${achieved ? "achieved" : ""}`, title: msg },
          hiddenFromScreenReaders("badge-text", words.compact(target)),
          forScreenReaders(`${words.days(target)}: ${msg}${achieved ? REACHED : ""}`),
        ),
      );
    parts.push(make("ul", { class: "badges", role: "list" }, ...items));
  }
  return parts;
}
