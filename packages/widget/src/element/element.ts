import { SHARED_ATTRIBUTES } from "../tag.ts";
import { createWidget } from "./widget.ts";

/** `<streak-widget>`: shows a user's streak. */
export class StreakWidget extends HTMLElement {
  static readonly observedAttributes = [...SHARED_ATTRIBUTES, "open"];
  /** Where streakd is, for elements that do not say. */
  static base = "";

  readonly #update = createWidget(this, StreakWidget.base);

  connectedCallback(): void {
    this.#update();
  }

  disconnectedCallback(): void {
    this.#update();
  }

  attributeChangedCallback(): void {
    this.#update();
  }
}
