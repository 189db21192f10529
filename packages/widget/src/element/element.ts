import { getVisitorId, type State } from "@streakd/web";
import { bare, store } from "../../../web/src/environment.ts";
import { announce } from "../announce.ts";
import { DEFAULT_EVENT, type Streak, streakOf } from "../streak.ts";
import { SHARED_ATTRIBUTES } from "../tag.ts";
import { warn } from "../warn.ts";
import { untilMidnight } from "./midnight.ts";
import { adoptStyles } from "./sheets.ts";
import { THEMES } from "./themes.ts";
import { createView } from "./view.ts";
import { chooseLocale, createWords } from "./words.ts";

const POSITION = /^(inline|(top|bottom)-(left|right))$/;
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
  static readonly observedAttributes = [...SHARED_ATTRIBUTES, "open"];
  /** Where streakd is, for elements that do not say. */
  static base = "";

  readonly #view = createView();
  #streak: Streak | undefined;
  #state: State | undefined;
  #end: () => void = () => {};
  #isScheduled = false;
  #isSeen = false;
  /** When to read the state again, in epoch milliseconds. */
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

  #get(name: string): string | undefined {
    return this.getAttribute(name) || undefined;
  }

  #update(): void {
    const project = this.#get("project");
    if (project === undefined) {
      throw new Error("<streak-widget> needs the attribute project");
    }
    const streak = streakOf({
      base: this.#get("base") ?? StreakWidget.base,
      project,
      event: this.#event,
      user: this.#get("user") ?? getVisitorId(),
      tz: this.#get("tz"),
      token: this.#get("token"),
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
    for (const { msg } of announce(this, state, isFirst ? undefined : previous)) {
      this.#view.celebrate(msg);
    }
  }

  #show(): void {
    const state = this.#state;
    const settings = state?.settings;
    const [name = "", look = ""] = (this.#get("theme") ?? settings?.theme.name ?? "").split(" ");
    const wanted = this.#get("position") ?? "inline";
    const position = (wanted === "settings" ? settings?.position : wanted) ?? "";
    const page = this.closest("[lang]") ?? document.documentElement;
    adoptStyles(this.shadowRoot as ShadowRoot, this.#get("csp-nonce") ?? "");
    this.#view.show(state, {
      words: createWords(chooseLocale([page.getAttribute("lang"), navigator.language])),
      theme: (THEMES.get(name) ?? THEMES.get(DEFAULT_THEME)) as string,
      look,
      position: POSITION.test(position) ? position : DEFAULT_POSITION,
      isOpen: this.#isOpen,
    });
    this.#tick();
  }

  #left(): number {
    return untilMidnight(Date.now(), this.#get("tz"));
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
    return this.#get("event") ?? DEFAULT_EVENT;
  }

  get #key(): string {
    return `streakd:widget:${this.#get("project")}:${this.#event}`;
  }

  get #isOpen(): boolean {
    const chosen = this.#chosen ?? store((storage) => storage.getItem(this.#key)) ?? undefined;
    return chosen === undefined ? this.hasAttribute("open") : chosen === OPEN;
  }

  #toggle(): void {
    const isOpen = !this.#isOpen;
    const chosen = isOpen ? OPEN : "closed";
    this.#chosen = chosen;
    store((storage) => storage.setItem(this.#key, chosen));
    this.#show();
    this.#streak?.report("widget_interaction", { action: isOpen ? "expand" : "collapse" });
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
