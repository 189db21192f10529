import type { Progress, State } from "@streakd/web";
import { bare } from "../../../web/src/environment.ts";
import { todayOf } from "../day.ts";
import { byTarget, nextMilestone } from "../milestones.ts";
import { throwConfetti } from "./celebrate.ts";
import { CHECK, CHEVRON, CLOCK, drawing, FLAME, MOON, PAUSE, PLANE, SNOWFLAKE, WRENCH } from "./drawings.ts";
import { fill, forScreenReaders, hiddenFromScreenReaders, make } from "./make.ts";
import { mainMessage, type Words } from "./words.ts";

/** How many badges are shown: the latest that are reached, and the next. */
const BADGES = 6;
/** Screen readers say "check mark" in their own language. */
const REACHED = " ✓";
/** And "shield": a single miss that the rules let pass. */
const LET_PASS = " 🛡";
/** And "snowflake". */
const FROZEN = " ❄";
/** And "airplane". */
const BRIDGED = " ✈";
/** And "wrench". */
const REPAIRED = " 🔧";

/** The period of a streak whose widget has no rules, while it is not done; nothing here asks for its dates. */
const TODAY = { done: 0, needed: 1, daysLeft: 1, canBeMet: true } as Progress;

/** How the widget is shown: all that does not come from the streak. */
export interface Appearance {
  readonly words: Words;
  /** Custom properties. */
  readonly colours: string;
  /** The color-scheme: `light` or `dark`; empty where the reader's system decides. */
  readonly look: string;
  /** `inline`, or a corner such as `bottom-right`. */
  readonly corner: string;
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
  /** Shows how long it is until today ends, in milliseconds; above 0. */
  tick(left: number): void;
  /** Celebrates that a milestone is reached. */
  celebrate(msg: string): void;
}

export function createView(): View {
  const icon = make("span", "icon", drawing(FLAME, "flame", FLAME));
  const toggle = make("button", "toggle");
  const panel = make("div", "panel");
  const toast = make("p", { class: "toast", role: "status" });
  const root = make("section", { hidden: "" }, make("div", "card", toggle, panel), toast);
  let tick: View["tick"] = () => {};
  let shown: State | undefined;
  function celebrate(msg: string): void {
    toast.textContent = msg;
    throwConfetti(icon);
  }
  toast.onanimationend = () => toast.replaceChildren();
  return {
    root,
    toggle,
    show(state, { words, colours, look, corner, isOpen }) {
      const isInline = corner === "inline";
      root.hidden = state ? !state.meta.isLive : !isInline;
      const phase = state ? phaseOf(state.streak) : "loading";
      fill(root, {
        class: `widget ${phase} ${corner.replace("-", " ")} ${isOpen ? "opened" : ""}`,
        lang: words.locale,
        dir: words.locale.startsWith("ar") ? "rtl" : "ltr",
        role: isInline ? "group" : "region",
        "aria-label": state ? words.label(state.streak) || words.units(state.streak.current) : "",
      });
      root.style.cssText = `${colours};--progress:${state ? progressOf(state) : 0}%`;
      // An empty or invalid color-scheme is ignored: then that of the styles holds, which follows the reader's system.
      // A name that the browser does not know is light.
      root.style.colorScheme = look;
      toggle.setAttribute("aria-expanded", `${isOpen}`);
      panel.hidden = !isOpen;
      if (state) {
        toggle.replaceChildren(icon, figure(state, words), drawing(CHEVRON, "chevron"));
        tick = fillPanel(panel, state, words);
        if (isDoneInGrace(shown, state)) {
          celebrate(words.yesterday + REACHED);
        }
      } else {
        toast.replaceChildren();
      }
      shown = state;
    },
    tick: (left) => tick(left),
    celebrate,
  };
}

/**
 * Whether the day that was today in the state before was done in its grace. Then today is another day and the streak is
 * longer, although that day has not ended by the clock.
 */
function isDoneInGrace(previous: State | undefined, state: State): boolean {
  const { current, todayEndTime = "" } = previous?.streak ?? state.streak;
  return (
    state.streak.current > current && todayOf(state) !== todayOf(previous) && Date.parse(todayEndTime) > Date.now()
  );
}

/** How far the next milestone is reached, in percent; without one, a streak is whole. */
function progressOf(state: State): number {
  const { current } = state.streak;
  return (100 * current) / (nextMilestone(state)?.target ?? current) || 0;
}

/** Which of three looks a streak has. */
function phaseOf({ current, todayDone, pending, pause }: State["streak"]): string {
  return todayDone ? "lit" : pause ? "idle" : pending ? "pending" : current ? "lit" : "idle";
}

function figure({ streak }: State, words: Words): HTMLElement {
  return make(
    "span",
    "figure",
    make("span", "number", words.figure(streak.current)),
    " ",
    make("span", "label", words.label(streak)),
    forScreenReaders(streak.todayDone ? `, ${words.today + REACHED}` : ""),
  );
}

/** Fills the panel; returns what shows how long it is until today ends. */
function fillPanel(panel: HTMLElement, state: State, words: Words): View["tick"] {
  const { mode, current, best, todayDone, pending, progress = TODAY, pause } = state.streak;
  const { done, needed, daysLeft, canBeMet } = progress;
  const message = make("p", "message");
  const status = make("span", "status");
  const foot = make("p", "foot", status);
  const rows = period(state, words);
  foot.hidden = !best && !todayDone;
  // A cumulative streak never falls: it is its own best.
  if (best && mode !== "cumulative") {
    foot.append(make("span", "best", words.longest(best)));
  }
  panel.replaceChildren(
    message,
    ...freezes(state, words),
    week(state, words),
    ...rows,
    ...milestones(state, words),
    foot,
  );
  const tell = (d: string, text: string) => status.replaceChildren(drawing(d), text);
  return (left) => {
    message.textContent = mainMessage(state, words, left);
    if (pause) {
      tell(PAUSE, words.pausedUntil(pause.to));
    } else if (!canBeMet) {
      tell(FLAME, words.startAnew);
    } else if (todayDone) {
      tell(CHECK, words.today);
    } else if (!needed) {
      tell(MOON, words.restDay);
    } else if (pending && needed - done === daysLeft) {
      // Each day that is left is needed, so that today is the last one that can save the streak.
      tell(CLOCK, words.remaining(words.time(left)));
    } else if (current && !rows[0]) {
      tell(CLOCK, words.remaining(words.days(daysLeft)));
    }
  };
}

/** How many freezes are left, and whether one has saved the streak this week. */
function freezes({ streak: { freezes, current } }: State, words: Words): HTMLElement[] {
  return freezes && !freezes.optedOut
    ? [
        make(
          "p",
          "goal",
          freezes.usedInWeek && current ? words.saved : "",
          make("span", "", words.remaining(words.number(freezes.left) + FROZEN)),
        ),
      ]
    : [];
}

function week({ week }: State, words: Words): HTMLElement {
  const rest = `, ${words.restDay}`;
  /** What is drawn on a day instead of its number, and what is told of it. */
  const signs: Record<string, [drawn: string, told: string]> = bare({
    done: [CHECK, REACHED],
    off: [MOON, rest],
    amnesty: [MOON, rest],
    paused: [PAUSE, `, ${words.pausedUntil()}`],
    excused: ["", LET_PASS],
    frozen: [SNOWFLAKE, FROZEN],
    bridged: [PLANE, BRIDGED],
    repaired: [WRENCH, REPAIRED],
    rest: ["", rest],
  });
  let isOver = true;
  const items = week.map(({ isoDate, dayNumber, isToday, isCheckedIn, status }) => {
    isOver &&= !isToday;
    const became = isCheckedIn ? "done" : (status ?? (isOver ? "missed" : "open"));
    const [drawn, told = ""] = signs[became] ?? [];
    return make(
      "li",
      { class: `day ${became} ${isToday ? "today" : ""}`, ...(isToday && { "aria-current": "date" }) },
      hiddenFromScreenReaders("day-name", words.dayName(isoDate)),
      hiddenFromScreenReaders("dot", drawn ? drawing(drawn) : words.number(dayNumber)),
      forScreenReaders(words.date(isoDate) + told),
    );
  });
  return make("ol", { class: "week", role: "list" }, ...items);
}

/** How much of the period is done, where more than one day is needed, or that of a week or a month. */
function period({ streak: { unit, progress = TODAY, pause } }: State, words: Words): HTMLElement[] {
  const { needed, daysLeft, canBeMet } = progress;
  const done = Math.min(progress.done, needed);
  const left = canBeMet ? words.remaining(words.days(daysLeft)) : "";
  const when = unit === "day" ? "" : ` ${words.thisPeriod}`;
  return !pause && progress !== TODAY && needed > (when ? 0 : 1)
    ? goal(words.share(done, needed) + when, done < needed ? left : drawing(CHECK), done, needed)
    : [];
}

/** A name, how much is left, and a bar of how far it is. */
function goal(name: string, left: Node | string, value: number, max: number): HTMLElement[] {
  const bar = make(
    "div",
    { class: "bar", role: "progressbar", "aria-label": name, "aria-valuenow": value, "aria-valuemax": max },
    make("div", "fill"),
  );
  bar.style.cssText = `--progress:${(100 * value) / max}%`;
  return [make("p", "goal", make("b", "", name), make("span", "", left)), bar];
}

/** How far it is to the next milestone, and the badges. */
function milestones(state: State, words: Words): HTMLElement[] {
  const { current } = state.streak;
  const sorted = byTarget(state);
  const next = nextMilestone(state);
  const parts: HTMLElement[] = [];
  if (next) {
    const { target, msg } = next;
    parts.push(...goal(msg || words.units(target), words.remaining(words.units(target - current)), current, target));
  }
  if (sorted[0]) {
    const first = Math.max(0, sorted.filter(({ achieved }) => achieved).length + 1 - BADGES);
    const items = sorted
      .slice(first, first + BADGES)
      .map(({ target, msg, achieved }) =>
        make(
          "li",
          { class: `badge ${achieved ? "achieved" : ""}`, title: msg },
          hiddenFromScreenReaders("", words.compact(target)),
          forScreenReaders(`${words.units(target)}: ${msg}${achieved ? REACHED : ""}`),
        ),
      );
    parts.push(make("ul", { class: "badges", role: "list" }, ...items));
  }
  return parts;
}
