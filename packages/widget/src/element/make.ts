/** Attributes by name; a text is short for `class`. */
type Attributes = Readonly<Record<string, string | number>> | string;

/** Sets attributes and adds children. The classes become parts as well. */
export function fill<E extends Element>(
  element: E,
  attributes: Attributes,
  ...children: readonly (Node | string)[]
): E {
  for (const [name, value] of Object.entries(typeof attributes === "string" ? { class: attributes } : attributes)) {
    element.setAttribute(name, `${value}`);
  }
  element.setAttribute("part", `${element.classList}`);
  element.append(...children);
  return element;
}

/** Creates an element of HTML. Its classes are its parts as well. */
export function make(tag: string, attributes: Attributes, ...children: readonly (Node | string)[]): HTMLElement {
  return fill(document.createElement(tag), attributes, ...children);
}

/** Creates an element of SVG. */
export function draw(tag: string, attributes: Attributes, ...children: readonly Node[]): SVGElement {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, ...children);
}

/** A text that only screen readers tell. */
export function forScreenReaders(text: string): HTMLElement {
  return make("span", "sr", text);
}

/** A text that screen readers don't tell. */
export function hiddenFromScreenReaders(names: string, content: Node | string): HTMLElement {
  return make("span", { class: names, "aria-hidden": "true" }, content);
}
