import { getVisitorId, type State } from "@streakd/web";
import { type Streak, streakOf } from "../streak.ts";
import { bare } from "./make.ts";
import { untilMidnight } from "./midnight.ts";
import { adoptStyles } from "./sheets.ts";
import { THEMES, type Theme } from "./themes.ts";
import { createView } from "./view.ts";
import { chooseLocale, createWords } from "./words.ts";

const ATTRIBUTES = [
  "project",
  "event",
  "user",
  "token",
  "base",
  "tz",
  "theme",
  "position",
  "lang",
  "csp-nonce",
  "open",
];
const POSITIONS = ["inline", "top-left", "top-right", "bottom-left", "bottom-right"];
const DEFAULT_POSITION = "bottom-right";
const DEFAULT_THEME = "beige";
const OPEN = "open";
/** How often what depends on the time is shown anew. */
const MINUTE_MS = 60_000;
/** How much of the widget must be in sight for an impression. */
const SEEN = 0.5;

/** What has made an impression in this page. */
const reported = new WeakSet<Streak>();

/** `<streak-widget>`: shows a user's streak. */
export class StreakWidget extends HTMLElement {
  static readonly observedAttributes = ATTRIBUTES;
  /** Where streakd is, for elements that do not say. */
  static base = "";

  readonly #view = createView();
  #streak: Streak | undefined;
  #state: State | undefined;
  #end: () => void = () => {};
  #isScheduled = false;
  #isSeen = false;
  /** When to read the state again, in epoch milliseconds: at midnight. */
  #midnight = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** What the reader has chosen in this page, which counts where nothing can be kept. */
  #chosen: string | undefined;
  readonly #observer = new IntersectionObserver(
    ([entry]) => {
      this.#isSeen = entry !== undefined && entry.intersectionRatio >= SEEN;
      this.#tick();
    },
    bare({ threshold: SEEN }),
  );

  constructor() {
    super();
    const { root, toggle } = this.#view;
    this.attachShadow(bare({ mode: "open" as const })).append(root);
    toggle.addEventListener("click", () => this.#toggle());
    root.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && this.#isOpen) {
        event.stopPropagation();
        this.#toggle();
        toggle.focus();
      }
    });
  }

  connectedCallback(): void {
    adoptProperties(this);
    document.addEventListener("visibilitychange", this.#tick);
    this.#observer.observe(this.#view.root);
    this.attributeChangedCallback();
  }

  disconnectedCallback(): void {
    document.removeEventListener("visibilitychange", this.#tick);
    this.#observer.disconnect();
    this.#leave();
  }

  /** Attributes are often set one after another: they are looked at together. */
  attributeChangedCallback(): void {
    if (!this.#isScheduled) {
      this.#isScheduled = true;
      queueMicrotask(() => {
        this.#isScheduled = false;
        if (this.isConnected) {
          this.#guard(() => this.#update());
        }
      });
    }
  }

  #update(): void {
    const of = (name: string) => this.getAttribute(name) || undefined;
    const project = of("project");
    if (project === undefined) {
      throw new Error('<streak-widget> needs the attribute "project"');
    }
    const streak = streakOf({
      base: of("base") ?? StreakWidget.base,
      project,
      event: this.#event,
      user: of("user") ?? getVisitorId(),
      tz: of("tz"),
      token: of("token"),
    });
    if (streak === this.#streak) {
      this.#show();
      return;
    }
    this.#leave();
    this.#streak = streak;
    this.#show();
    this.#end = streak.subscribe((state, previous) => this.#guard(() => this.#changed(state, previous)));
    if (this.#state === undefined) {
      this.#refresh();
    }
  }

  /** Forgets the streak, and shows nothing. */
  #leave(): void {
    this.#end();
    clearTimeout(this.#timer);
    this.#streak = this.#state = undefined;
    this.#view.root.hidden = true;
  }

  #refresh(): void {
    const streak = this.#streak;
    streak?.refresh().catch((error) => {
      // What was read before stays; without it there is nothing to show.
      if (streak === this.#streak && this.#state === undefined) {
        this.#view.root.hidden = true;
      }
      warn(error);
    });
  }

  #changed(state: State, previous: State | undefined): void {
    const isFirst = this.#state === undefined;
    this.#state = state;
    this.#midnight = Date.now() + this.#left();
    this.#show();
    if (isFirst || previous === undefined) {
      this.#tell("ready", { state });
      return;
    }
    this.#tell("change", { state, previous });
    for (const milestone of state.milestones) {
      if (milestone.achieved && previous.milestones.some(({ id, achieved }) => id === milestone.id && !achieved)) {
        this.#tell("milestone", { milestone, state });
        this.#view.celebrate(milestone.msg);
      }
    }
  }

  #show(): void {
    const state = this.#state;
    const of = (name: string) => this.getAttribute(name);
    const [name = "", look = ""] = (of("theme") || state?.settings.theme.name || "").split(" ");
    const position = of("position") ?? "inline";
    const wanted = position === "settings" ? state?.settings.position : position;
    const page = this.closest("[lang]") ?? document.documentElement;
    adoptStyles(this.shadowRoot as ShadowRoot, of("csp-nonce") ?? "");
    this.#view.show(state, {
      words: createWords(chooseLocale([page.getAttribute("lang"), navigator.language])),
      theme: (THEMES.get(name) ?? THEMES.get(DEFAULT_THEME)) as Theme,
      look,
      position: POSITIONS.find((known) => known === wanted) ?? DEFAULT_POSITION,
      isOpen: this.#isOpen,
    });
    if (state?.meta.isLive === false) {
      this.#view.root.hidden = true;
    }
    this.#tick();
  }

  #left(): number {
    return untilMidnight(Date.now(), this.getAttribute("tz") || undefined);
  }

  /** Each minute while the page is visible: shows what time it is, and reads the state of a new day. */
  readonly #tick = (): void => {
    clearTimeout(this.#timer);
    const streak = this.#streak;
    if (document.hidden || this.#state === undefined || streak === undefined) {
      return;
    }
    const now = Date.now();
    if (now >= this.#midnight) {
      this.#midnight = now + this.#left();
      this.#refresh();
    }
    this.#view.tick(this.#left());
    if (this.#isSeen && !reported.has(streak)) {
      reported.add(streak);
      streak.report("widget_impression");
    }
    this.#timer = setTimeout(this.#tick, Math.min(MINUTE_MS, this.#midnight - now));
  };

  get #event(): string {
    return this.getAttribute("event") || "visit";
  }

  get #key(): string {
    return `streakd:widget:${this.getAttribute("project")}:${this.#event}`;
  }

  get #isOpen(): boolean {
    let chosen = this.#chosen;
    try {
      chosen ??= localStorage.getItem(this.#key) ?? undefined;
    } catch {}
    return chosen === undefined ? this.hasAttribute("open") : chosen === OPEN;
  }

  #toggle(): void {
    const isOpen = !this.#isOpen;
    this.#chosen = isOpen ? OPEN : "closed";
    try {
      localStorage.setItem(this.#key, this.#chosen);
    } catch {}
    this.#show();
    this.#streak?.report("widget_interaction", { action: isOpen ? "expand" : "collapse" });
  }

  #tell(name: string, detail: object): void {
    this.dispatchEvent(new CustomEvent(`streak:${name}`, bare({ detail, bubbles: true, composed: true })));
  }

  /** Nothing that fails reaches the page. */
  #guard(act: () => void): void {
    try {
      act();
    } catch (error) {
      this.#leave();
      warn(error);
    }
  }
}

for (const attribute of ATTRIBUTES) {
  const name = attribute.replace("-n", "N");
  Object.defineProperty(
    StreakWidget.prototype,
    name,
    bare({
      configurable: true,
      enumerable: true,
      get(this: StreakWidget) {
        return name === OPEN ? this.hasAttribute(name) : this.getAttribute(attribute);
      },
      set(this: StreakWidget, value: unknown) {
        if (value === undefined || value === null || value === false) {
          this.removeAttribute(attribute);
        } else {
          this.setAttribute(attribute, value === true ? "" : `${value}`);
        }
      },
    }),
  );
}

/** Takes over properties that were set before the element was defined. */
function adoptProperties(element: StreakWidget): void {
  const own = element as unknown as Record<string, unknown>;
  for (const name of Object.keys(element)) {
    if (name in StreakWidget.prototype) {
      const value = own[name];
      delete own[name];
      own[name] = value;
    }
  }
}

function warn(error: unknown): void {
  console.warn("streakd:", error);
}
