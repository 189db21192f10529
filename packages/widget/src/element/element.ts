import { type Streak, streakOf } from "../streak.ts";

/** `<streak-widget>`: shows a user's streak. */
export class StreakWidget extends HTMLElement {
  #streak: Streak | undefined;
  #end: () => void = () => {};

  connectedCallback(): void {
    const of = (name: string) => this.getAttribute(name) ?? undefined;
    const root = this.shadowRoot ?? this.attachShadow({ mode: "open" });
    this.#streak = streakOf({
      base: of("base") ?? "",
      project: of("project") ?? "",
      event: of("event") ?? "visit",
      user: of("user") ?? "",
      tz: of("tz"),
      token: of("token"),
    });
    this.#end = this.#streak.subscribe((state) => {
      root.textContent = `${state.streak.current}`;
    });
    this.#streak.refresh().catch((error) => console.warn("streakd:", error));
  }

  disconnectedCallback(): void {
    this.#end();
  }
}
