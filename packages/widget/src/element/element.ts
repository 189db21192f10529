import { SHARED_ATTRIBUTES } from "../tag.ts";
import { createWidget } from "./widget.ts";

/**
 * Returns the class of `<streak-widget>`, which shows a user's streak.
 *
 * @param base where streakd is, for elements that do not say
 */
export function elementClass(base: string | undefined): CustomElementConstructor {
  return class extends HTMLElement {
    static readonly observedAttributes = [...SHARED_ATTRIBUTES, "open"];

    readonly #update = createWidget(this, base);

    connectedCallback(): void {
      this.#update();
    }

    disconnectedCallback(): void {
      this.#update();
    }

    attributeChangedCallback(): void {
      this.#update();
    }
  };
}
